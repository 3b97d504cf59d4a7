//! What a token says of itself.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::Value;

use super::AccessToken;
use crate::model::LenientInteger;

/// What a token of Microsoft Entra ID says of itself: for people who look for what is wrong.
///
/// Nobody has checked the signature, so nothing may be decided by it.
///
/// ```
/// use std::time::Duration;
///
/// use hardware_dashboard::auth::AccessToken;
///
/// // { "tid": "contoso", "appid": "echo", "roles": ["Driver.Submit"], "exp": 1767225600 }
/// let payload = "eyJ0aWQiOiJjb250b3NvIiwiYXBwaWQiOiJlY2hvIiwicm9sZXMiOlsiRHJpdmVyLlN1Ym1pdCJdLCJleHAiOjE3NjcyMjU2MDB9";
/// let token = AccessToken::new(format!("e30.{payload}.c2ln"), Duration::from_secs(3600));
/// let claims = token.claims().expect("it is a JWT");
/// assert_eq!(claims.tenant_id.as_deref(), Some("contoso"));
/// assert_eq!(claims.application_id.as_deref(), Some("echo"));
/// assert_eq!(claims.roles, ["Driver.Submit"]);
/// assert_eq!(claims.expires_at.unwrap().to_string(), "2026-01-01 00:00:00 UTC");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenClaims {
    /// The tenant that the token was given in.
    pub tenant_id: Option<String>,
    /// The application that it was given to.
    pub application_id: Option<String>,
    /// The application roles in it. The roles that Partner Center gives are not among them.
    pub roles: Vec<String>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The claims by their names in both versions of the token. Any may be missing, or of another kind.
#[derive(Deserialize)]
struct Payload {
    tid: Option<Value>,
    appid: Option<Value>,
    /// The application in tokens of version 2.
    azp: Option<Value>,
    roles: Option<Value>,
    exp: Option<LenientInteger>,
}

impl AccessToken {
    /// What the token says of itself; `None` when it is opaque, as only its issuer has to understand it.
    #[must_use]
    pub fn claims(&self) -> Option<TokenClaims> {
        let mut parts = self.secret.expose_secret().trim().split('.');
        let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
        let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        serde_json::from_slice::<Payload>(&payload).ok().map(Into::into)
    }
}

impl From<Payload> for TokenClaims {
    fn from(payload: Payload) -> Self {
        let roles = payload.roles.as_ref().and_then(Value::as_array);
        Self {
            tenant_id: text(payload.tid),
            application_id: text(payload.appid).or_else(|| text(payload.azp)),
            roles: roles
                .into_iter()
                .flatten()
                .cloned()
                .filter_map(|role| text(Some(role)))
                .collect(),
            expires_at: payload
                .exp
                .and_then(|end| end.get())
                .and_then(|end| DateTime::from_timestamp(end, 0)),
        }
    }
}

fn text(claim: Option<Value>) -> Option<String> {
    match claim {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn claims(token: &str) -> Option<TokenClaims> {
        AccessToken::new(token, Duration::ZERO).claims()
    }

    fn of(payload: &str) -> Option<TokenClaims> {
        claims(&format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload)))
    }

    #[test]
    fn an_opaque_token_has_no_claims() {
        for token in ["", "opaque", "a.b", "a.b.c", "e30.bm8ganNvbg.c2ln", "e30.W10.c2ln"] {
            assert_eq!(claims(token), None, "{token}");
        }
    }

    #[test]
    fn a_claim_that_is_missing_or_odd_hides_no_other() {
        assert_eq!(of("{}"), Some(TokenClaims::default()));
        let odd = of(r#"{"tid":7,"azp":"app","roles":["a",1],"exp":"60"}"#).unwrap();
        assert_eq!((odd.tenant_id, odd.application_id), (None, Some("app".to_owned())));
        assert_eq!(odd.roles, ["a"]);
        assert_eq!(odd.expires_at, DateTime::from_timestamp(60, 0));
    }
}
