//! What the checks of all domains share.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;

use crate::error::ApiError;

/// Breaches of rules, each with the field it is about.
#[derive(Debug, Default)]
pub(super) struct Breaches(Vec<(String, String)>);

impl Breaches {
    pub(super) fn add(&mut self, target: impl Into<String>, message: impl Into<String>) {
        self.0.push((target.into(), message.into()));
    }

    /// A text that must be there and not blank.
    pub(super) fn need_text(&mut self, value: &Value, target: &str) {
        if value.as_str().is_none_or(|text| text.trim().is_empty()) {
            self.add(target, format!("The field {target} must not be empty."));
        }
    }

    /// One of the known values, in any case; it is answered as the service writes it.
    pub(super) fn need_known<'k>(
        &mut self,
        values: &[&'k str],
        value: &Value,
        target: &str,
    ) -> Option<&'k str> {
        let text = value.as_str().unwrap_or_default();
        let found = known(values, text);
        if found.is_none() {
            self.add(target, format!("The value `{text}` of {target} is invalid."));
        }
        found
    }

    /// A date and time, with a zone or without one, which means UTC.
    pub(super) fn need_date(&mut self, text: &str, target: &str) -> Option<DateTime<Utc>> {
        let zoned = DateTime::parse_from_rfc3339(text).map(|date| date.to_utc());
        let date = zoned.or_else(|_| text.parse::<NaiveDateTime>().map(|date| date.and_utc()));
        if date.is_err() {
            self.add(target, format!("`{text}` is not a date and time."));
        }
        date.ok()
    }

    pub(super) fn into_result(self) -> Result<(), ApiError> {
        if self.0.is_empty() { Ok(()) } else { Err(ApiError::validation(self.0)) }
    }
}

/// The known value that equals `text` without case.
pub(super) fn known<'k>(values: &[&'k str], text: &str) -> Option<&'k str> {
    values.iter().find(|value| value.eq_ignore_ascii_case(text)).copied()
}

/// The texts of an array; none if it is something else.
pub(super) fn texts(value: &Value) -> impl Iterator<Item = &str> {
    items(value).iter().filter_map(Value::as_str)
}

/// The items of an array; none if it is something else.
pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
