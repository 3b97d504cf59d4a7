//! The configuration file: accounts by name, so that nobody has to set variables.

mod check;
mod fault;
mod model;
mod permissions;
mod place;
mod secret;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

pub(crate) use self::{
    model::{Credential, File, Profile, SecretSource},
    permissions::check_secret_file,
    place::resolve,
    secret::read as read_secret,
};
use crate::failure::Failure;

/// The profile that is taken when nobody names one.
const DEFAULT_PROFILE: &str = "default";

/// A profile, and where it stands.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) name: String,
    pub(crate) profile: Profile,
    /// The file that it stands in.
    pub(crate) file: PathBuf,
    /// What is not right with the file, and what to do.
    pub(crate) warning: Option<String>,
}

/// The profile of this name, or the default one if there is any.
pub(crate) fn profile(name: Option<&str>) -> Result<Option<Chosen>, Failure> {
    let place = place::find()?;
    match (place.as_deref().map(load).transpose()?.flatten(), name) {
        (Some(loaded), name) => loaded.choose(name),
        (None, None) => Ok(None),
        (None, Some(name)) => {
            let place =
                place.map_or_else(|| "a file".to_owned(), |file| file.display().to_string());
            Err(Failure::input(
                format!("there is no profile {name}: there is no configuration file"),
                format!("Write it to {place}, or name another file in HWDASH_CONFIG."),
            ))
        }
    }
}

/// Where the file is, or would be, and what it has.
pub(crate) fn told() -> Result<String, Failure> {
    let Some(place) = place::find()? else {
        return Ok("there is no home folder, and HWDASH_CONFIG names no file".to_owned());
    };
    let told = match load(&place)? {
        None => "is not there, and need not be".to_owned(),
        Some(loaded) => {
            let names: Vec<_> = loaded.file.profiles.keys().map(String::as_str).collect();
            format!("has the profiles: {}", names.join(", "))
        }
    };
    Ok(format!("{} {told}", place.display()))
}

struct Loaded {
    path: PathBuf,
    file: File,
    warning: Option<String>,
}

/// Reads the file; `None` when there is none.
fn load(path: &Path) -> Result<Option<Loaded>, Failure> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        // Whoever names a file means it to be there.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !place::is_named() => {
            return Ok(None);
        }
        Err(error) => {
            let message = format!("the configuration could not be read from {}", path.display());
            return Err(Failure::file(message, error));
        }
    };
    let file = check::parse(&text).map_err(|fault| fault.in_file(path))?;
    let warning = permissions::check_config(path, &file)?;
    Ok(Some(Loaded { path: path.to_owned(), file, warning }))
}

impl Loaded {
    fn choose(mut self, name: Option<&str>) -> Result<Option<Chosen>, Failure> {
        let wanted = name.unwrap_or(DEFAULT_PROFILE);
        match (self.file.profiles.remove(wanted), name) {
            (Some(profile), _) => Ok(Some(Chosen {
                name: wanted.to_owned(),
                profile,
                file: self.path,
                warning: self.warning,
            })),
            (None, None) => Ok(None),
            (None, Some(name)) => Err(self.no_such_profile(name)),
        }
    }

    fn no_such_profile(&self, name: &str) -> Failure {
        let names: Vec<_> = self.file.profiles.keys().map(String::as_str).collect();
        let hint = match (fault::closest(name, names.iter().copied()), names.as_slice()) {
            (Some(closest), _) => format!("Did you mean {closest}?"),
            (None, []) => format!("Add a table [profiles.{name}] to it."),
            (None, names) => format!("It has these: {}.", names.join(", ")),
        };
        Failure::input(format!("there is no profile {name} in {}", self.path.display()), hint)
    }
}
