//! What was asked of an emulator, for the assertions of tests.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use http::{HeaderMap, Method, Request, StatusCode};

use crate::Fault;

/// How many exchanges, and how many violations of the specification, are kept.
const KEPT: usize = 10_000;

/// One request and the status of its answer.
///
/// It holds neither queries nor bodies nor tokens, so that it may be printed.
#[derive(Clone, Debug)]
pub struct Exchange {
    method: Method,
    path: String,
    operation: Option<String>,
    status: Option<StatusCode>,
    correlation_id: Option<String>,
    request_id: Option<String>,
    fault: Option<Fault>,
}

impl Exchange {
    /// What is known before the answer.
    pub(crate) fn begin<B>(
        request: &Request<B>,
        operation: Option<&str>,
        fault: Option<Fault>,
    ) -> Self {
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            operation: operation.map(str::to_owned),
            status: None,
            correlation_id: header(request.headers(), "ms-correlationid"),
            request_id: header(request.headers(), "ms-requestid"),
            fault,
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

    /// The status of the answer; `None` before there is one, and where a fault took it away.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status.map(|status| status.as_u16())
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

    /// The fault that happened to it.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }
}

/// The latest exchanges of an emulator, and where its own answers broke the specification.
#[derive(Debug)]
pub(crate) struct Log {
    exchanges: Mutex<Exchanges>,
    violations: Mutex<Vec<String>>,
}

#[derive(Debug)]
struct Exchanges {
    /// In the order in which the requests came.
    latest: VecDeque<Exchange>,
    most: usize,
    /// How many came before the first of the latest.
    forgotten: usize,
    /// How often each operation was called since the start.
    calls: HashMap<String, usize>,
}

impl Log {
    /// A log that keeps so many exchanges.
    fn keeping(most: usize) -> Self {
        let exchanges =
            Exchanges { latest: VecDeque::new(), most, forgotten: 0, calls: HashMap::new() };
        Self { exchanges: Mutex::new(exchanges), violations: Mutex::default() }
    }

    /// Notes a request; the number under which its answer is to be noted.
    pub(crate) fn asked(&self, exchange: Exchange) -> usize {
        let mut exchanges = self.lock();
        if let Some(operation) = exchange.operation() {
            *exchanges.calls.entry(operation.to_owned()).or_default() += 1;
        }
        if exchanges.latest.len() == exchanges.most {
            exchanges.latest.pop_front();
            exchanges.forgotten += 1;
        }
        exchanges.latest.push_back(exchange);
        exchanges.forgotten + exchanges.latest.len() - 1
    }

    pub(crate) fn answered(&self, number: usize, status: StatusCode) {
        let mut exchanges = self.lock();
        let place = number.checked_sub(exchanges.forgotten);
        if let Some(exchange) = place.and_then(|place| exchanges.latest.get_mut(place)) {
            exchange.status = Some(status);
        }
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.lock().latest.iter().cloned().collect()
    }

    pub(crate) fn calls(&self, operation: &str) -> usize {
        self.lock().calls.get(operation).copied().unwrap_or_default()
    }

    pub(crate) fn violation(&self, text: String) {
        let mut violations = self.violations.lock().unwrap_or_else(PoisonError::into_inner);
        if violations.len() < KEPT {
            violations.push(text);
        }
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        self.violations.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn lock(&self) -> MutexGuard<'_, Exchanges> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Log {
    fn default() -> Self {
        Self::keeping(KEPT)
    }
}

/// A header's text, if it is there and is text.
fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(log: &Log, path: &str) -> usize {
        let request = Request::get(path).body(()).expect("a request");
        log.asked(Exchange::begin(&request, Some("getProduct"), None))
    }

    #[test]
    fn only_the_latest_exchanges_are_kept_but_all_are_counted() {
        let log = Log::keeping(2);
        let numbers: Vec<_> = ["/1", "/2", "/3"].into_iter().map(|path| ask(&log, path)).collect();
        for (number, status) in numbers.into_iter().zip([StatusCode::OK, StatusCode::CREATED]) {
            log.answered(number, status);
        }
        let kept = log.exchanges();
        let kept: Vec<_> = kept.iter().map(|kept| (kept.path(), kept.status())).collect();
        assert_eq!(kept, [("/2", Some(201)), ("/3", None)]);
        assert_eq!(log.calls("getProduct"), 3);
    }
}
