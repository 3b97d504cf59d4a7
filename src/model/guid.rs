//! GUIDs, among them the CHIDs of shipping labels.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A GUID in the form that the service wants: lower case, without braces.
///
/// One that arrives in any other form is brought into this one; a text that is no GUID at all is
/// kept as it came.
///
/// ```
/// use hardware_dashboard::model::Guid;
/// use uuid::Uuid;
///
/// let chid: Guid = "{8D3F2A10-5B6C-4D7E-8F90-A1B2C3D4E5F6}".parse()?;
/// assert_eq!(chid.as_str(), "8d3f2a10-5b6c-4d7e-8f90-a1b2c3d4e5f6");
/// assert_eq!(Guid::from(Uuid::nil()).to_string(), "00000000-0000-0000-0000-000000000000");
/// # Ok::<(), hardware_dashboard::model::ParseGuidError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid(Box<str>);

/// A text that is not a GUID.
///
/// ```
/// use hardware_dashboard::model::Guid;
///
/// let error = "echo".parse::<Guid>().unwrap_err();
/// assert!(error.to_string().starts_with("not a GUID"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseGuidError(());

impl fmt::Display for ParseGuidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a GUID: it must look like 8d3f2a10-5b6c-4d7e-8f90-a1b2c3d4e5f6")
    }
}

impl std::error::Error for ParseGuidError {}

impl Guid {
    /// The GUID as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Uuid> for Guid {
    fn from(uuid: Uuid) -> Self {
        Self(uuid.hyphenated().to_string().into())
    }
}

impl FromStr for Guid {
    type Err = ParseGuidError;

    fn from_str(text: &str) -> Result<Self, ParseGuidError> {
        Uuid::try_parse(text.trim()).map(Self::from).map_err(|_| ParseGuidError(()))
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Guid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Guid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(text.parse().unwrap_or_else(|_| Self(text.into())))
    }
}

impl JsonSchema for Guid {
    fn schema_name() -> Cow<'static, str> {
        "Guid".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "uuid" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_becomes_lower_case_without_braces() {
        for json in [
            r#""8D3F2A10-5B6C-4D7E-8F90-A1B2C3D4E5F6""#,
            r#""{8d3f2a10-5b6c-4d7e-8f90-a1b2c3d4e5f6}""#,
        ] {
            let guid: Guid = serde_json::from_str(json).unwrap();
            assert_eq!(guid.as_str(), "8d3f2a10-5b6c-4d7e-8f90-a1b2c3d4e5f6", "{json}");
        }
    }

    #[test]
    fn what_is_no_guid_is_kept_from_the_wire_and_refused_from_people() {
        let guid: Guid = serde_json::from_str(r#""none""#).unwrap();
        assert_eq!(guid.as_str(), "none");
        assert!("none".parse::<Guid>().is_err());
    }
}
