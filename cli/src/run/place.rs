//! Where journals are.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use hardware_dashboard::{
    model::{ProductId, SubmissionId},
    workflow::Journal,
};

use crate::{
    App,
    failure::{Exit, Failure},
    shell,
};

/// How the names of journals end.
pub(crate) const ENDING: &str = ".run.json";

/// Beside the file that the run is to write: there people look for it.
pub(crate) fn beside(target: &Path) -> PathBuf {
    let mut name = OsString::from(target);
    name.push(ENDING);
    name.into()
}

/// In this folder, for a run that writes no file.
pub(crate) fn here(verb: &str, product: ProductId, submission: SubmissionId) -> PathBuf {
    format!("{verb}-{product}-{submission}{ENDING}").into()
}

/// The journals in a folder, by name.
pub(crate) fn journals(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed =
        |error| Failure::file(format!("the folder {} cannot be read", folder.display()), error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        if name.to_string_lossy().ends_with(ENDING) {
            // A name alone is what people type.
            let is_here = folder == Path::new(".");
            paths.push(if is_here { name.into() } else { folder.join(name) });
        }
    }
    paths.sort();
    Ok(paths)
}

/// The only run in this folder that can be gone on with.
pub(crate) fn found(app: &App) -> Result<PathBuf, Failure> {
    let can_go_on = |path: &PathBuf| Journal::inspect(path).is_ok_and(|state| !state.is_in_use());
    let mut runs = journals(Path::new("."))?;
    runs.retain(can_go_on);
    match <[PathBuf; 1]>::try_from(runs) {
        Ok([path]) => Ok(path),
        Err(none) if none.is_empty() => Err(Failure::new(
            Exit::NotFound,
            "there is no run in this folder to be gone on with",
            "Name its journal, or look with: hwdash runs FOLDER",
        )),
        Err(several) => {
            let failure =
                Failure::input("there are several runs in this folder", "Name the journal of one.");
            let commands = several.iter().map(|path| resume_command(app, path));
            Err(commands.fold(failure, Failure::with_detail))
        }
    }
}

/// The command that goes on with a run.
pub(crate) fn resume_command(app: &App, journal: &Path) -> String {
    app.command(&format!("resume {}", shell::path(&journal.display().to_string())))
}
