//! Transfers to and from blob storage by SAS URL.
//!
//! Nothing here ever sees a bearer token: blob storage refuses it, and it would leak.

mod download;
mod error;
mod meter;
mod outgoing;
mod pace;
mod partial;
mod sas;
mod transport;
mod upload;

use std::{pin::Pin, sync::Arc};

use bytes::Bytes;
use futures_util::Stream;
use url::Url;

pub(crate) use self::{
    download::{Answer, Blob, Manners, Origin, Whole},
    meter::Meter,
    outgoing::{Activity, Outgoing, SLICE},
    pace::Pace,
    partial::{Check, corrupt},
    sas::Sas,
};
pub use self::{
    download::{DownloadOptions, Downloaded, Received},
    upload::{ContentMd5, Integrity, UploadOptions, Uploaded},
};
use crate::{
    error::{Error, Kind, Result, Stage},
    model::SafeUrl,
    net::{HttpClients, is_private},
    report::{Direction, Reporter},
    retry::RetryPolicy,
};

/// The bytes of a file as they arrive.
///
/// ```
/// use futures_util::TryStreamExt;
/// use hardware_dashboard::{Result, blob::ByteStream};
///
/// async fn length(mut content: ByteStream) -> Result<usize> {
///     let mut bytes = 0;
///     while let Some(chunk) = content.try_next().await? {
///         bytes += chunk.len();
///     }
///     Ok(bytes)
/// }
/// ```
pub type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes>> + Send>>;

/// Moves files to and from blob storage.
#[derive(Clone, Debug)]
pub(crate) struct Blobs {
    http: HttpClients,
    retry: RetryPolicy,
    pace: Arc<Pace>,
    reporter: Arc<dyn Reporter>,
}

impl Blobs {
    /// `http` has no time-out for the whole: how long a transfer may take depends on its size.
    pub(crate) fn new(
        http: HttpClients,
        retry: &RetryPolicy,
        pace: Pace,
        reporter: Arc<dyn Reporter>,
    ) -> Self {
        Self { http, retry: retry.for_transfers(), pace: Arc::new(pace), reporter }
    }

    /// Counts the bytes of a file, and tells of them.
    pub(crate) fn meter(&self, direction: Direction) -> Arc<Meter> {
        Arc::new(Meter::new(direction, self.reporter.clone()))
    }

    /// How fast all transfers together may go.
    pub(crate) fn pace(&self) -> Arc<Pace> {
        self.pace.clone()
    }

    /// The same, whose events go to `reporter`.
    pub(crate) fn with_reporter(&self, reporter: Arc<dyn Reporter>) -> Self {
        Self { reporter, ..self.clone() }
    }
}

/// Takes a SAS URL apart, if the signature in it may be sent there.
fn checked(stage: Stage, url: &SafeUrl) -> Result<Url> {
    let refuse = |why: &str| Err(Error::new(stage, Kind::Decode, why));
    match url.parse() {
        Some(url) if is_private(&url) => Ok(url),
        Some(_) => refuse("the service sent a blob URL that is not https; nothing was sent to it"),
        None => refuse("the service sent a blob URL that is no URL"),
    }
}
