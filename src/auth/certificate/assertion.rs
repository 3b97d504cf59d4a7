//! What an application signs to prove itself (RFC 7523), in the form that Microsoft documents.

use aws_lc_rs::{rand::SystemRandom, signature::RSA_PSS_SHA256};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::Utc;
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

use super::keys::Keys;
use crate::error::{Error, Kind, Result, Stage};

/// Documented: an assertion should live for five to ten minutes. One that is stolen is soon worth
/// nothing, and a clock that is somewhat wrong does no harm.
const LIFETIME_SECONDS: i64 = 600;

impl Keys {
    /// An assertion of the application `client_id`, for the token endpoint at `audience`.
    pub(super) fn assertion(&self, client_id: &str, audience: &str) -> Result<SecretString> {
        let chain: Vec<_> = self.certificates.iter().map(|der| STANDARD.encode(der)).collect();
        let header = json!({
            "alg": "PS256",
            "typ": "JWT",
            "x5t#S256": URL_SAFE_NO_PAD.encode(self.thumbprint()),
            "x5c": chain,
        });
        let now = Utc::now().timestamp();
        let claims = json!({
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": Uuid::new_v4(),
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME_SECONDS,
        });
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.private_key.public_modulus_len()];
        self.private_key
            .sign(&RSA_PSS_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|error| {
                let message = "the certificate's private key could not sign";
                Error::new(Stage::Token, Kind::Input, message).with_source(error)
            })?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
    }
}
