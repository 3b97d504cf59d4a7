//! Codes of operating systems.

use std::{borrow::Cow, convert::Infallible, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The code of an operating system, such as `WINDOWS_v100_X64_GE_FULL`.
///
/// The list grows with every Windows release and the service does not publish it through the API, so
/// every text is taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OsCode(String);

impl OsCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the code of a server. Attestation signing fails for these, hours after the
    /// commit was accepted.
    #[must_use]
    pub fn is_server(&self) -> bool {
        self.0.to_ascii_uppercase().split('_').any(|part| part == "SERVER")
    }
}

impl From<&str> for OsCode {
    fn from(code: &str) -> Self {
        Self(code.trim().to_owned())
    }
}

impl From<String> for OsCode {
    fn from(code: String) -> Self {
        code.as_str().into()
    }
}

impl FromStr for OsCode {
    type Err = Infallible;

    fn from_str(code: &str) -> Result<Self, Infallible> {
        Ok(code.into())
    }
}

impl fmt::Display for OsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for OsCode {
    fn schema_name() -> Cow<'static, str> {
        "OsCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "examples": ["WINDOWS_v100_X64_GE_FULL"] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_codes_are_told_apart() {
        for code in
            ["WINDOWS_v100_SERVER_X64_GE_FULL", "WINDOWS_2008_SERVER", "WINDOWS_8_SERVER_X64"]
        {
            assert!(OsCode::from(code).is_server(), "{code}");
        }
        for code in ["WINDOWS_v100_X64_GE_FULL", "WINDOWS_v100_GE_FULL", "WINDOWS_7_X64"] {
            assert!(!OsCode::from(code).is_server(), "{code}");
        }
    }
}
