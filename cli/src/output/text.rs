//! Texts that are safe to show.

use std::time::Duration;

use hardware_dashboard::model::Extra;
use serde_json::{Map, Value};

/// The fields in which somebody says something, which could hold a SAS URL. What is in other fields
/// is data, and stays as it is: URLs have a type that hides what opens a door.
const SAID: &[&str] = &["details", "hint", "message", "messages", "reason", "report"];

/// What others have written must not steer the terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{FFFD}' } else { c }).collect()
}

/// What the service says, without what opens a door.
pub(crate) fn redacted(said: &str) -> String {
    match redact(said.into()) {
        Value::String(said) => said,
        _ => String::new(),
    }
}

/// The same value; what is said in it opens no door.
pub(crate) fn safe(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let safe = |name: &str, value| match SAID.contains(&name) {
                true => redact(value),
                false => safe(value),
            };
            fields.into_iter().map(|(name, value)| (name.clone(), safe(&name, value))).collect()
        }
        Value::Array(items) => items.into_iter().map(safe).collect(),
        other => other,
    }
}

/// The library makes fields safe that it does not know, and of this one it knows nothing.
fn redact(value: Value) -> Value {
    const FIELD: &str = "said";
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

    const TOLD: &str = "see https://host/blob?sig=c2VjcmV0 for more";

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\tc"), "a\u{FFFD}[31mb\tc");
    }

    #[test]
    fn what_is_said_opens_no_door_and_data_stays() {
        assert_eq!(redacted(TOLD), "see https://host/blob?sig=REDACTED for more");
        let name = "Contoso Security Token: 5b1f0d3e9a475c82b6d17e2f4a90c3b8";
        let value = json!({
            "productName": name,
            "id": 9_007_199_254_740_993_u64,
            "workflowStatus": { "messages": [TOLD, null] },
            "all": [{ "message": TOLD }],
        });
        let safe = safe(value.clone());
        assert!(!safe.to_string().contains("c2VjcmV0"), "{safe}");
        assert_eq!((&safe["productName"], &safe["id"]), (&value["productName"], &value["id"]));
    }
}
