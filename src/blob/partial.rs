//! A file that is still arriving.

mod hashing;

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use tempfile::NamedTempFile;

pub(super) use self::hashing::{Hash, Hasher, Hashes, Hashing};
use crate::error::{Error, Kind, Result, Stage};

/// Looks at a file before it gets its name.
pub(crate) type Check = fn(&mut File) -> Result<()>;

/// Whether a file that is there may be replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Existing {
    #[default]
    Keep,
    Replace,
}

/// What has arrived so far, beside the place where it shall be.
pub(super) struct Partial {
    target: PathBuf,
    file: NamedTempFile,
    /// The same file, for writers and readers of any place of it.
    open: Arc<File>,
}

impl Partial {
    /// Begins a file beside `target`, which gets the name when all is there.
    pub(super) fn beside(target: &Path, existing: Existing) -> Result<Self> {
        if existing == Existing::Keep && target.exists() {
            return Err(cannot_write(target, io::ErrorKind::AlreadyExists.into()));
        }
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let prefix = format!(".{name}.");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".part");
        #[cfg(unix)]
        {
            // As any other file of the user; the umask takes away what it must.
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let failed = |error| cannot_write(target, error);
        let file = builder.tempfile_in(folder(target)).map_err(failed)?;
        let open = Arc::new(file.as_file().try_clone().map_err(failed)?);
        Ok(Self { target: target.to_owned(), file, open })
    }

    /// Computes the hashes of the file while it arrives.
    pub(super) fn hashing(&self, wanted: Hashes) -> Result<Hashing> {
        Hashing::of(self.open.clone(), wanted).map_err(|error| cannot_read(&self.target, error))
    }

    /// Writes at a place, whatever lies before it.
    pub(super) async fn write(&self, at: u64, bytes: Bytes) -> Result<()> {
        let file = self.open.clone();
        // A disk that is slower than the line must not keep the other parts waiting.
        let written = tokio::task::spawn_blocking(move || write_all_at(&file, at, &bytes)).await;
        let written = written.unwrap_or_else(|stopped| Err(stopped.into()));
        written.map_err(|error| cannot_write(&self.target, error))
    }

    /// Gives the file its name, if it has this length and `check` has nothing against it.
    pub(super) async fn finish(
        self,
        length: u64,
        existing: Existing,
        check: Option<Check>,
    ) -> Result<PathBuf> {
        let target = self.target.clone();
        let finished = tokio::task::spawn_blocking(move || self.give_name(length, existing, check));
        finished.await.unwrap_or_else(|stopped| Err(cannot_write(&target, stopped.into())))
    }

    fn give_name(
        mut self,
        length: u64,
        existing: Existing,
        check: Option<Check>,
    ) -> Result<PathBuf> {
        let failed = |error| cannot_write(&self.target, error);
        let file = self.file.as_file_mut();
        file.sync_all().map_err(failed)?;
        if file.metadata().map_err(failed)?.len() != length {
            return Err(corrupt("its length on disk is not the one that arrived"));
        }
        if let Some(check) = check {
            check(file)?;
        }
        let named = match existing {
            Existing::Replace => self.file.persist(&self.target),
            Existing::Keep => self.file.persist_noclobber(&self.target),
        };
        named.map_err(|error| failed(error.error))?;
        if let Err(error) = sync_folder(folder(&self.target)) {
            // The file is there and whole: to call that a failure would have it fetched again.
            let path = self.target.display();
            tracing::warn!(%error, %path, "a power cut may take the new file's name away again");
        }
        Ok(self.target)
    }
}

/// What arrived is not what was asked for; it was not given its name.
pub(crate) fn corrupt(why: &str) -> Error {
    let message = format!("the file that arrived was thrown away: {why}");
    Error::new(Stage::Download, Kind::Corrupt, message)
}

#[cfg(unix)]
fn write_all_at(file: &File, at: u64, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut at: u64, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = &bytes[written..];
        at += written as u64;
    }
    Ok(())
}

fn folder(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Makes the new name last through a power cut. Only Unix can open a folder for it.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn cannot_read(target: &Path, error: io::Error) -> Error {
    Error::file(format!("what arrived of {} cannot be read again", target.display()), error)
}

fn cannot_write(target: &Path, error: io::Error) -> Error {
    let path = target.display();
    let (message, hint) = match error.kind() {
        io::ErrorKind::AlreadyExists => (
            format!("{path} is there already and was kept"),
            "Choose another name, or allow it to be replaced (overwrite).",
        ),
        io::ErrorKind::StorageFull => (
            format!("there is no room left for {path}"),
            "Make room or choose another disk, and begin again; nothing of the file was left.",
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

    #[tokio::test]
    async fn a_file_without_all_its_bytes_gets_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("echo.zip");
        let partial = Partial::beside(&target, Existing::Keep).unwrap();
        partial.write(5, Bytes::from_static(b"world")).await.unwrap();
        let error = partial.finish(11, Existing::Keep, None).await.unwrap_err();
        assert!(error.to_string().contains("length"), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
