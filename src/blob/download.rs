//! A blob to a file: complete, checked, and never half there under its name.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use futures_util::stream;
use http::{HeaderMap, HeaderName, StatusCode};
use tokio::time::timeout;
use url::Url;

use super::{
    Blobs, ByteStream, checked,
    error::refused,
    partial::{Check, Existing, Partial},
};
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

const ERROR_CODE: HeaderName = HeaderName::from_static("x-ms-error-code");

/// A file that is complete on disk.
///
/// ```
/// use hardware_dashboard::blob::Downloaded;
///
/// fn receipt(file: &Downloaded) -> String {
///     let md5: String = file.md5.iter().map(|byte| format!("{byte:02x}")).collect();
///     format!("{md5}  {} ({} bytes)", file.path.display(), file.bytes)
/// }
///
/// let file = Downloaded { path: "echo-signed.zip".into(), bytes: 9, md5: [0xab; 16] };
/// assert!(receipt(&file).ends_with("ab  echo-signed.zip (9 bytes)"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// Where it is.
    pub path: PathBuf,
    /// Its length, which is the one that the server told.
    pub bytes: u64,
    /// The MD5 of the file, which is the one that the server told, if it told one.
    pub md5: [u8; 16],
}

impl Blobs {
    /// Fetches the blob into the file `target`.
    ///
    /// The bytes go to a file beside it, which gets the name when it is complete and `check` has
    /// nothing against it. After a break only the rest is asked for.
    pub(crate) async fn download(
        &self,
        url: &SafeUrl,
        target: &Path,
        existing: Existing,
        check: Check,
    ) -> Result<Downloaded> {
        let url = checked(Stage::Download, url)?;
        let mut partial = Partial::beside(target)?;
        let mut attempt = 1;
        loop {
            let before = partial.bytes();
            let Err(error) = self.fetch_rest(&url, &mut partial).await else { break };
            // A poor line that brings something each time is no reason to stop.
            attempt = if partial.bytes() > before { 1 } else { attempt };
            let jitter = fastrand::f64();
            let verdict = self.retry.verdict(Idempotency::Read, error.failed(), attempt, jitter);
            let Verdict::After(pause) = verdict else { return Err(error) };
            let operation = "download";
            self.reporter.event(&Event::Retrying { operation, reason: &error, pause });
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
        let finished = tokio::task::spawn_blocking(move || partial.finish(existing, check)).await;
        finished.unwrap_or_else(|error| {
            let message = format!("{} could not be finished", target.display());
            Err(Error::file(message, error.into()))
        })
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

    /// Gives the bytes of a blob as they arrive.
    pub(crate) async fn stream(&self, url: &SafeUrl) -> Result<ByteStream> {
        let url = checked(Stage::Download, url)?;
        let response = self.get(url, HeaderMap::new()).await?;
        Ok(Box::pin(stream::try_unfold(response, |mut response| async move {
            Ok(next_chunk(&mut response).await?.map(|chunk| (chunk, response)))
        })))
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
        Err(refused(Stage::Download, status, response.headers(), code).of_a_read())
    }

    async fn fetch_rest(&self, url: &Url, partial: &mut Partial) -> Result<()> {
        let mut response = match self.get(url.clone(), partial.conditions()).await {
            Err(error) if error.status() == Some(StatusCode::PRECONDITION_FAILED) => {
                return partial.start_over();
            }
            answer => answer?,
        };
        partial.begin(&response)?;
        self.tell(Direction::Download, partial.bytes(), partial.total());
        while let Some(chunk) = next_chunk(&mut response).await? {
            partial.add(&chunk)?;
            self.tell(Direction::Download, partial.bytes(), partial.total());
        }
        if partial.is_complete() {
            return Ok(());
        }
        let message = "the download ended before the file did";
        let error = Error::new(Stage::Download, Kind::Interrupted, message);
        Err(error.with_reach(Reach::Unknown).of_a_read())
    }
}

async fn next_chunk(response: &mut reqwest::Response) -> Result<Option<bytes::Bytes>> {
    let chunk = timeout(IDLE_TIMEOUT, response.chunk()).await.map_err(|_| stalled())?;
    chunk.map_err(broken)
}

fn broken(error: reqwest::Error) -> Error {
    Error::network(Stage::Download, "blob storage", error).of_a_read()
}

fn stalled() -> Error {
    let message = "nothing came from blob storage for a minute";
    let error = Error::new(Stage::Download, Kind::TimedOut, message);
    error.with_reach(Reach::Unknown).of_a_read()
}
