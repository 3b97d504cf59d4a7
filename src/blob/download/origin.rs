//! Where the bytes of a file come from.

use std::{fmt, time::Duration};

use futures_util::TryStreamExt;
use http::{HeaderMap, HeaderName, StatusCode};
use tokio::time::timeout;
use url::Url;

use crate::{
    blob::{Blobs, ByteStream, Sas, error::refused},
    error::{Error, Kind, Result, Stage},
    net::HttpClients,
    retry::{Reach, RetryPolicy},
};

/// An answer that does not begin, or of which nothing comes, for so long has stalled.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

const ERROR_CODE: HeaderName = HeaderName::from_static("x-ms-error-code");

/// Something that gives a file, and a part of it when the headers ask for one.
#[async_trait::async_trait]
pub(crate) trait Origin: fmt::Debug + Send + Sync {
    /// Asks for it. An answer other than success is an error with its status.
    async fn ask(&self, headers: HeaderMap) -> Result<Answer>;

    fn manners(&self) -> Manners;

    /// What tells it from all others, today and tomorrow.
    fn address(&self) -> String;

    /// Adds what is known of the request to an error of its answer's body.
    fn sign(&self, error: Error) -> Error {
        error
    }
}

/// How an origin behaves, and is to be treated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manners {
    /// How errors name it.
    pub(crate) name: &'static str,
    /// The stage that its failures belong to.
    pub(crate) stage: Stage,
    /// A body of which nothing comes for so long has stalled.
    pub(crate) idle: Duration,
    /// It may be asked for many parts at once.
    pub(crate) gives_parts: bool,
    /// What has to say that nothing of the file is missing.
    pub(crate) whole: Whole,
    /// Asking it repeats what may be repeated, so that its refusal is final.
    pub(crate) is_final: bool,
}

/// How it is known that a body which has ended is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whole {
    /// By its length, which the origin always tells: an answer without one is not its own.
    Length,
    /// By its length, or by an end that cannot be mistaken for a break: chunks and frames have one, a
    /// connection that is closed has not.
    End,
    /// By a hash that is known beforehand.
    Hash,
}

/// The head of a success answer, and the body as it arrives.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: ByteStream,
}

/// A blob behind a SAS URL, which may end in the middle.
#[derive(Debug)]
pub(crate) struct Blob {
    http: HttpClients,
    sas: Sas,
    retry: RetryPolicy,
}

impl Blobs {
    /// The blob that this URL reads.
    pub(crate) fn blob(&self, sas: Sas) -> Blob {
        Blob { http: self.http.clone(), sas, retry: self.retry.clone() }
    }
}

impl Blob {
    async fn get(&self, url: Url, headers: HeaderMap) -> Result<Answer> {
        let http = self.http.to(&url)?;
        let sent = timeout(IDLE_TIMEOUT, http.get(url).headers(headers).send()).await;
        let response = sent.map_err(|_| silent())?.map_err(broken)?;
        let (status, headers) = (response.status(), response.headers().clone());
        if status.is_success() {
            let body = Box::pin(response.bytes_stream().map_err(broken));
            return Ok(Answer { status, headers, body });
        }
        let code = headers.get(ERROR_CODE).and_then(|code| code.to_str().ok());
        let code = code.map(str::to_owned);
        Err(refused(Stage::Download, status, &headers, code).of_a_read())
    }
}

#[async_trait::async_trait]
impl Origin for Blob {
    /// A URL that has ended is 403: a new one is asked for.
    async fn ask(&self, headers: HeaderMap) -> Result<Answer> {
        let mut lease = self.sas.lease();
        loop {
            match self.get(lease.url().clone(), headers.clone()).await {
                Err(error) if error.status() == Some(StatusCode::FORBIDDEN) => {
                    lease = self.sas.renew(&lease, error, &self.retry).await?;
                }
                Ok(answer) => {
                    self.sas.worked();
                    return Ok(answer);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn manners(&self) -> Manners {
        Manners {
            name: "blob storage",
            stage: Stage::Download,
            idle: IDLE_TIMEOUT,
            gives_parts: true,
            whole: Whole::Length,
            is_final: false,
        }
    }

    fn address(&self) -> String {
        address(self.sas.lease().url())
    }
}

/// Where a blob is, without what opens the door to it.
fn address(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

fn broken(error: reqwest::Error) -> Error {
    Error::network(Stage::Download, "blob storage", error).of_a_read()
}

fn silent() -> Error {
    let message = "blob storage did not answer for a minute";
    Error::new(Stage::Download, Kind::TimedOut, message).with_reach(Reach::Unknown).of_a_read()
}
