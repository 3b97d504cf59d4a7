//! Blob storage's errors in our words.

use azure_core::{
    error::ErrorKind,
    http::{RawResponse, headers::ERROR_CODE},
};
use chrono::Utc;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::transport::Stalled;
use crate::{
    error::{Answer, Error, Kind, Stage, is_untrusted, untrusted},
    retry::Reach,
};

/// Puts an error of the SDK into our words. Our transport sees to it that its sources hold no URL.
pub(super) fn from_sdk(stage: Stage, error: azure_core::Error) -> Error {
    match error.kind() {
        ErrorKind::HttpResponse { status, raw_response, .. } => {
            let status = StatusCode::from_u16(u16::from(*status));
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let answer = raw_response.as_deref();
            let code = answer.and_then(|answer| answer.headers().get_optional_string(&ERROR_CODE));
            refused(stage, status, &answer.map(headers).unwrap_or_default(), code)
        }
        ErrorKind::Connection if is_untrusted(&error) => untrusted(stage, "blob storage", error),
        ErrorKind::Connection => {
            Error::new(stage, Kind::Connect, "could not connect to blob storage")
                .with_reach(Reach::NotSent)
                .with_source(error)
        }
        // What this machine cannot send now it cannot send later.
        ErrorKind::Other | ErrorKind::Credential => {
            let message = format!("the request of the {stage} cannot be made");
            Error::new(stage, Kind::Input, message).with_source(error)
        }
        // Only a list of blocks is read, which changes nothing.
        ErrorKind::DataConversion => {
            let message = format!("the answer to the {stage} has another shape");
            let error = Error::new(stage, Kind::Decode, message).with_source(error);
            error.with_reach(Reach::Acted).of_a_read()
        }
        _ if error.downcast_ref::<Stalled>().is_some() => {
            Error::new(stage, Kind::TimedOut, "blob storage did not answer in time")
                .with_reach(Reach::Unknown)
                .with_source(error)
        }
        _ => Error::new(stage, Kind::Interrupted, "the connection to blob storage broke")
            .with_reach(Reach::Unknown)
            .with_source(error),
    }
}

/// Blob storage answered with something other than success.
pub(super) fn refused(
    stage: Stage,
    status: StatusCode,
    headers: &HeaderMap,
    code: Option<String>,
) -> Error {
    let said = code.as_deref().map(|code| format!(" ({code})")).unwrap_or_default();
    let message = format!("blob storage answered the {stage} with {status}{said}");
    let answer = Answer { code, ..Answer::bare(status, headers, Utc::now()) };
    let damaged = matches!(answer.code.as_deref(), Some("Crc64Mismatch" | "Md5Mismatch"));
    let unable = answer.code.as_deref() == Some("FeatureNotSupported");
    let reach = match status.as_u16() {
        // Azurite says 500 of what it will never do.
        501 => Reach::Refused,
        500 if unable => Reach::Refused,
        408 | 429 | 500.. => Reach::Unknown,
        // Something on the way has altered the bytes, and the next ones may pass.
        400 if damaged => Reach::Unknown,
        _ => Reach::Refused,
    };
    let error = Error::new(stage, Kind::Status, message).with_reach(reach).with_answer(answer);
    match status.as_u16() {
        // The code differs between Azure and its emulators, so only the status is looked at.
        403 => error.with_hint(
            "The SAS URL may have ended (it lives for about a day) or lack a permission; \
             go on with the same run, which asks for a new one.",
        ),
        _ => error,
    }
}

fn headers(answer: &RawResponse) -> HeaderMap {
    let headers = answer.headers().iter().filter_map(|(name, value)| {
        let name = HeaderName::try_from(name.as_str()).ok()?;
        Some((name, HeaderValue::try_from(value.as_str()).ok()?))
    });
    headers.collect()
}
