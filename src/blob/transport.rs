//! The transport under the SDK: no URL in its errors, and limits that grow with the body.

use std::time::Duration;

use azure_core::{
    error::{Error, ErrorKind},
    http::{
        AsyncRawResponse, Body, HttpClient, Method, Request,
        headers::{HeaderName, HeaderValue, Headers},
    },
};
use futures_util::TryStreamExt;
use url::Url;

/// What an attempt may take on top of sending its body.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(90);

/// A line slower than this is taken for stalled: 16 KiB/s for each of the blocks under way.
const SLOWEST_BYTES_PER_SECOND: u64 = 16 * 1024;

/// Sends the SDK's requests by our own HTTP client.
#[derive(Debug)]
pub(super) struct Transport(pub(super) reqwest::Client);

#[async_trait::async_trait]
impl HttpClient for Transport {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let response = self.0.execute(convert(request)?).await.map_err(nameless)?;
        let status = response.status().as_u16().into();
        let headers = read_headers(response.headers());
        let body = response.bytes_stream().map_err(nameless);
        Ok(AsyncRawResponse::new(status, headers, Box::pin(body)))
    }
}

fn convert(request: &Request) -> azure_core::Result<reqwest::Request> {
    let Body::Bytes(body) = request.body() else {
        return Err(Error::with_message(ErrorKind::Other, "only bodies in memory are sent"));
    };
    let method = method(request.method())?;
    let mut converted = reqwest::Request::new(method, plain_spaces(request.url().clone()));
    *converted.timeout_mut() = Some(time_for(body.len()));
    for (name, value) in request.headers().iter() {
        let name = http::HeaderName::try_from(name.as_str());
        let value = http::HeaderValue::try_from(value.as_str());
        let (Ok(name), Ok(value)) = (name, value) else {
            return Err(Error::with_message(ErrorKind::Other, "a header cannot be sent"));
        };
        converted.headers_mut().insert(name, value);
    }
    *converted.body_mut() = Some(body.clone().into());
    Ok(converted)
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

fn time_for(bytes: usize) -> Duration {
    ANSWER_TIMEOUT + Duration::from_secs(bytes as u64 / SLOWEST_BYTES_PER_SECOND)
}

/// The SDK repeats what failed with `Connection` or `Io`.
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
