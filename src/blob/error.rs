//! Blob storage's errors in our words.

use azure_core::error::ErrorKind;
use chrono::Utc;
use http::{HeaderMap, StatusCode};

use crate::{
    error::{Answer, Error, Kind, Stage},
    retry::Reach,
};

/// Puts an error of the SDK into our words. Our transport sees to it that its sources hold no URL.
pub(super) fn from_sdk(stage: Stage, error: azure_core::Error) -> Error {
    match error.kind() {
        ErrorKind::HttpResponse { status, error_code, .. } => {
            let status = StatusCode::from_u16(u16::from(*status));
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            refused(stage, status, &HeaderMap::new(), error_code.clone())
        }
        ErrorKind::Connection => {
            Error::new(stage, Kind::Connect, "could not connect to blob storage").with_source(error)
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
    let reach = match status.as_u16() {
        408 | 429 | 500.. => Reach::Unknown,
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
