//! What an answer other than success says.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{
    HeaderMap, StatusCode,
    header::{DATE, LOCATION, RETRY_AFTER},
};

use crate::{
    model::{ErrorBody, ErrorDetail, SafeUrl, ValidationError},
    redact,
};

/// What a server asks for beyond that is a slip of its clock, and could not be added to a time.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(366 * 24 * 3600);

/// The parts of an answer that an error carries.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) validation_errors: Vec<ValidationError>,
    pub(crate) retry_after: Option<Duration>,
    /// Where a redirect leads.
    pub(crate) location: Option<SafeUrl>,
}

impl Answer {
    /// An answer of which nothing but status and headers is known.
    pub(crate) fn bare(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Self {
        Self {
            status,
            code: None,
            message: None,
            validation_errors: Vec::new(),
            retry_after: retry_after(headers, now),
            location: headers.get(LOCATION).and_then(|url| url.to_str().ok()).map(SafeUrl::from),
        }
    }

    /// Stands for the 429 that another call has met.
    pub(crate) fn throttled(left: Duration) -> Self {
        let bare = Self::bare(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new(), Utc::now());
        Self { retry_after: Some(left), ..bare }
    }

    /// An error answer of the API, whichever of its shapes the body has.
    pub(crate) fn read(
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Self {
        let bare = Self::bare(status, headers, now);
        let Ok(body) = serde_json::from_slice::<ErrorBody>(body) else { return bare };
        let inner = body.error.unwrap_or_default();
        let ErrorDetail { code, message, validation_errors, .. } = inner;
        let mut validation_errors =
            validation_errors.or(body.validation_errors).unwrap_or_default();
        for error in &mut validation_errors {
            // The extra fields are not shown and could hold anything.
            error.extra = Default::default();
            error.message = error.message.as_deref().map(redact::text);
            error.target = error.target.as_deref().map(redact::text);
        }
        Self {
            code: code.or(body.code).as_deref().map(redact::text),
            message: message.or(body.message).as_deref().map(redact::text),
            validation_errors,
            ..bare
        }
    }

    /// What the service said, in one line; `None` when it said nothing.
    pub(crate) fn text(&self) -> Option<String> {
        let mut parts: Vec<String> = self.message.iter().cloned().collect();
        for error in &self.validation_errors {
            let message = error.message.as_deref().unwrap_or("invalid");
            parts.push(match &error.target {
                Some(target) => format!("{target}: {message}"),
                None => message.to_owned(),
            });
        }
        if let Some(code) = &self.code {
            parts.push(format!("({code})"));
        }
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // A date was made with the server's clock, and ours may be wrong.
    let server_now = text(DATE).and_then(http_date);
    parse_retry_after(text(RETRY_AFTER)?, server_now.unwrap_or(now))
}

/// `Retry-After` is a number of seconds or a date.
fn parse_retry_after(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    let asked = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => (http_date(value)? - now).to_std().unwrap_or_default(),
    };
    Some(asked.min(LONGEST_RETRY_AFTER))
}

fn http_date(value: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(value).ok().map(|date| date.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Answer {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        Answer::read(status, &HeaderMap::new(), body.as_bytes(), Utc::now())
    }

    #[test]
    fn every_shape_of_body_is_read() {
        let nested = r#"{"error":{"code":"invalidInput","message":"Validation Failed.",
            "validationErrors":[{"target":"requestedSignatures",
            "message":"The OS code `X` is invalid."}]}}"#;
        let expected =
            "Validation Failed. requestedSignatures: The OS code `X` is invalid. (invalidInput)";
        assert_eq!(read(nested).text().unwrap(), expected);
        for flat in [
            r#"{"statusCode":500,"message":"Internal server error"}"#,
            r#"{"statusCode":"500","message":"Internal server error","activityId":"a"}"#,
        ] {
            assert_eq!(read(flat).text().unwrap(), "Internal server error", "{flat}");
        }
        let targets = r#"{"message":"M","validationErrors":[{"target":"t","message":"wrong"}]}"#;
        assert_eq!(read(targets).text().unwrap(), "M t: wrong");
        for nothing in
            ["", "<html><body>Bad gateway</body></html>", "{}", "null", r#"{"error":null}"#]
        {
            assert_eq!(read(nothing).text(), None, "{nothing}");
        }
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let now = DateTime::parse_from_rfc3339("2026-01-05T10:00:00Z").unwrap().to_utc();
        for (value, seconds) in [
            ("17", Some(17)),
            ("Mon, 05 Jan 2026 10:01:30 GMT", Some(90)),
            ("Mon, 05 Jan 2026 09:00:00 GMT", Some(0)),
            ("18446744073709551615", Some(LONGEST_RETRY_AFTER.as_secs())),
            ("soon", None),
            ("-5", None),
        ] {
            assert_eq!(parse_retry_after(value, now), seconds.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn a_date_is_measured_by_the_servers_own_clock() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "Mon, 05 Jan 2026 10:00:45 GMT".parse().unwrap());
        let ours = DateTime::parse_from_rfc3339("2026-01-05T09:00:00Z").unwrap().to_utc();
        assert_eq!(retry_after(&headers, ours), Some(Duration::from_secs(3645)));
        headers.insert(DATE, "Mon, 05 Jan 2026 10:00:00 GMT".parse().unwrap());
        assert_eq!(retry_after(&headers, ours), Some(Duration::from_secs(45)));
    }
}
