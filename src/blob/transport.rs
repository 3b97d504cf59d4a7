//! The transport under the SDK: no URL in its errors, a time-out for what does not move, and a body
//! that can be watched and slowed down.

mod body;

use std::{fmt, sync::Arc, time::Duration};

use azure_core::{
    error::{Error, ErrorKind},
    http::{
        AsyncRawResponse, Body, HttpClient, Method, Request,
        headers::{HeaderName, HeaderValue, Headers},
    },
};
use http::{StatusCode, header::CONTENT_TYPE};
use url::Url;

use self::body::Slices;
use super::{meter::Meter, outgoing::Outgoing, pace::Pace};

/// The MD5 to be kept with the blob, and that of what is sent.
const KEPT_MD5: http::HeaderName = http::HeaderName::from_static("x-ms-blob-content-md5");
const SENT_MD5: http::HeaderName = http::HeaderName::from_static("content-md5");

/// For so long nothing may move.
const PATIENCE: Duration = Duration::from_secs(60);

/// The list of 50,000 blocks is shorter, and no other answer is as long.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// Sends the SDK's requests by our own HTTP client.
#[derive(Clone, Debug)]
pub(super) struct Transport {
    pub(super) http: reqwest::Client,
    pub(super) pace: Arc<Pace>,
    pub(super) meter: Arc<Meter>,
}

/// Nothing has moved for too long.
#[derive(Debug)]
pub(super) struct Stalled;

/// What kind of request it is, by its query and method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// All of the blob in one request.
    PutBlob,
    PutBlock,
    /// The lists of blocks.
    List,
}

#[async_trait::async_trait]
impl HttpClient for Transport {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let Body::Bytes(body) = request.body() else {
            return Err(Error::with_message(ErrorKind::Other, "only bodies in memory are sent"));
        };
        let purpose = Purpose::of(request.url());
        let share = (purpose != Purpose::List).then(|| self.meter.share());
        let (pace, length) = (self.pace.clone(), body.len() as u64);
        let (outgoing, activity) = Outgoing::begin(length, PATIENCE, pace, share);
        let mut converted = convert(request, purpose)?;
        *converted.body_mut() = Some(reqwest::Body::wrap(Slices::new(body.clone(), outgoing)));
        let answer = tokio::select! {
            answer = self.send(converted) => answer,
            () = activity.stalled() => Err(Error::new(ErrorKind::Io, Stalled)),
        };
        activity.settle(answer.as_ref().is_ok_and(|answer| answer.status().is_success()));
        answer
    }
}

impl Transport {
    async fn send(&self, request: reqwest::Request) -> azure_core::Result<AsyncRawResponse> {
        let method = request.method().clone();
        let mut answer = self.http.execute(request).await.map_err(nameless)?;
        let (status, headers) = (answer.status(), read_headers(answer.headers()));
        if status.is_success() && !is_genuine(&method, &answer) {
            let message = format!("the answer {status} is not one of blob storage");
            return Err(Error::with_message(ErrorKind::Io, message));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(nameless)? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_ANSWER {
                let message = "the answer is too long";
                return Err(Error::with_message(ErrorKind::DataConversion, message));
            }
        }
        Ok(AsyncRawResponse::from_bytes(status.as_u16().into(), headers, body))
    }
}

impl Purpose {
    fn of(url: &Url) -> Self {
        match url.query_pairs().find(|(name, _)| name == "comp") {
            None => Self::PutBlob,
            Some((_, comp)) if comp == "block" => Self::PutBlock,
            Some(_) => Self::List,
        }
    }
}

fn convert(request: &Request, purpose: Purpose) -> azure_core::Result<reqwest::Request> {
    let method = method(request.method())?;
    let mut converted = reqwest::Request::new(method, plain_spaces(request.url().clone()));
    let headers = converted.headers_mut();
    for (name, value) in request.headers().iter() {
        let name = http::HeaderName::try_from(name.as_str());
        let value = http::HeaderValue::try_from(value.as_str());
        let (Ok(name), Ok(value)) = (name, value) else {
            return Err(Error::with_message(ErrorKind::Other, "a header cannot be sent"));
        };
        headers.insert(name, value);
    }
    // The SDK has the MD5 kept with the blob, but not compared with what arrives.
    if let (Purpose::PutBlob, Some(md5)) = (purpose, headers.get(KEPT_MD5).cloned()) {
        headers.insert(SENT_MD5, md5);
    }
    Ok(converted)
}

/// What is stored is answered with 201, and a list is XML. Some proxies say 200 with pages of their
/// own, which must not pass for either.
fn is_genuine(method: &http::Method, answer: &reqwest::Response) -> bool {
    if method == http::Method::PUT {
        return answer.status() == StatusCode::CREATED;
    }
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/xml"))
}

/// The SDK writes the query anew with `+` for a blank, which the signature does not cover everywhere:
/// the blank of `rscd` is signed.
fn plain_spaces(mut url: Url) -> Url {
    let query = url.query().map(|query| query.replace('+', "%20"));
    url.set_query(query.as_deref());
    url
}

fn method(method: Method) -> azure_core::Result<http::Method> {
    let text = method.to_string();
    http::Method::from_bytes(text.as_bytes())
        .map_err(|error| Error::with_error(ErrorKind::Other, error, "unknown method"))
}

fn nameless(error: reqwest::Error) -> Error {
    let kind = if error.is_connect() { ErrorKind::Connection } else { ErrorKind::Io };
    Error::with_error(kind, error.without_url(), "the request to blob storage failed")
}

fn read_headers(headers: &http::HeaderMap) -> Headers {
    let mut read = Headers::new();
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            let name = HeaderName::from(name.as_str().to_owned());
            read.insert(name, HeaderValue::from(value.to_owned()));
        }
    }
    read
}

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nothing has moved for a long time")
    }
}

impl std::error::Error for Stalled {}
