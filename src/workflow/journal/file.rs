//! The file of a journal: one process at a time, and whole at any moment.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use super::lock::Lock;
use crate::error::{Error, Result};

/// A file that this process has to itself.
#[derive(Debug)]
pub(super) struct JournalFile {
    /// As it was named.
    path: PathBuf,
    real: RealPath,
    lock: Lock,
}

/// The one path of a file, whichever way leads to it: two processes that reach a journal by different
/// paths must meet at one lock.
#[derive(Debug)]
struct RealPath(PathBuf);

impl RealPath {
    /// The file need not be there, but its folder must be.
    fn of(path: &Path) -> io::Result<Self> {
        match (fs::canonicalize(path), path.file_name()) {
            (Err(error), Some(name)) if error.kind() == ErrorKind::NotFound => {
                Ok(Self(fs::canonicalize(folder(path))?.join(name)))
            }
            (real, _) => real.map(Self),
        }
    }

    fn lock(&self) -> PathBuf {
        self.beside(".lock")
    }

    /// What is written before it takes the name.
    fn draft(&self) -> PathBuf {
        self.beside(".new")
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = OsString::from(&self.0);
        name.push(ending);
        name.into()
    }
}

impl JournalFile {
    pub(super) fn lock(path: &Path) -> Result<Self> {
        let failed = |error| {
            Error::file(format!("{} cannot be locked", path.display()), error).with_hint(
                "Check that its folder is there and can be written to, and that its file system has \
                 locks: a local disk has.",
            )
        };
        let real = RealPath::of(path).map_err(failed)?;
        match Lock::take(&real.lock()).map_err(failed)? {
            Some(lock) => Ok(Self { path: path.to_owned(), real, lock }),
            None => Err(in_use(path)),
        }
    }

    /// The lock goes last: until then nobody else has the journal.
    pub(super) fn remove(self) -> Result<()> {
        let Self { path, real, lock } = self;
        let removed = remove_if_there(&real.0)
            .and_then(|()| remove_if_there(&real.draft()))
            .and_then(|()| lock.remove(&real.lock()));
        removed.map_err(|error| Error::file(format!("{} cannot be removed", path.display()), error))
    }

    /// As it was named.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn exists(&self) -> Result<bool> {
        let failed = |error| Error::file(format!("{} cannot be read", self.path.display()), error);
        self.real.0.try_exists().map_err(failed)
    }

    pub(super) fn read(&self) -> Result<Vec<u8>> {
        read(&self.real.0, &self.path)
    }

    /// Replaces the content: afterwards either all of the old one or all of the new one is there,
    /// whatever happens on the way.
    pub(super) fn write(&self, content: &[u8]) -> Result<()> {
        self.replace(content).map_err(|error| {
            // It may be what fills the disk.
            let _ = remove_if_there(&self.real.draft());
            Error::file(format!("the journal {} cannot be written", self.path.display()), error)
                .with_hint("Nothing more is sent without it. Make room for it and resume the run.")
        })
    }

    fn replace(&self, content: &[u8]) -> io::Result<()> {
        // The lock keeps all others from this name, so that what is there was left by a crash.
        let draft = self.real.draft();
        remove_if_there(&draft)?;
        let mut file = File::create_new(&draft)?;
        file.write_all(content)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&draft, &self.real.0)?;
        sync(folder(&self.real.0))
    }
}

/// The content of a journal that nobody need have to himself.
pub(super) fn peek(path: &Path) -> Result<Vec<u8>> {
    read(path, path)
}

fn read(path: &Path, named: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| {
        let why = match error.kind() {
            ErrorKind::NotFound => "is not there",
            _ => "cannot be read",
        };
        Error::file(format!("the journal {} {why}", named.display()), error)
    })
}

/// Whether a process has the journal of this path.
pub(super) fn is_in_use(path: &Path) -> bool {
    RealPath::of(path).is_ok_and(|real| Lock::is_taken(&real.lock()))
}

fn in_use(path: &Path) -> Error {
    Error::input(format!("the journal {} is in use", path.display()))
        .with_hint("Another process goes on with this run: let it, or end it first.")
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}

/// Makes the new name last through a power cut. Only Unix can open a folder for it.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
