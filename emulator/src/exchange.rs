//! What was asked of an emulator, for the assertions of tests.

use std::sync::{Mutex, PoisonError};

use http::{HeaderMap, Method, Request, StatusCode};

/// One request and the status of its answer.
///
/// It holds neither queries nor bodies nor tokens, so that it may be printed.
#[derive(Clone, Debug)]
pub struct Exchange {
    method: Method,
    path: String,
    operation: Option<String>,
    pub(crate) status: StatusCode,
    correlation_id: Option<String>,
    request_id: Option<String>,
}

impl Exchange {
    /// What is known before the answer.
    pub(crate) fn begin<B>(request: &Request<B>, operation: Option<&str>) -> Self {
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            operation: operation.map(str::to_owned),
            status: StatusCode::OK,
            correlation_id: header(request.headers(), "ms-correlationid"),
            request_id: header(request.headers(), "ms-requestid"),
        }
    }

    /// The request's method.
    #[must_use]
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// The request's path, without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The operationId of the specification; `token` for the token endpoint; `putBlob`,
    /// `putBlock`, `putBlockList`, `getBlockList`, `getBlob`, `getBlobProperties` and
    /// `otherBlobRequest` for blobs.
    #[must_use]
    pub fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The request's `MS-CorrelationId`.
    #[must_use]
    pub fn correlation_id(&self) -> Option<&str> {
        self.correlation_id.as_deref()
    }

    /// The request's `MS-RequestId`.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }
}

/// All exchanges of an emulator, and where its own answers broke the specification.
#[derive(Debug, Default)]
pub(crate) struct Log {
    exchanges: Mutex<Vec<Exchange>>,
    violations: Mutex<Vec<String>>,
}

impl Log {
    pub(crate) fn record(&self, exchange: Exchange) {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).push(exchange);
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn calls(&self, operation: &str) -> usize {
        let exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        exchanges.iter().filter(|exchange| exchange.operation() == Some(operation)).count()
    }

    pub(crate) fn violation(&self, text: String) {
        self.violations.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        self.violations.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A header's text, if it is there and is text.
fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}
