//! A file that is to stay as it is while it is being sent.

use std::{
    fs::Metadata,
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::error::{Error, Kind, Result, Stage};

/// What a file looked like when it was first looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
    /// Where a file system numbers its files: which one it is.
    number: Option<(u64, u64)>,
}

impl Snapshot {
    pub(crate) fn take(path: &Path) -> Result<Self> {
        let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            length: metadata.len(),
            modified: metadata.modified().ok(),
            number: number(&metadata),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Fails when the file is no longer what it was.
    pub(crate) fn check(&self) -> Result<()> {
        if Self::take(&self.path)? == *self { Ok(()) } else { Err(self.changed()) }
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

fn unreadable(path: &Path, error: io::Error) -> Error {
    Error::file(format!("{} cannot be read", path.display()), error)
}

#[cfg(unix)]
fn number(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> Option<(u64, u64)> {
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
}
