//! What is said when a disk does not take a file.

use std::{io, path::Path};

use super::place::folder;
use crate::error::Error;

pub(super) fn cannot_read(target: &Path, error: io::Error) -> Error {
    Error::file(format!("what arrived of {} cannot be read again", target.display()), error)
}

pub(super) fn cannot_write(target: &Path, error: io::Error) -> Error {
    let (path, folder) = (target.display(), folder(target).display());
    let (message, hint) = match error.kind() {
        io::ErrorKind::AlreadyExists => (
            format!("{path} is there already and was kept"),
            "Choose another name, or allow it to be replaced (overwrite).",
        ),
        io::ErrorKind::IsADirectory => (
            format!("{path} is a folder, and a file cannot take its place"),
            "Choose the name of a file, such as one in that folder.",
        ),
        io::ErrorKind::StorageFull => (
            format!("the disk of the folder {folder} is full: there is no room left for {path}"),
            "Make room on that disk or choose another one, and begin again; nothing of the file was \
             left.",
        ),
        io::ErrorKind::QuotaExceeded => (
            format!("{path} does not fit into your quota"),
            "Make room or choose another disk, and begin again; nothing of the file was left.",
        ),
        io::ErrorKind::FileTooLarge => (
            format!("{path} would be larger than a file may be"),
            "Choose a file system that takes files of this size, or raise the limit (`ulimit -f`).",
        ),
        io::ErrorKind::PermissionDenied => (
            format!("{path} may not be written"),
            "Choose another folder, or have the right to write given to you.",
        ),
        io::ErrorKind::ReadOnlyFilesystem => {
            (format!("{path} is on a disk that cannot be written to"), "Choose another folder.")
        }
        io::ErrorKind::NotFound => {
            (format!("the folder of {path} is not there"), "Make the folder, or check the path.")
        }
        _ => {
            let message = format!("{path} could not be written");
            return Error::file(message, error);
        }
    };
    Error::file(message, error).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_disk_refuses_is_said_with_the_path_and_what_to_do() {
        let target = Path::new("folder/echo.zip");
        for kind in [
            io::ErrorKind::AlreadyExists,
            io::ErrorKind::IsADirectory,
            io::ErrorKind::StorageFull,
            io::ErrorKind::QuotaExceeded,
            io::ErrorKind::FileTooLarge,
            io::ErrorKind::PermissionDenied,
            io::ErrorKind::ReadOnlyFilesystem,
            io::ErrorKind::NotFound,
        ] {
            let general = cannot_write(target, io::ErrorKind::Other.into());
            let error = cannot_write(target, kind.into());
            assert!(error.is_file() && error.to_string().contains("folder/echo.zip"), "{error}");
            assert_ne!(error.to_string(), general.to_string(), "{kind:?}");
            assert_ne!(error.hint(), general.hint(), "{kind:?}");
        }
    }
}
