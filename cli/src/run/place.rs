//! Where journals are.

use std::{
    env,
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
    let journal = word(&journal.display().to_string());
    // What stands in the environment is there the next time, too.
    let is_named = |name: &&String| env::var("HWDASH_PROFILE").is_ok_and(|named| named == **name);
    match app.profile.as_ref().filter(|name| !is_named(name)) {
        Some(profile) => format!("hwdash resume {journal} --profile {}", word(profile)),
        None => format!("hwdash resume {journal}"),
    }
}

/// A word that a shell takes as it is.
pub(crate) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:\\=+,@".contains(c);
    if cfg!(windows) && !text.chars().all(is_plain) {
        return format!("\"{text}\"");
    }
    let is_plain = |c: char| is_plain(c) && c != '\\';
    match !text.is_empty() && (cfg!(windows) || text.chars().all(is_plain)) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word_for_the_shell() {
        for (text, expected) in [
            ("out/echo-signed.zip.run.json", "out/echo-signed.zip.run.json"),
            ("my echo.zip", "'my echo.zip'"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
        ] {
            assert_eq!(word(text), expected);
        }
    }
}
