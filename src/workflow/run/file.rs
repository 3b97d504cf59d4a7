//! The signed file on disk.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use super::{Progress, Run, create::missing};
use crate::{
    blob::{Downloaded, Existing},
    error::{Error, Result},
    model::{SafeUrl, Submission},
    workflow::{journal::Record, known::Saved, order::Target, signed},
};

impl Run {
    pub(super) async fn download(&mut self) -> Result<Progress> {
        let url = self.take_url(Submission::signed_package_url)?;
        let target = self.target()?.clone();
        let is_there = !target.overwrite && target.path.exists();
        let fetched = if is_there {
            self.compare(&url, &target.path).await
        } else {
            let blobs = self.client.blobs();
            blobs.download(&url, &target.path, target.existing(), signed::check).await
        };
        if fetched.is_err() && !is_there && !target.overwrite && target.path.exists() {
            // A future of this run that was dropped has named its file meanwhile.
            return Ok(Progress::Moved);
        }
        self.save("download", &fetched?)?;
        Ok(Progress::Moved)
    }

    pub(super) fn target(&self) -> Result<&Target> {
        self.record.order.target.as_ref().ok_or_else(|| missing("target"))
    }

    pub(super) fn save(&mut self, operation: &'static str, file: &Downloaded) -> Result<()> {
        self.record.known.file = Some(Saved { bytes: file.bytes, md5: file.md5 });
        self.note(operation, false)
    }

    /// A file that is there was not when the run began. If it is the signed package, the run was
    /// interrupted just after it had been fetched; if not, it is kept.
    async fn compare(&self, url: &SafeUrl, target: &Path) -> Result<Downloaded> {
        let failed = |error| Error::file(format!("{} cannot be read", target.display()), error);
        let folder = target.parent().filter(|folder| *folder != Path::new(""));
        let folder = tempfile::tempdir_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
        let copy = folder.path().join("signed");
        let blobs = self.client.blobs();
        let fetched = blobs.download(url, &copy, Existing::Keep, signed::check).await?;
        if is_same(&copy, target).map_err(failed)? {
            return Ok(Downloaded { path: target.to_owned(), ..fetched });
        }
        Err(kept(target))
    }
}

/// Another file has the name.
pub(super) fn kept(target: &Path) -> Error {
    let message = format!("{} is there already and was kept", target.display());
    Error::file(message, io::ErrorKind::AlreadyExists.into())
        .with_hint("It is not the signed package. Move it away and go on with the run.")
}

pub(super) fn is_same(one: &Path, other: &Path) -> io::Result<bool> {
    let (one, other) = (File::open(one)?, File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut one, mut other) = (io::BufReader::new(one).bytes(), io::BufReader::new(other).bytes());
    loop {
        match (one.next().transpose()?, other.next().transpose()?) {
            (None, None) => return Ok(true),
            (left, right) if left != right => return Ok(false),
            _ => {}
        }
    }
}

/// Whether the file that a run has fetched is still there.
pub(super) fn is_saved(record: &Record) -> bool {
    let (Some(saved), Some(target)) = (&record.known.file, &record.order.target) else {
        return false;
    };
    std::fs::metadata(&target.path).is_ok_and(|file| file.len() == saved.bytes)
}
