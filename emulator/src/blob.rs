//! The blob store: what a client of Azure Blob meets behind a SAS URL.
//!
//! Content lies in files of a temporary folder and is never in memory as a whole.

mod block_list;
mod checksum;
mod conditions;
mod download;
mod error;
mod properties;
mod request;
mod sas;
mod state;
#[cfg(test)]
mod tests;
mod upload;

use std::{
    fmt::{self, Display},
    io,
    io::Write,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri, header, request::Parts,
};
use tempfile::NamedTempFile;
use uuid::Uuid;

pub(crate) use self::sas::Sas;
use self::{
    error::{BlobError, Code},
    request::{Exchange, Operation, Query, Target},
    sas::Key,
    state::{Containers, Files, NewContent},
};
use crate::{
    body::{Body, empty, full},
    clock::Clock,
};

/// A storage account of its own; clones are the same one.
#[derive(Clone)]
pub(crate) struct BlobStore(Arc<Inner>);

struct Inner {
    clock: Clock,
    key: Key,
    /// Before `files`, so that the content goes before its folder.
    containers: Mutex<Containers>,
    files: Files,
}

/// Content that the emulator itself puts into the store.
#[derive(Debug)]
pub(crate) enum Source {
    /// A file, which stays where it is and must not change any more.
    File(PathBuf),
    /// Content that is small enough to be in memory.
    Bytes(Bytes),
}

impl BlobStore {
    /// An empty store, whose folder is removed with its last clone.
    pub(crate) fn new(clock: Clock) -> io::Result<Self> {
        Ok(Self(Arc::new(Inner {
            clock,
            key: Key::random(),
            containers: Mutex::default(),
            files: Files::create()?,
        })))
    }

    /// A URL below `origin` (`http://127.0.0.1:PORT`) that gives what `sas` says.
    ///
    /// One that may write opens the slot: its container is there from now on.
    pub(crate) fn sas_url(
        &self,
        origin: &str,
        container: &str,
        blob: &str,
        sas: Sas<'_>,
    ) -> String {
        let target = target(container, blob);
        if sas.permissions.contains('w') {
            self.0.containers().create(container);
        }
        self.0.key.url(origin, &target, sas, self.0.clock.now())
    }

    /// The signatures of the latest URLs.
    pub(crate) fn signatures(&self) -> Vec<String> {
        self.0.key.signatures()
    }

    /// The file of a blob's committed content, which lies there until the blob is replaced.
    pub(crate) fn path(&self, container: &str, blob: &str) -> Option<PathBuf> {
        let content = self.0.containers().content(&target(container, blob)).ok()?;
        Some(content.file.to_path_buf())
    }

    /// Stores content that the emulator made, in place of what was there.
    pub(crate) fn insert(
        &self,
        container: &str,
        blob: &str,
        source: impl Into<Source>,
    ) -> io::Result<()> {
        let file = match source.into() {
            Source::File(path) => self.0.files.adopt(&path)?,
            Source::Bytes(bytes) => {
                let mut file = self.0.files.new_file()?;
                file.write_all(&bytes)?;
                file.into_temp_path()
            }
        };
        let length = std::fs::metadata(&file)?.len();
        let content = NewContent { file, length, blocks: Vec::new(), properties: HeaderMap::new() };
        let now = self.0.clock.now();
        let replaced = {
            let mut containers = self.0.containers();
            containers.create(container).entry(blob.to_owned()).or_default().replace(content, now)
        };
        drop(replaced);
        Ok(())
    }

    /// Lets a URL expire before its time, if it is one of this store.
    pub(crate) fn expire(&self, url: &Uri) {
        let query = Query::parse(url.query().unwrap_or_default());
        if let Some(signature) = query.get("sig") {
            self.0.key.expire(signature);
        }
    }

    /// The answer of a store that fails. Only 500 and 503 come from Azure itself; other statuses
    /// are of a gateway before it and have no body.
    pub(crate) fn failure(&self, status: StatusCode) -> Response<Body> {
        let request_id = Uuid::new_v4().to_string();
        let code = match status {
            StatusCode::INTERNAL_SERVER_ERROR => Code::InternalError,
            StatusCode::SERVICE_UNAVAILABLE => Code::ServerBusy,
            other => {
                let mut response = Response::new(empty());
                *response.status_mut() = other;
                return response;
            }
        };
        let mut response = self.0.refuse(&code.into(), &request_id);
        self.0.mark(response.headers_mut(), &HeaderMap::new(), &request_id);
        response
    }

    /// Removes all content from the disk, whoever still holds the store.
    pub(crate) fn remove(&self) {
        self.0.files.remove();
    }

    /// A file on the store's own disk, from where [`insert`](Self::insert) takes it without a copy.
    pub(crate) fn new_file(&self) -> io::Result<NamedTempFile> {
        self.0.files.new_file()
    }

    /// Answers a request to `/account/container/blob?sas`.
    pub(crate) async fn handle<B>(&self, request: Request<B>) -> Response<Body>
    where
        B: hyper::body::Body<Data = Bytes, Error: Display> + Unpin,
    {
        let (parts, mut body) = request.into_parts();
        let request_id = Uuid::new_v4().to_string();
        let mut response = match self.0.answer(&parts, &mut body).await {
            Ok(response) => response,
            Err(refusal) => self.0.refuse(&refusal, &request_id),
        };
        self.0.mark(response.headers_mut(), &parts.headers, &request_id);
        response
    }
}

impl Inner {
    fn containers(&self) -> MutexGuard<'_, Containers> {
        self.containers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer<B>(
        self: &Arc<Self>,
        parts: &Parts,
        body: &mut B,
    ) -> Result<Response<Body>, BlobError>
    where
        B: hyper::body::Body<Data = Bytes, Error: Display> + Unpin,
    {
        let target = &Target::parse(parts.uri.path())?;
        let query = &Query::parse(parts.uri.query().unwrap_or_default());
        refuse_bearer(&parts.headers)?;
        let operation = Operation::of(&parts.method, query)?;
        self.key.verify(query, target, operation.permission(), self.clock.now())?;
        let exchange = &Exchange { parts, target, query };
        match operation {
            Operation::PutBlob => self.put_blob(exchange, body).await,
            Operation::PutBlock => self.put_block(exchange, body).await,
            Operation::PutBlockList => self.put_block_list(exchange, body).await,
            Operation::GetBlockList => self.get_block_list(exchange),
            Operation::GetBlob => self.get_blob(exchange).await,
            Operation::GetBlobProperties => self.get_blob_properties(exchange),
        }
    }

    fn refuse(&self, refusal: &BlobError, request_id: &str) -> Response<Body> {
        let mut response = Response::new(empty());
        *response.status_mut() = refusal.status();
        *response.headers_mut() = refusal.headers();
        if refusal.code() != Code::NotModified {
            *response.body_mut() = full(refusal.xml(request_id, self.clock.now()));
            let xml = HeaderValue::from_static("application/xml");
            response.headers_mut().insert(header::CONTENT_TYPE, xml);
        }
        response
    }

    /// Adds the headers that every answer has.
    fn mark(&self, headers: &mut HeaderMap, asked: &HeaderMap, request_id: &str) {
        headers.insert(header::SERVER, HeaderValue::from_static("Windows-Azure-Blob/1.0"));
        properties::insert(headers, header::DATE, &properties::http_date(self.clock.now()));
        properties::insert(headers, HeaderName::from_static("x-ms-request-id"), request_id);
        let version = request::text(asked, "x-ms-version").unwrap_or(sas::VERSION);
        properties::insert(headers, HeaderName::from_static("x-ms-version"), version);
        if let Some(id) = asked.get("x-ms-client-request-id") {
            headers.insert("x-ms-client-request-id", id.clone());
        }
    }
}

impl fmt::Debug for BlobStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("BlobStore").finish_non_exhaustive()
    }
}

impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<Bytes> for Source {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<Vec<u8>> for Source {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

impl From<String> for Source {
    fn from(text: String) -> Self {
        Self::Bytes(text.into())
    }
}

fn target(container: &str, blob: &str) -> Target {
    Target {
        account: sas::ACCOUNT.to_owned(),
        container: container.to_owned(),
        blob: blob.to_owned(),
    }
}

/// A token for the API opens nothing here, and shows that the client leaks it.
fn refuse_bearer(headers: &HeaderMap) -> Result<(), BlobError> {
    if headers.contains_key(header::AUTHORIZATION) {
        let detail = "Audience validation failed. Audience did not match.";
        return Err(BlobError::from(Code::InvalidAuthenticationInfo)
            .with("AuthenticationErrorDetail", detail));
    }
    Ok(())
}
