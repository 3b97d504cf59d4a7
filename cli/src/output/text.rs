//! Texts that are safe to show.

use std::time::Duration;

use hardware_dashboard::model::Extra;
use serde_json::{Map, Value};

/// What the service says must not steer the terminal, nor open a door.
pub(crate) fn printable(text: &str) -> String {
    let shown = match safe(text.into()) {
        Value::String(shown) => shown,
        _ => String::new(),
    };
    shown.chars().map(|c| if c.is_control() && c != '\t' { '\u{FFFD}' } else { c }).collect()
}

/// The same value, whose texts open no door: messages of the service could hold SAS URLs.
///
/// The library does so for fields that it does not know, and here nothing is known.
pub(crate) fn safe(value: Value) -> Value {
    const FIELD: &str = "value";
    let unknown = Extra::from(Map::from_iter([(FIELD.to_owned(), value)]));
    let written = serde_json::to_value(unknown);
    written.ok().and_then(|mut fields| Some(fields.get_mut(FIELD)?.take())).unwrap_or_default()
}

/// Whole seconds: nobody plans by milliseconds.
pub(crate) fn spoken(time: Duration) -> String {
    humantime::format_duration(Duration::from_secs(time.as_secs_f64().ceil() as u64)).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_steers_the_terminal_or_opens_a_door() {
        assert_eq!(printable("a\u{1b}[31mb\tc"), "a\u{FFFD}[31mb\tc");
        let url = "see https://host/blob?sig=c2VjcmV0 for more";
        assert_eq!(printable(url), "see https://host/blob?sig=REDACTED for more");
        let value = safe(json!({ "id": 9_007_199_254_740_993_u64, "all": [url, null, true] }));
        assert_eq!(value["id"], 9_007_199_254_740_993_u64);
        assert!(!value.to_string().contains("c2VjcmV0"), "{value}");
    }
}
