//! Where the configuration file is.

use std::{
    env,
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;

use crate::failure::Failure;

/// Names another file.
const VARIABLE: &str = "HWDASH_CONFIG";

/// The file that the environment names, or else the one in the user's configuration folder; `None`
/// for a user without a home.
pub(super) fn find() -> Result<Option<PathBuf>, Failure> {
    match env::var_os(VARIABLE).filter(|name| !name.is_empty()) {
        Some(named) => absolute(Path::new(&named)).map(Some),
        None => Ok(etcetera::choose_base_strategy()
            .ok()
            .map(|folders| folders.config_dir().join("hwdash").join("config.toml"))),
    }
}

/// Whether somebody has named the file.
pub(super) fn is_named() -> bool {
    env::var_os(VARIABLE).is_some_and(|name| !name.is_empty())
}

/// Paths in the file are read from its folder, so it must be known.
fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path)
        .map_err(|error| Failure::file(format!("{VARIABLE} names no file"), error))
}

/// A path that stands in the file: from the folder of the file, or from home with `~/`.
pub(crate) fn resolve(path: &Path, file: &Path) -> PathBuf {
    if let (Ok(rest), Ok(home)) = (path.strip_prefix("~"), etcetera::home_dir()) {
        return home.join(rest);
    }
    file.parent().unwrap_or(Path::new("")).join(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_from_the_folder_of_the_file() {
        let file = Path::new("/etc/hwdash/config.toml");
        assert_eq!(resolve(Path::new("secret"), file), Path::new("/etc/hwdash/secret"));
        assert_eq!(resolve(Path::new("/run/secret"), file), Path::new("/run/secret"));
        let home = etcetera::home_dir().unwrap();
        assert_eq!(resolve(Path::new("~/secret"), file), home.join("secret"));
    }
}
