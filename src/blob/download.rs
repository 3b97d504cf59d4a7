//! A file out of blob storage: in parts at a time, gone on with after breaks, checked, and never half
//! there under its name.

mod fetch;
mod file;
mod options;
mod origin;
mod part;
mod told;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use futures_util::stream;
use tokio::io::{AsyncWrite, AsyncWriteExt};

pub use self::options::DownloadOptions;
pub(crate) use self::origin::{Answer, Blob, Manners, Origin, Whole};
use self::{
    fetch::{Beginnings, Fetch, Manner, Opened},
    part::Part,
};
use super::{
    Blobs, ByteStream,
    partial::{Check, Hasher},
};
use crate::{
    error::{Error, Kind, Result, Stage},
    redact,
};

/// More of a report is not read.
const MAX_TEXT: usize = 256 * 1024;

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

/// What was written to a writer, whole and checked.
///
/// ```
/// use hardware_dashboard::blob::Received;
///
/// let received = Received { bytes: 9, md5: [0xab; 16] };
/// assert_eq!(received.bytes, 9);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The length, which is the one that the server told.
    pub bytes: u64,
    /// The MD5 of the bytes, which is the one that the server told, if it told one.
    pub md5: [u8; 16],
}

impl Blobs {
    /// Fetches a file to `target`.
    ///
    /// The bytes go to a file beside it, which gets the name when it is complete and neither
    /// `options` nor `check` have anything against it.
    pub(crate) async fn download(
        &self,
        origin: impl Origin + 'static,
        target: &Path,
        options: &DownloadOptions,
        check: Option<Check>,
    ) -> Result<Downloaded> {
        let fetch = Fetch::new(self, origin);
        let fetched = fetch.meter.watch(file::fetch(&fetch, target, options, check)).await?;
        fetch.meter.finish();
        Ok(fetched)
    }

    /// Writes a file to `writer`, in its order. Whether its hash is right is known at the end only.
    pub(crate) async fn download_to<W>(
        &self,
        origin: impl Origin + 'static,
        writer: &mut W,
        options: &DownloadOptions,
    ) -> Result<Received>
    where
        W: AsyncWrite + Unpin + ?Sized,
    {
        let fetch = Fetch::new(self, origin);
        let Opened { told, mut part } = open(&fetch).await?;
        let mut hasher = Hasher::new(options.hashes());
        let failed = |error| Error::file("what was fetched could not be written", error);
        while let Some(bytes) = next(&fetch, &mut part).await? {
            hasher.update(&bytes);
            writer.write_all(&bytes).await.map_err(failed)?;
        }
        writer.flush().await.map_err(failed)?;
        let hash = hasher.finish();
        match options.fault(&hash, told.md5) {
            None => {
                fetch.meter.finish();
                Ok(Received { bytes: part.at(), md5: hash.md5 })
            }
            Some(fault) => {
                let message = format!("what was written is not the file: {fault}");
                let error = Error::new(Stage::Download, Kind::Corrupt, message);
                Err(error.with_hint("Throw away what was written, and begin again."))
            }
        }
    }

    /// Reads a file that is text, such as an error report: as much of it as a person would. The URLs in
    /// it are made safe to print.
    pub(crate) async fn text(&self, origin: impl Origin + 'static) -> Result<String> {
        let fetch = Fetch::new(self, origin);
        let mut part = open(&fetch).await?.part;
        let mut text = Vec::new();
        while let Some(bytes) = next(&fetch, &mut part).await? {
            text.extend_from_slice(&bytes);
            if text.len() > MAX_TEXT {
                text.truncate(MAX_TEXT);
                break;
            }
        }
        let text = String::from_utf8_lossy(&text);
        if is_page(&text) {
            let message = "a web page came in the place of the text";
            return Err(Error::new(Stage::Download, Kind::Decode, message));
        }
        Ok(redact::text(&text))
    }

    /// Gives the bytes of a file as they arrive.
    pub(crate) async fn stream(&self, origin: impl Origin + 'static) -> Result<ByteStream> {
        let fetch = Fetch::new(self, origin);
        let part = open(&fetch).await?.part;
        let read = |(mut part, fetch): (Part, Arc<Fetch>)| async move {
            let bytes = next(&fetch, &mut part).await?;
            if bytes.is_none() {
                fetch.meter.finish();
            }
            Ok(bytes.map(|bytes| (bytes, (part, fetch))))
        };
        Ok(Box::pin(stream::try_unfold((part, fetch), read)))
    }
}

/// Whether somebody on the way has answered with a page for people.
fn is_page(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(14).collect();
    let start = start.to_ascii_lowercase();
    start.starts_with("<html") || start.starts_with("<!doctype html")
}

/// Begins a file that arrives in its order. Once its bytes are given out it is not begun again.
async fn open(fetch: &Arc<Fetch>) -> Result<Opened> {
    let opened = async {
        let mut beginnings = Beginnings::new(Manner::InOrder);
        loop {
            match fetch.open(beginnings.manner()).await {
                Ok(opened) => return Ok(opened),
                Err(broken) => beginnings.next(fetch, broken).await?,
            }
        }
    };
    fetch.meter.watch(opened).await
}

/// The next bytes of such a file. How long whoever takes them needs for that is not watched.
async fn next(fetch: &Fetch, part: &mut Part) -> Result<Option<Bytes>> {
    fetch.meter.watch(part.next()).await.map_err(|broken| broken.into_error(fetch))
}
