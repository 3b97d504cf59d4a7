//! What a body holds: read as it came, and as it stands in a recording.

use std::collections::BTreeMap;

use http::{HeaderMap, header};
use serde::Serialize;
use url::form_urlencoded;

use super::{capture::Kept, json::Json};

const FORM: &str = "application/x-www-form-urlencoded";

/// A body as it came.
#[derive(Debug)]
pub(super) enum Raw {
    Empty,
    Json(Json),
    Form(Vec<(String, String)>),
    Text(String),
    /// Not fit for a recording, for this reason.
    LeftOut(String),
}

/// A body as it stands in a recording, under the key that says of which kind it is.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Content {
    /// JSON; null for no body.
    Body(Json),
    Form(BTreeMap<String, String>),
    Text(String),
}

impl Raw {
    /// Reads a body; one that is meant for a form is read as one whatever its type says.
    pub(super) fn read(kept: &Kept, headers: &HeaderMap, is_form: bool) -> Self {
        if kept.complete && kept.length == 0 {
            return Self::Empty;
        }
        let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.unwrap_or_default().to_ascii_lowercase();
        if !kept.complete {
            return Self::LeftOut("was not read to its end".to_owned());
        }
        // Packages belong to somebody, and nobody wants to review them.
        let bytes = (kept.is_whole() && !is_binary(&media_type)).then_some(&kept.bytes);
        match bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()) {
            None => Self::LeftOut(format!("of {} bytes is left out", kept.length)),
            Some(text) if is_form || media_type.starts_with(FORM) => {
                Self::Form(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
            }
            Some(text) => match serde_json::from_str(text) {
                Ok(json) => Self::Json(json),
                Err(_) => Self::Text(text.to_owned()),
            },
        }
    }
}

fn is_binary(media_type: &str) -> bool {
    media_type.starts_with("application/octet-stream") || media_type.contains("zip")
}
