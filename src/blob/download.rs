//! A blob to a file: complete, checked, and never half there under its name.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_RANGE, ETAG, IF_MATCH, RANGE},
};
use md5::{Digest, Md5};
use tempfile::NamedTempFile;
use tokio::time::timeout;
use url::Url;

use super::{Blobs, checked, error::refused};
use crate::{
    error::{Error, Kind, Result, Stage},
    model::SafeUrl,
    report::{Direction, Event},
    retry::{Idempotency, Reach, Verdict},
};

/// A download from which nothing comes for so long has stalled.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// More of a report is not read.
const MAX_TEXT: usize = 256 * 1024;

const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");
const BLOB_CONTENT_MD5: HeaderName = HeaderName::from_static("x-ms-blob-content-md5");
const ERROR_CODE: HeaderName = HeaderName::from_static("x-ms-error-code");

/// A file that is complete on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// Where it is.
    pub path: PathBuf,
    /// Its length, which is the one that the server told.
    pub bytes: u64,
    /// The MD5 of the file, which is the one that the server told, if it told one.
    pub md5: [u8; 16],
}

/// Whether a file that is there may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    Keep,
    Replace,
}

/// What has arrived so far.
struct Partial {
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

impl Blobs {
    /// Fetches the blob into the file `target`.
    ///
    /// The bytes go to a file beside it, which gets the name when it is complete and checked. After a
    /// break only the rest is asked for.
    pub(crate) async fn download(
        &self,
        url: &SafeUrl,
        target: &Path,
        existing: Existing,
    ) -> Result<Downloaded> {
        let url = checked(Stage::Download, url)?;
        let mut partial = Partial::beside(target)?;
        let mut attempt = 1;
        while let Err(error) = self.fetch_rest(&url, &mut partial, target).await {
            let reach = error.reach();
            let policy = &self.retry;
            let (after, jitter) = (error.retry_after(), fastrand::f64());
            let verdict = policy.verdict(Idempotency::Repeatable, reach, after, attempt, jitter);
            let Verdict::After(pause) = verdict else { return Err(error) };
            let operation = "download";
            self.reporter.event(&Event::Retrying { operation, reason: &error, pause });
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
        partial.finish(target, existing)
    }

    /// Reads a blob that is text, such as an error report: as much of it as a person would.
    pub(crate) async fn text(&self, url: &SafeUrl) -> Result<String> {
        let url = checked(Stage::Download, url)?;
        let mut response = self.get(url, HeaderMap::new()).await?;
        let mut text = Vec::new();
        while let Some(chunk) = next_chunk(&mut response).await? {
            text.extend_from_slice(&chunk);
            if text.len() > MAX_TEXT {
                text.truncate(MAX_TEXT);
                break;
            }
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    async fn get(&self, url: Url, headers: HeaderMap) -> Result<reqwest::Response> {
        let sent = timeout(IDLE_TIMEOUT, self.http.get(url).headers(headers).send()).await;
        let response = sent.map_err(|_| stalled())?.map_err(broken)?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let code = response.headers().get(ERROR_CODE).and_then(|code| code.to_str().ok());
        let code = code.map(str::to_owned);
        Err(refused(Stage::Download, status, response.headers(), code))
    }

    async fn fetch_rest(&self, url: &Url, partial: &mut Partial, target: &Path) -> Result<()> {
        if partial.is_complete() {
            return Ok(());
        }
        let mut response = self.get(url.clone(), partial.conditions()).await?;
        partial.begin(&response)?;
        self.tell(Direction::Download, partial.bytes, partial.total());
        while let Some(chunk) = next_chunk(&mut response).await? {
            partial.add(&chunk).map_err(|error| cannot_write(target, error))?;
            self.tell(Direction::Download, partial.bytes, partial.total());
        }
        if partial.is_complete() {
            return Ok(());
        }
        let message = "the download ended before the file did";
        Err(Error::new(Stage::Download, Kind::Interrupted, message).with_reach(Reach::Unknown))
    }
}

impl Partial {
    fn beside(target: &Path) -> Result<Self> {
        let file = tempfile::Builder::new()
            .prefix(".hwdash-")
            .suffix(".part")
            .tempfile_in(folder(target))
            .map_err(|error| cannot_write(target, error))?;
        Ok(Self { file, hash: Md5::new(), bytes: 0, told: None })
    }

    fn total(&self) -> Option<u64> {
        self.told.as_ref().map(|told| told.length)
    }

    fn is_complete(&self) -> bool {
        self.total() == Some(self.bytes)
    }

    /// What makes the server send the rest, and only of the blob that was begun with.
    fn conditions(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if self.bytes > 0 {
            let range = HeaderValue::try_from(format!("bytes={}-", self.bytes));
            headers.extend(range.map(|range| (RANGE, range)));
            let etag = self.told.as_ref().and_then(|told| told.etag.clone());
            headers.extend(etag.map(|etag| (IF_MATCH, etag)));
        }
        headers
    }

    fn begin(&mut self, response: &reqwest::Response) -> Result<()> {
        if self.bytes > 0 && response.status() != StatusCode::PARTIAL_CONTENT {
            // The server does not do ranges, and sends all of it again.
            self.restart().map_err(|error| cannot_write(self.file.path(), error))?;
        }
        if self.told.is_none() {
            let length = total_length(response).ok_or_else(|| {
                let message = "blob storage did not tell how long the file is";
                Error::new(Stage::Download, Kind::Decode, message)
            })?;
            let headers = response.headers();
            self.told =
                Some(Told { length, etag: headers.get(ETAG).cloned(), md5: told_md5(headers) });
        }
        Ok(())
    }

    fn restart(&mut self) -> io::Result<()> {
        self.file.as_file_mut().set_len(0)?;
        io::Seek::rewind(self.file.as_file_mut())?;
        self.hash = Md5::new();
        (self.bytes, self.told) = (0, None);
        Ok(())
    }

    fn add(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.file.write_all(chunk)?;
        self.hash.update(chunk);
        self.bytes += chunk.len() as u64;
        Ok(())
    }

    /// Checks what has arrived and gives it its name.
    fn finish(self, target: &Path, existing: Existing) -> Result<Downloaded> {
        let md5: [u8; 16] = self.hash.finalize().into();
        let told = self.told.and_then(|told| told.md5);
        if told.is_some_and(|told| told != md5) {
            let message = "the file that arrived is not the one that was sent: its MD5 differs";
            return Err(Error::new(Stage::Download, Kind::Corrupt, message).with_hint(
                "Download it again; if it happens again, something on the way changes files.",
            ));
        }
        let failed = |error| cannot_write(target, error);
        self.file.as_file().sync_all().map_err(failed)?;
        match existing {
            Existing::Replace => self.file.persist(target).map_err(|error| failed(error.error))?,
            Existing::Keep => {
                self.file.persist_noclobber(target).map_err(|error| failed(error.error))?
            }
        };
        sync_folder(folder(target)).map_err(failed)?;
        Ok(Downloaded { path: target.to_owned(), bytes: self.bytes, md5 })
    }
}

fn folder(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Makes the new name last through a power cut. Only Unix can open a folder for it.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { std::fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

async fn next_chunk(response: &mut reqwest::Response) -> Result<Option<bytes::Bytes>> {
    let chunk = timeout(IDLE_TIMEOUT, response.chunk()).await.map_err(|_| stalled())?;
    chunk.map_err(broken)
}

fn total_length(response: &reqwest::Response) -> Option<u64> {
    match response.headers().get(CONTENT_RANGE) {
        Some(range) => range.to_str().ok()?.rsplit_once('/')?.1.parse().ok(),
        None => response.content_length(),
    }
}

/// The MD5 of the whole blob; of a range the plain header speaks of the range alone.
fn told_md5(headers: &HeaderMap) -> Option<[u8; 16]> {
    let whole = headers.get(BLOB_CONTENT_MD5);
    let plain = headers.get(CONTENT_MD5).filter(|_| !headers.contains_key(CONTENT_RANGE));
    let text = whole.or(plain)?;
    BASE64_STANDARD.decode(text.as_bytes()).ok()?.try_into().ok()
}

fn broken(error: reqwest::Error) -> Error {
    Error::network(Stage::Download, "blob storage", error)
}

fn stalled() -> Error {
    let message = "nothing came from blob storage for a minute";
    Error::new(Stage::Download, Kind::TimedOut, message).with_reach(Reach::Unknown)
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
