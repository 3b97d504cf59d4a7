//! Fields of the service that this version does not know.

use std::{borrow::Cow, fmt, ops::Deref};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

use crate::redact;

/// Fields that arrived and that this version does not know.
///
/// Nobody knows what they hold, so `Debug` and `Serialize` make the URLs in them safe to print;
/// reading them gives what arrived.
///
/// ```
/// use hardware_dashboard::model::Submission;
///
/// let submission: Submission =
///     serde_json::from_str(r#"{ "newLink": "https://host/file?sig=c2VjcmV0" }"#)?;
/// assert_eq!(submission.extra["newLink"], "https://host/file?sig=c2VjcmV0");
/// assert!(!format!("{submission:?}").contains("c2VjcmV0"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Extra(Map<String, Value>);

impl Deref for Extra {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Map<String, Value> {
        &self.0
    }
}

impl From<Map<String, Value>> for Extra {
    fn from(fields: Map<String, Value>) -> Self {
        Self(fields)
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(name, value)| (name, safe(name, value)))).finish()
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, &safe(name, value))?;
        }
        map.end()
    }
}

/// The value of the field, or of an item of the field, as it may be printed.
fn safe(name: &str, value: &Value) -> Value {
    match value {
        Value::String(text) => redact::field(name, text).into(),
        Value::Array(items) => items.iter().map(|item| safe(name, item)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), safe(name, value))).collect()
        }
        other => other.clone(),
    }
}

impl JsonSchema for Extra {
    fn schema_name() -> Cow<'static, str> {
        "Extra".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": true })
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Submission;

    #[test]
    fn unknown_fields_survive_and_open_no_door() {
        let sent =
            r#"{"name":"n","newField":{"n":7,"token":"canary","urls":["https://h/b?sig=canary"]}}"#;
        let submission: Submission = serde_json::from_str(sent).unwrap();
        let printed = format!("{submission:?}");
        let written = serde_json::to_string(&submission).unwrap();
        assert!(!printed.contains("canary") && !written.contains("canary"), "{printed} {written}");
        assert_eq!(written, sent.replace("canary", "REDACTED"));
        assert_eq!(submission.extra["newField"]["urls"][0], "https://h/b?sig=canary");
    }
}
