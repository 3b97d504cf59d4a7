//! Ids: 64-bit numbers that may arrive as text, and the textual ids of preprod packages.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A text that is not an id of the kind asked for.
///
/// ```
/// use hardware_dashboard::model::ProductId;
///
/// let error = "echo".parse::<ProductId>().unwrap_err();
/// assert!(error.to_string().starts_with("not a product id: it must be a whole number"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseIdError {
    kind: &'static str,
    wanted: &'static str,
}

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a {}: it must be {}", self.kind, self.wanted)
    }
}

impl std::error::Error for ParseIdError {}

const NUMBER: &str = "a whole number such as 14631253285588838";
const PATH_SAFE: &str = "1 to 128 letters, digits, `-`, `_` or `.`, and not begin with a dot";

/// Accepts a number or its text: the service has sent both for the same field.
struct NumberVisitor(&'static str);

impl de::Visitor<'_> for NumberVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {} as number or text", self.0)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<u64, E> {
        Ok(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<u64, E> {
        u64::try_from(value).map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<u64, E> {
        // `5.0` is an id, but past 2^53 a float has already lost digits.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if value.fract() == 0.0 && (0.0..=EXACT).contains(&value) {
            return Ok(value as u64);
        }
        Err(E::invalid_value(de::Unexpected::Float(value), &self))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<u64, E> {
        value.trim().parse().map_err(|_| E::invalid_value(de::Unexpected::Str(value), &self))
    }
}

macro_rules! numeric_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $serialize:ident) => {
        $(#[$doc])*
        ///
        /// ```
        #[doc = concat!("use hardware_dashboard::model::", stringify!($name), ";")]
        ///
        #[doc = concat!("let id: ", stringify!($name), " = \"14631253285588838\".parse()?;")]
        #[doc = concat!("assert_eq!(id, ", stringify!($name), "::new(14631253285588838));")]
        /// assert_eq!(id.get(), 14631253285588838);
        /// assert_eq!(id.to_string(), "14631253285588838");
        /// # Ok::<(), hardware_dashboard::model::ParseIdError>(())
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u64);

        impl $name {
            /// The id with this number.
            #[must_use]
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// The id as a number.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<u64> for $name {
            fn from(number: u64) -> Self {
                Self(number)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let number = text.trim().parse();
                number.map(Self).map_err(|_| ParseIdError { kind: $kind, wanted: NUMBER })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                numeric_id!(@$serialize self, serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(NumberVisitor($kind)).map(Self)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "description": concat!("A ", $kind, ", as number or text."),
                    "type": ["integer", "string"],
                    "minimum": 0,
                    "pattern": "^[0-9]{1,20}$",
                })
            }
        }
    };
    (@number $id:ident, $serializer:ident) => { $serializer.serialize_u64($id.0) };
    (@text $id:ident, $serializer:ident) => { $serializer.collect_str(&$id.0) };
}

numeric_id! {
    /// The id of a product.
    ProductId, "product id", number
}
numeric_id! {
    /// The id of a submission of a product.
    SubmissionId, "submission id", number
}
numeric_id! {
    /// The id of a shipping label of a submission.
    ShippingLabelId, "shipping label id", number
}
numeric_id! {
    /// The id of a publisher: the account that a product came from.
    PublisherId, "publisher id", number
}
numeric_id! {
    /// The seller id of an account that may see a driver.
    SellerId, "seller id", number
}
numeric_id! {
    /// The publisher id of the partner that a driver is shared with. The service wants it as text.
    ReceiverPublisherId, "receiver publisher id", text
}

macro_rules! textual_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        ///
        /// It becomes a segment of a path, so only characters that cannot leave the segment are taken.
        ///
        /// ```
        #[doc = concat!("use hardware_dashboard::model::", stringify!($name), ";")]
        ///
        /// let text = "7f1d6c2e-3a4b-4c5d-8e9f-001122334455";
        #[doc = concat!("let id: ", stringify!($name), " = text.parse()?;")]
        /// assert_eq!(id.as_str(), text);
        #[doc = concat!("assert!(\"../secrets\".parse::<", stringify!($name), ">().is_err());")]
        /// # Ok::<(), hardware_dashboard::model::ParseIdError>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                if is_path_safe(text) {
                    return Ok(Self(text.to_owned()));
                }
                Err(ParseIdError { kind: $kind, wanted: PATH_SAFE })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = deserializer.deserialize_any(TextVisitor($kind))?;
                text.parse().map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "description": concat!("A ", $kind, "."),
                    "type": "string",
                    "pattern": "^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$",
                })
            }
        }
    };
}

textual_id! {
    /// The id of a preproduction package.
    PreprodPackageId, "preprod package id"
}
textual_id! {
    /// The id of an asset of a preproduction package.
    PreprodAssetId, "preprod asset id"
}

/// The id of an audience: a GUID by the documentation. It stands in bodies only, so any text is taken.
///
/// ```
/// use hardware_dashboard::model::AudienceId;
///
/// let id = AudienceId::from("e82b6c17-45d9-4a3e-9c70-f1a6b3d8250e");
/// assert_eq!(id.as_str(), id.to_string());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct AudienceId(String);

impl AudienceId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for AudienceId {
    fn from(id: &str) -> Self {
        Self(id.to_owned())
    }
}

impl fmt::Display for AudienceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AudienceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor("audience id")).map(Self)
    }
}

impl JsonSchema for AudienceId {
    fn schema_name() -> Cow<'static, str> {
        "AudienceId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

fn is_path_safe(text: &str) -> bool {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=128).contains(&text.len()) && !text.starts_with('.') && text.bytes().all(safe)
}

/// Accepts text or a number.
struct TextVisitor(&'static str);

impl de::Visitor<'_> for TextVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {}", self.0)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<String, E> {
        Ok(value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_text_are_the_same_id_without_loss() {
        // One above 2^53, where a float would round.
        let id = ProductId::new(9_007_199_254_740_993);
        for json in ["9007199254740993", r#""9007199254740993""#, r#"" 9007199254740993 ""#] {
            assert_eq!(serde_json::from_str::<ProductId>(json).unwrap(), id, "{json}");
        }
        assert_eq!(serde_json::to_string(&id).unwrap(), "9007199254740993");
        assert_eq!(serde_json::from_str::<ProductId>("5.0").unwrap(), ProductId::new(5));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for json in ["-1", "5.5", "1e300", "\"\"", "\"12a\"", "\"-3\"", "true", "{}", "[1]"] {
            assert!(serde_json::from_str::<SubmissionId>(json).is_err(), "{json}");
        }
        let message = "12a".parse::<ProductId>().unwrap_err().to_string();
        assert_eq!(
            message,
            "not a product id: it must be a whole number such as 14631253285588838"
        );
    }

    #[test]
    fn a_receiver_is_sent_as_text() {
        let id: ReceiverPublisherId = serde_json::from_str("27258209").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), r#""27258209""#);
    }

    #[test]
    fn a_textual_id_cannot_leave_its_path_segment() {
        for text in ["", ".", "..", "a/b", "a\\b", "%2e%2e", "a?b", "a#b", ".hidden", "é"] {
            assert!(text.parse::<PreprodPackageId>().is_err(), "{text}");
        }
        let guid = "7f1d6c2e-3a4b-4c5d-8e9f-001122334455";
        assert_eq!(guid.parse::<PreprodPackageId>().unwrap().as_str(), guid);
        assert_eq!(serde_json::from_str::<PreprodAssetId>("12").unwrap().as_str(), "12");
    }
}
