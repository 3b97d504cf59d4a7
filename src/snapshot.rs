//! A file that is to stay as it is while it is being sent.

use std::{
    fs::Metadata,
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::error::{Error, Kind, Result, Stage};

/// What a package looked like when it was first looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
    identity: Option<Identity>,
}

/// Where a file system numbers its files: which one it is, and when anything of it last changed, which
/// unlike the time of its content nobody can set back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    number: u64,
    changed: (i64, i64),
}

impl Snapshot {
    /// Looks at a package. It must be a file that can be read twice, with something in it.
    pub(crate) fn take(path: &Path) -> Result<Self> {
        let metadata = look(path)?;
        if !metadata.is_file() {
            let what = if metadata.is_dir() { "a folder" } else { "a pipe or a device" };
            let message = format!("{} is {what}, and no package", path.display());
            return Err(Error::input(message).with_hint("Name the file of the package."));
        }
        if metadata.len() == 0 {
            return Err(Error::input(format!("the package {} is empty", path.display())));
        }
        Ok(Self::of(path, &metadata))
    }

    fn of(path: &Path, metadata: &Metadata) -> Self {
        Self {
            path: path.to_owned(),
            length: metadata.len(),
            modified: metadata.modified().ok(),
            identity: identity(metadata),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Fails when the file is no longer what it was.
    pub(crate) fn check(&self) -> Result<()> {
        let now = Self::of(&self.path, &look(&self.path)?);
        if now == *self { Ok(()) } else { Err(self.changed()) }
    }

    /// The error of a file that is no longer what it was.
    pub(crate) fn changed(&self) -> Error {
        let message = format!("{} changed while it was being sent", self.path.display());
        Error::new(Stage::File, Kind::Corrupt, message)
            .with_hint("The service has not taken it. Start again when the file is complete.")
    }

    /// The error of a read that failed: a file that ends too early has changed.
    pub(crate) fn read_error(&self, error: io::Error) -> Error {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => self.changed(),
            _ => unreadable(&self.path, error),
        }
    }
}

fn look(path: &Path) -> Result<Metadata> {
    std::fs::metadata(path).map_err(|error| unreadable(path, error))
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    Error::file(format!("{} cannot be read", path.display()), error)
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let changed = (metadata.ctime(), metadata.ctime_nsec());
    Some(Identity { device: metadata.dev(), number: metadata.ino(), changed })
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<Identity> {
    None
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn a_file_that_was_replaced_by_one_of_the_same_length_and_time_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("package.cab");
        std::fs::write(&path, "one").unwrap();
        let snapshot = Snapshot::take(&path).unwrap();
        snapshot.check().unwrap();
        let other = folder.path().join("other.cab");
        std::fs::write(&other, "two").unwrap();
        let times = File::options().write(true).open(&other).unwrap();
        times.set_modified(snapshot.modified.unwrap()).unwrap();
        std::fs::rename(&other, &path).unwrap();
        let error = snapshot.check().err();
        let said = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(cfg!(not(unix)) || said.contains("changed"), "{said}");
    }

    #[test]
    #[cfg(unix)]
    fn a_file_whose_time_was_set_back_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("package.cab");
        std::fs::write(&path, "one").unwrap();
        let snapshot = Snapshot::take(&path).unwrap();
        // The clock of a file system may be as coarse as this.
        std::thread::sleep(std::time::Duration::from_millis(50));
        std::fs::write(&path, "two").unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(snapshot.modified.unwrap()).unwrap();
        assert!(snapshot.check().unwrap_err().to_string().contains("changed"));
    }

    #[test]
    fn what_is_no_file_with_something_in_it_is_no_package() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty.cab");
        std::fs::write(&empty, "").unwrap();
        let mut paths = vec![(folder.path().to_owned(), "folder"), (empty, "empty")];
        if cfg!(unix) {
            paths.push(("/dev/null".into(), "device"));
        }
        for (path, named) in paths {
            let error = Snapshot::take(&path).unwrap_err();
            assert!(error.is_input() && error.to_string().contains(named), "{error:?}");
        }
    }
}
