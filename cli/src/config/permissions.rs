//! Who else on this machine may read or change a file. On Windows the user's folders are private.

use std::path::Path;

use super::model::File;
use crate::failure::Failure;

/// Refuses a file of secrets that others may read.
///
/// # Errors
///
/// Fails when they may; a file that is not there is left to whoever reads it.
pub(crate) fn check_secret_file(path: &Path) -> Result<(), Failure> {
    if !has_any(path, OTHERS) {
        return Ok(());
    }
    Err(Failure::credentials(
        format!("other users of this machine can read {}, which holds a secret", path.display()),
        format!(
            "Run chmod 600 {}, and make a new secret if they may have read it.",
            path.display()
        ),
    ))
}

/// Refuses a configuration that others may change: it names programs to run and hosts to trust.
/// Where it names the place of a secret, nobody else needs to know it: that is a warning.
pub(super) fn check_config(path: &Path, file: &File) -> Result<Option<String>, Failure> {
    let shown = path.display();
    if has_any(path, OTHERS_WRITE) {
        return Err(Failure::input(
            format!("other users of this machine can change {shown}"),
            format!("Read what it says, then run chmod 600 {shown}."),
        ));
    }
    let has_credential = file.profiles.values().any(|profile| profile.credential.is_some());
    Ok((has_credential && has_any(path, OTHERS))
        .then(|| format!("other users of this machine can read {shown}: run chmod 600 {shown}")))
}

const OTHERS: u32 = 0o077;
const OTHERS_WRITE: u32 = 0o022;

#[cfg(unix)]
fn has_any(path: &Path, bits: u32) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & bits != 0)
}

#[cfg(not(unix))]
fn has_any(_: &Path, _: u32) -> bool {
    false
}
