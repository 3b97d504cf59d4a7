//! Values whose shape on the wire varies.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{PreprodAsset, RecipientSpecifications};

/// A whole number that may arrive as text. A text that is no number is kept as it came.
///
/// ```
/// use hardware_dashboard::model::LenientInteger;
///
/// let read = |json| serde_json::from_str::<LenientInteger>(json);
/// assert_eq!(read("64")?, LenientInteger::from(64));
/// assert_eq!(read(r#""64""#)?.get(), Some(64));
/// let odd = read(r#""sixty-four""#)?;
/// assert_eq!((odd.get(), odd.to_string().as_str()), (None, "sixty-four"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LenientInteger(Result<i64, Box<str>>);

impl LenientInteger {
    /// The number; `None` when the service sent something that is none.
    #[must_use]
    pub fn get(&self) -> Option<i64> {
        self.0.as_ref().ok().copied()
    }
}

impl From<i64> for LenientInteger {
    fn from(number: i64) -> Self {
        Self(Ok(number))
    }
}

impl fmt::Display for LenientInteger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(number) => number.fmt(f),
            Err(text) => f.write_str(text),
        }
    }
}

impl Serialize for LenientInteger {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Ok(number) => serializer.serialize_i64(*number),
            Err(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for LenientInteger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntegerVisitor)
    }
}

struct IntegerVisitor;

impl de::Visitor<'_> for IntegerVisitor {
    type Value = LenientInteger;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, as number or text")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<LenientInteger, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<LenientInteger, E> {
        Ok(i64::try_from(value).map_or_else(|_| unreadable(&value.to_string()), Into::into))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<LenientInteger, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<LenientInteger, E> {
        Ok(value.trim().parse::<i64>().map_or_else(|_| unreadable(value), Into::into))
    }
}

fn unreadable(text: &str) -> LenientInteger {
    LenientInteger(Err(text.into()))
}

impl JsonSchema for LenientInteger {
    fn schema_name() -> Cow<'static, str> {
        "LenientInteger".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["integer", "string"] })
    }
}

/// One thing or an array of them: the sources disagree, so both are read.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    Many(Vec<Option<T>>),
    One(T),
}

impl<T> OneOrMany<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            Self::Many(items) => items.into_iter().flatten().collect(),
            Self::One(item) => vec![item],
        }
    }
}

/// The recipients of a shipping label: one object in every sample, an array by the documentation.
///
/// ```
/// use hardware_dashboard::model::Recipients;
///
/// let one: Recipients = serde_json::from_str(r#"{ "receiverPublisherId": "27258209" }"#)?;
/// let many: Recipients = serde_json::from_str(r#"[{ "receiverPublisherId": "27258209" }]"#)?;
/// assert_eq!(one, many);
/// assert_eq!(one.0.len(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Recipients(pub Vec<RecipientSpecifications>);

impl<'de> Deserialize<'de> for Recipients {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OneOrMany::deserialize(deserializer).map(|items| Self(items.into_vec()))
    }
}

/// The assets of a preproduction package: a bare array, or an object with a `value` field.
///
/// ```
/// use hardware_dashboard::model::PreprodAssetList;
///
/// let bare: PreprodAssetList = serde_json::from_str(r#"[{ "id": "signed" }]"#)?;
/// let wrapped: PreprodAssetList = serde_json::from_str(r#"{ "value": [{ "id": "signed" }] }"#)?;
/// assert_eq!(bare, wrapped);
/// assert_eq!(bare.0.len(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct PreprodAssetList(pub Vec<PreprodAsset>);

#[derive(Deserialize)]
struct Wrapped {
    #[serde(default)]
    value: Option<Vec<PreprodAsset>>,
}

impl<'de> Deserialize<'de> for PreprodAssetList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Shape {
            Bare(Vec<PreprodAsset>),
            Wrapped(Wrapped),
        }
        Ok(match Shape::deserialize(deserializer)? {
            Shape::Bare(assets) => Self(assets),
            Shape::Wrapped(wrapped) => Self(wrapped.value.unwrap_or_default()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_its_text_and_nonsense_are_kept_apart() {
        for (json, number) in
            [("17763", Some(17763)), (r#""17763""#, Some(17763)), (r#""all""#, None)]
        {
            let read: LenientInteger = serde_json::from_str(json).unwrap();
            assert_eq!(read.get(), number, "{json}");
        }
        let read: LenientInteger = serde_json::from_str(r#""all""#).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), r#""all""#);
    }

    #[test]
    fn recipients_are_read_from_an_object_and_from_an_array() {
        let one = r#"{"receiverPublisherId":"27258209","enforceChidTargeting":false}"#;
        for json in [one.to_owned(), format!("[{one}]"), format!("[{one},null]")] {
            let recipients: Recipients = serde_json::from_str(&json).unwrap();
            assert_eq!(recipients.0.len(), 1, "{json}");
        }
    }

    #[test]
    fn assets_are_read_bare_and_wrapped() {
        for json in [r#"[{"id":"a"}]"#, r#"{"value":[{"id":"a"}],"links":[]}"#] {
            let assets: PreprodAssetList = serde_json::from_str(json).unwrap();
            assert_eq!(assets.0.len(), 1, "{json}");
        }
        let none: PreprodAssetList = serde_json::from_str(r#"{"value":null}"#).unwrap();
        assert!(none.0.is_empty());
    }
}
