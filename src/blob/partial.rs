//! A file that is still arriving.

use std::{
    fs::File,
    io::{self, Seek, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_RANGE, ETAG, IF_MATCH, RANGE},
};
use md5::{Digest, Md5};
use tempfile::NamedTempFile;

use super::Downloaded;
use crate::{
    error::{Error, Kind, Result, Stage},
    retry::Reach,
};

const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");
const BLOB_CONTENT_MD5: HeaderName = HeaderName::from_static("x-ms-blob-content-md5");

/// Looks at a file before it gets its name.
pub(crate) type Check = fn(&mut File) -> Result<()>;

/// Whether a file that is there may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    Keep,
    Replace,
}

/// What has arrived so far.
pub(super) struct Partial {
    target: PathBuf,
    file: NamedTempFile,
    hash: Md5,
    bytes: u64,
    told: Option<Told>,
}

/// What the first answer told of the whole blob.
struct Told {
    length: u64,
    etag: Option<HeaderValue>,
    md5: Option<[u8; 16]>,
}

impl Partial {
    /// Begins a file beside `target`, which gets the name when all is there.
    pub(super) fn beside(target: &Path) -> Result<Self> {
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
        let file = builder.tempfile_in(folder(target)).map_err(|e| cannot_write(target, e))?;
        Ok(Self { target: target.to_owned(), file, hash: Md5::new(), bytes: 0, told: None })
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn total(&self) -> Option<u64> {
        self.told.as_ref().map(|told| told.length)
    }

    pub(super) fn is_complete(&self) -> bool {
        self.total() == Some(self.bytes)
    }

    /// What makes the server send the rest, and only of the blob that was begun with. Without an
    /// ETag nothing says that it still is that blob, so all of it is asked for again.
    pub(super) fn conditions(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let etag = self.told.as_ref().and_then(|told| told.etag.clone());
        let range = HeaderValue::try_from(format!("bytes={}-", self.bytes));
        if let (true, Some(etag), Ok(range)) = (self.bytes > 0, etag, range) {
            headers.insert(RANGE, range);
            headers.insert(IF_MATCH, etag);
        }
        headers
    }

    /// Takes the head of an answer in: all of the blob, or the rest of the one that was begun.
    pub(super) fn begin(&mut self, response: &reqwest::Response) -> Result<()> {
        let headers = response.headers();
        if response.status() == StatusCode::PARTIAL_CONTENT {
            return if self.fits(headers) { Ok(()) } else { self.start_over() };
        }
        self.restart()?;
        let length = response.content_length().ok_or_else(|| {
            let message = "blob storage did not tell how long the file is";
            Error::new(Stage::Download, Kind::Decode, message)
        })?;
        let etag = headers.get(ETAG).cloned();
        self.told = Some(Told { length, etag, md5: told_md5(headers) });
        Ok(())
    }

    /// Whether a range goes on where we stand, in the blob that we began with.
    fn fits(&self, headers: &HeaderMap) -> bool {
        let Some(told) = &self.told else { return false };
        let range = headers.get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
        range.and_then(start_and_total) == Some((self.bytes, told.length))
            && headers.get(ETAG).is_none_or(|etag| Some(etag) == told.etag.as_ref())
    }

    /// Forgets what has arrived: the blob is another one now.
    pub(super) fn start_over(&mut self) -> Result<()> {
        self.restart()?;
        let message = "the file changed at blob storage while it was being fetched";
        Err(Error::new(Stage::Download, Kind::Interrupted, message)
            .with_reach(Reach::Unknown)
            .of_a_read())
    }

    fn restart(&mut self) -> Result<()> {
        let file = self.file.as_file_mut();
        file.set_len(0).and_then(|()| file.rewind()).map_err(|e| cannot_write(&self.target, e))?;
        self.hash = Md5::new();
        (self.bytes, self.told) = (0, None);
        Ok(())
    }

    pub(super) fn add(&mut self, chunk: &[u8]) -> Result<()> {
        self.file.write_all(chunk).map_err(|error| cannot_write(&self.target, error))?;
        self.hash.update(chunk);
        self.bytes += chunk.len() as u64;
        Ok(())
    }

    /// Checks what has arrived and gives it its name.
    pub(super) fn finish(mut self, existing: Existing, check: Check) -> Result<Downloaded> {
        let md5: [u8; 16] = self.hash.finalize().into();
        let told = self.told.and_then(|told| told.md5);
        if told.is_some_and(|told| told != md5) {
            return Err(corrupt("its MD5 is not the one that blob storage tells"));
        }
        let failed = |error| cannot_write(&self.target, error);
        let file = self.file.as_file_mut();
        file.sync_all().map_err(failed)?;
        if file.metadata().map_err(failed)?.len() != self.bytes {
            return Err(corrupt("its length on disk is not the one that arrived"));
        }
        check(file)?;
        let named = match existing {
            Existing::Replace => self.file.persist(&self.target),
            Existing::Keep => self.file.persist_noclobber(&self.target),
        };
        named.map_err(|error| failed(error.error))?;
        sync_folder(folder(&self.target)).map_err(failed)?;
        Ok(Downloaded { path: self.target, bytes: self.bytes, md5 })
    }
}

/// What arrived is not what was asked for; it was not given its name.
pub(crate) fn corrupt(why: &str) -> Error {
    let message = format!("the file that arrived was thrown away: {why}");
    Error::new(Stage::Download, Kind::Corrupt, message)
}

/// `bytes 5-9/10` begins at 5 of 10.
fn start_and_total(range: &str) -> Option<(u64, u64)> {
    let (range, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.trim().parse().ok()?, total.trim().parse().ok()?))
}

/// The MD5 of the whole blob, which a full answer may tell by either header.
fn told_md5(headers: &HeaderMap) -> Option<[u8; 16]> {
    let text = headers.get(BLOB_CONTENT_MD5).or(headers.get(CONTENT_MD5))?;
    BASE64_STANDARD.decode(text.as_bytes()).ok()?.try_into().ok()
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

fn cannot_write(target: &Path, error: io::Error) -> Error {
    let target = target.display();
    let message = match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{target} is there already and was kept"),
        io::ErrorKind::StorageFull => format!("there is no room left for {target}"),
        io::ErrorKind::PermissionDenied => format!("{target} may not be written"),
        _ => format!("{target} could not be written"),
    };
    Error::file(message, error)
}
