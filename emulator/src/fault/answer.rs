//! The answers that stand in for those of the service.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use super::{Part, RetryAfter};
use crate::{
    answer::Answer,
    body::{self, Body},
    service::Service,
    token,
};

/// An error answer as `part` gives it.
pub(super) fn error(
    part: Part,
    status: StatusCode,
    retry_after: Option<RetryAfter>,
    service: &Service,
) -> Response<Body> {
    match part {
        Part::Token => token::unavailable(status, service.now()).into_response(),
        Part::Api => Answer::gateway(status, message(status, retry_after)).into_response(),
        Part::Blob => service.blobs.failure(status),
    }
}

/// An error of the service's own, in its own shape.
pub(super) fn coded(status: StatusCode, code: Option<&str>, text: Option<&str>) -> Response<Body> {
    let plain = message(status, None);
    let mut error = json!({ "message": text.unwrap_or(&plain) });
    if let Some(code) = code {
        error["code"] = code.into();
    }
    Answer::json(status, json!({ "error": error })).into_response()
}

/// The answer with the header `Retry-After`.
pub(super) fn with_retry_after(
    mut response: Response<Body>,
    retry_after: Option<RetryAfter>,
) -> Response<Body> {
    let when = match retry_after {
        Some(RetryAfter::Seconds(seconds)) => Some(seconds.into()),
        Some(RetryAfter::Date(seconds)) => http_date(Duration::from_secs(seconds)),
        None => None,
    };
    if let Some(when) = when {
        response.headers_mut().insert(header::RETRY_AFTER, when);
    }
    response
}

/// A page such as gateways make.
pub(super) fn page(status: StatusCode) -> Response<Body> {
    let title = format!("{} {}", status.as_str(), status.canonical_reason().unwrap_or_default());
    let html = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1>\
         </center>\r\n</body>\r\n</html>\r\n"
    );
    let mut response = Response::new(body::full(html));
    *response.status_mut() = status;
    let html = HeaderValue::from_static("text/html");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

fn message(status: StatusCode, retry_after: Option<RetryAfter>) -> String {
    match (status, retry_after) {
        (StatusCode::TOO_MANY_REQUESTS, Some(RetryAfter::Seconds(seconds))) => {
            format!("Rate limit is exceeded. Try again in {seconds} seconds.")
        }
        (StatusCode::TOO_MANY_REQUESTS, _) => "Rate limit is exceeded. Try again later.".to_owned(),
        _ => status.canonical_reason().unwrap_or("Error").to_owned(),
    }
}

/// A date of the wall clock, so far from now; nothing when there is no such date.
fn http_date(from_now: Duration) -> Option<HeaderValue> {
    let date = Utc::now().checked_add_signed(TimeDelta::from_std(from_now).ok()?)?;
    HeaderValue::try_from(date.format("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}
