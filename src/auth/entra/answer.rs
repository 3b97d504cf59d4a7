//! The answers of the token endpoint.

use std::{fmt, time::Duration};

use oauth2::{ErrorResponse, RefreshToken, Scope, TokenResponse, basic::BasicTokenType};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{model::LenientInteger, redact};

/// What the codes of Entra begin with.
const PREFIX: &str = "AADSTS";

/// The success answer. The v1 endpoint writes its numbers as text, which oauth2's own type refuses.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct EntraToken {
    access_token: oauth2::AccessToken,
    token_type: BasicTokenType,
    #[serde(default)]
    expires_in: Option<LenientInteger>,
}

impl EntraToken {
    pub(super) fn into_secret(self) -> String {
        self.access_token.into_secret()
    }
}

impl TokenResponse for EntraToken {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &oauth2::AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        let seconds = self.expires_in.as_ref()?.get()?;
        u64::try_from(seconds).ok().map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        None
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// The error answer, with the number of the error, which oauth2's own type drops.
#[derive(Debug, Deserialize, Serialize)]
pub(in crate::auth) struct EntraError {
    error: String,
    #[serde(default)]
    error_description: Option<String>,
    #[serde(default)]
    error_codes: Option<Vec<LenientInteger>>,
}

impl fmt::Display for EntraError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let description = self.error_description.as_deref().unwrap_or_default();
        let first_line = description.lines().next().unwrap_or(&self.error);
        // Trace id, correlation id and time follow, in the same line or in lines of their own.
        f.write_str(first_line.split(" Trace ID:").next().unwrap_or(first_line))
    }
}

impl ErrorResponse for EntraError {}

impl EntraError {
    /// The same without `proof`, which it may repeat, and without anything else that opens a door.
    pub(in crate::auth) fn without(self, proof: &SecretString) -> Self {
        let safe = |text: String| redact::without(&text, proof);
        Self {
            error: safe(self.error),
            error_description: self.error_description.map(safe),
            error_codes: self.error_codes,
        }
    }

    /// The `AADSTS…` code: the description begins with it, and `error_codes` has its number.
    pub(in crate::auth) fn code(&self) -> Option<String> {
        let description = self.error_description.as_deref().unwrap_or_default();
        let number = description.split_once(':').and_then(|(code, _)| code.strip_prefix(PREFIX));
        let is_number = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
        let number = match number.filter(is_number) {
            Some(number) => number.to_owned(),
            None => self.error_codes.as_ref()?.first()?.get()?.to_string(),
        };
        Some(format!("{PREFIX}{number}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_taken_from_the_text_or_from_the_numbers() {
        let read = |json| serde_json::from_str::<EntraError>(json).unwrap();
        let text = read(
            r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided.\r\nTrace ID: x","error_codes":[7000215]}"#,
        );
        assert_eq!(text.code().as_deref(), Some("AADSTS7000215"));
        assert_eq!(text.to_string(), "AADSTS7000215: Invalid client secret provided.");
        let one_line = read(
            r#"{"error":"invalid_request","error_description":"AADSTS90002: No such tenant. Trace ID: x Correlation ID: y"}"#,
        );
        assert_eq!(one_line.to_string(), "AADSTS90002: No such tenant.");
        let numbers = read(r#"{"error":"invalid_client","error_codes":["90002"]}"#);
        assert_eq!(numbers.code().as_deref(), Some("AADSTS90002"));
        assert_eq!(read(r#"{"error":"invalid_request"}"#).code(), None);
    }

    #[test]
    fn what_the_description_repeats_of_the_request_is_cut_out() {
        let proof = "swordfish".into();
        let body = r#"{"error":"swordfish","error_description":"AADSTS1: 'swordfish' of ?code=a&sig=b is no swordfish."}"#;
        let error = serde_json::from_str::<EntraError>(body).unwrap().without(&proof);
        let said = "AADSTS1: 'REDACTED' of ?code=REDACTED&sig=REDACTED is no REDACTED.";
        assert_eq!(error.to_string(), said);
        assert!(!format!("{error:?}").contains("swordfish"));
        let odd = r#"{"error":"e","error_description":"AADSTS1 swordfish: no","error_codes":[7]}"#;
        let odd = serde_json::from_str::<EntraError>(odd).unwrap();
        assert_eq!(odd.code().as_deref(), Some("AADSTS7"), "a code is a number");
    }
}
