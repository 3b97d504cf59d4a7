//! The file of a journal: one process at a time, and whole at any moment.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use crate::error::{Error, Result};

const LOCK: &str = ".lock";

/// A file that this process has to itself.
#[derive(Debug)]
pub(super) struct JournalFile {
    path: PathBuf,
    /// It is a file of its own: the journal's is replaced with each write.
    lock: File,
}

impl Drop for JournalFile {
    fn drop(&mut self) {
        // To close the file is not enough: a process that is just being started has a copy of it for a
        // moment, and would keep the lock. If it cannot be given back, closing is all that is left.
        let _ = self.lock.unlock();
    }
}

impl JournalFile {
    pub(super) fn lock(path: &Path) -> Result<Self> {
        let failed = |error| Error::file(format!("{} cannot be locked", path.display()), error);
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        let lock = options.open(beside(path, LOCK)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) if is_removed(&lock).map_err(failed)? => Err(in_use(path)),
            Ok(()) => Ok(Self { path: path.to_owned(), lock }),
            Err(TryLockError::WouldBlock) => Err(in_use(path)),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// The lock goes last: until then nobody else has the journal.
    pub(super) fn remove(self) -> Result<()> {
        let lock = beside(&self.path, LOCK);
        [&self.path, &lock].into_iter().try_for_each(|path| match fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Error::file(format!("{} cannot be removed", path.display()), error))
            }
            _ => Ok(()),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn exists(&self) -> Result<bool> {
        let failed = |error| Error::file(format!("{} cannot be read", self.path.display()), error);
        self.path.try_exists().map_err(failed)
    }

    /// Replaces the content: afterwards either all of the old one or all of the new one is there,
    /// whatever happens on the way.
    pub(super) fn write(&self, content: &[u8]) -> Result<()> {
        self.replace(content).map_err(|error| {
            Error::file(format!("the journal {} cannot be written", self.path.display()), error)
                .with_hint("Nothing more is sent without it. Make room for it and resume the run.")
        })
    }

    fn replace(&self, content: &[u8]) -> io::Result<()> {
        // The lock keeps all others from this name, so that what a crash leaves is written over.
        let new = beside(&self.path, ".new");
        let mut file = File::create(&new)?;
        file.write_all(content)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&new, &self.path)?;
        sync_folder(&self.path)
    }
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::NotFound => "is not there",
            _ => "cannot be read",
        };
        Error::file(format!("the journal {} {why}", path.display()), error)
    })
}

/// Whether a process has the journal of this path.
pub(super) fn is_in_use(path: &Path) -> bool {
    let lock = File::open(beside(path, LOCK));
    lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

fn in_use(path: &Path) -> Error {
    Error::input(format!("the journal {} is in use", path.display()))
        .with_hint("Another process goes on with this run: let it, or end it first.")
}

/// Whether the process that had the lock has removed it meanwhile: its name may be another file's.
#[cfg(unix)]
fn is_removed(lock: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(lock.metadata()?.nlink() == 0)
}

/// A name that is opened is not given to another file there.
#[cfg(not(unix))]
fn is_removed(_: &File) -> io::Result<bool> {
    Ok(false)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// Makes the new name last through a power cut. Only Unix can open a folder for it.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    if cfg!(unix) { File::open(folder.unwrap_or(Path::new(".")))?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_a_new_process_has_does_not_keep_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let file = JournalFile::lock(&path).unwrap();
        let copy = file.lock.try_clone().unwrap();
        assert!(JournalFile::lock(&path).is_err());
        drop(file);
        assert!(JournalFile::lock(&path).is_ok(), "{copy:?} keeps it");
    }
}
