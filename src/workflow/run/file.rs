//! Files that are fetched to disk.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use md5::{Digest as _, Md5};
use tokio::task::spawn_blocking;

use super::{Progress, Run, create::missing};
use crate::{
    blob::{DownloadOptions, Downloaded},
    error::{Error, Result},
    model::{DownloadType, PreprodAssetId, SafeUrl, Submission},
    preprod::PreprodPackageHandler,
    submission::SubmissionHandler,
    workflow::{journal::Record, known::Saved, order::Target},
};

/// Where the signed file comes from.
pub(super) enum Origin {
    Submission(SubmissionHandler, SafeUrl),
    Preprod(PreprodPackageHandler, PreprodAssetId),
    /// The initial submission, whose shell is meant.
    Shell(SubmissionHandler),
}

impl Origin {
    async fn fetch(&self, target: &Path, overwrite: bool) -> Result<Downloaded> {
        let options = DownloadOptions::default().overwrite(overwrite);
        match self {
            Self::Submission(submission, url) => {
                submission.download_signed_from(url, target, &options).await
            }
            Self::Preprod(package, asset) => package.download_zip(asset, target, &options).await,
            Self::Shell(initial) => {
                initial.download(&DownloadType::DerivedPackage, target, &options).await
            }
        }
    }
}

impl Run {
    /// Forgets the files of an earlier process that are not there any more as they were fetched.
    pub(super) async fn check_files(&mut self) {
        if self.is_checked {
            return;
        }
        let Record { order, known, .. } = &mut self.record;
        if is_gone(known.file.as_ref(), order.target.as_ref()).await {
            known.file = None;
        }
        // Once the package is made from it nobody needs the shell.
        if !order.package().exists() && is_gone(known.shell.as_ref(), order.shell.as_ref()).await {
            known.shell = None;
        }
        self.is_checked = true;
    }

    pub(super) async fn download(&mut self) -> Result<Progress> {
        let url = self.take_url(Submission::signed_package_url)?;
        let origin = Origin::Submission(self.submission()?, url);
        self.fetch("download", &origin).await
    }

    pub(super) async fn fetch(
        &mut self,
        operation: &'static str,
        origin: &Origin,
    ) -> Result<Progress> {
        let target = self.record.order.target.clone().ok_or_else(|| missing("target"))?;
        if let Some(saved) = save(origin, &target).await? {
            self.record.known.file = Some(saved);
            self.note(operation, false)?;
        }
        Ok(Progress::Moved)
    }
}

/// Fetches a file, unless it is there already. `None` when a future of this run that was dropped has
/// named it meanwhile: it has to be looked at once more.
pub(super) async fn save(origin: &Origin, target: &Target) -> Result<Option<Saved>> {
    let is_there = !target.overwrite && target.path.exists();
    let fetched = if is_there {
        compare(origin, &target.path).await
    } else {
        origin.fetch(&target.path, target.overwrite).await
    };
    if fetched.is_err() && !is_there && !target.overwrite && target.path.exists() {
        return Ok(None);
    }
    let Downloaded { bytes, md5, .. } = fetched?;
    Ok(Some(Saved { bytes, md5 }))
}

/// A file that is there was not when the run began. If it is the one that the service has, the run was
/// interrupted just after it had been fetched; if not, it is kept.
async fn compare(origin: &Origin, target: &Path) -> Result<Downloaded> {
    let failed = |error| Error::file(format!("{} cannot be read", target.display()), error);
    let folder = target.parent().filter(|folder| *folder != Path::new(""));
    let folder = tempfile::tempdir_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    let copy = folder.path().join("signed");
    let fetched = origin.fetch(&copy, false).await?;
    let other = target.to_owned();
    let compared = spawn_blocking(move || is_same(&copy, &other)).await;
    if compared.unwrap_or_else(|e| Err(e.into())).map_err(failed)? {
        return Ok(Downloaded { path: target.to_owned(), ..fetched });
    }
    Err(kept(target))
}

/// Another file has the name.
fn kept(target: &Path) -> Error {
    let message = format!("{} is there already and was kept", target.display());
    Error::file(message, io::ErrorKind::AlreadyExists.into())
        .with_hint("It is not the file that the service has. Move it away and go on with the run.")
}

fn is_same(one: &Path, other: &Path) -> io::Result<bool> {
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

/// Whether a file that was saved is not there any more. One that cannot be read is fetched again, which
/// tells why.
async fn is_gone(saved: Option<&Saved>, target: Option<&Target>) -> bool {
    let Some((saved, target)) = saved.cloned().zip(target.cloned()) else { return false };
    let found = spawn_blocking(move || is_saved(&target.path, &saved)).await;
    !matches!(found, Ok(Ok(true)))
}

/// Whether a file is the one that was saved here.
fn is_saved(path: &Path, saved: &Saved) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() != saved.bytes {
        return Ok(false);
    }
    let mut hash = Md5::default();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize()[..] == saved.md5),
            read => hash.update(&buffer[..read]),
        }
    }
}
