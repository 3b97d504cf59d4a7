//! Assertions in the place of a secret: signed with a registered certificate, or made by somebody
//! whom the application trusts.

use std::io;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, TokenData, Validation, dangerous};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use x509_cert::der::{DecodePem, Encode, oid::ObjectIdentifier};

use super::{TokenRequest, refusal::Refusal};
use crate::account::Account;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Whom the token of somebody else must be made for.
const EXCHANGE_AUDIENCE: &str = "api://AzureADTokenExchange";

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// How far two clocks may differ.
const LEEWAY: TimeDelta = TimeDelta::minutes(5);

/// A certificate that is registered with an application.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    /// SHA-256 of the whole, as `x5t#S256` has it.
    thumbprint: String,
    /// As PKCS #1 has it.
    public_key: Vec<u8>,
}

/// Somebody whose tokens an application trusts.
#[derive(Clone, Debug)]
pub(crate) struct FederatedIdentity {
    pub(crate) issuer: String,
    pub(crate) subject: String,
}

#[derive(Debug, Deserialize)]
struct Claims {
    aud: Audience,
    iss: String,
    sub: String,
    exp: i64,
    nbf: Option<i64>,
}

/// One audience or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn names(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Several(several) => several.iter().any(|one| one == audience),
        }
    }
}

impl Certificate {
    pub(crate) fn from_pem(pem: &str) -> io::Result<Self> {
        let invalid = |why: String| io::Error::new(io::ErrorKind::InvalidInput, why);
        let certificate = x509_cert::Certificate::from_pem(pem)
            .map_err(|error| invalid(format!("the text is no certificate in PEM: {error}")))?;
        let der = certificate.to_der().map_err(|error| invalid(error.to_string()))?;
        let info = certificate.tbs_certificate().subject_public_key_info();
        if info.algorithm.oid != RSA {
            return Err(invalid("the certificate has no RSA key".to_owned()));
        }
        Ok(Self {
            thumbprint: URL_SAFE_NO_PAD.encode(Sha256::digest(&der)),
            public_key: info.subject_public_key.raw_bytes().to_vec(),
        })
    }

    fn has_signed(&self, assertion: &str) -> bool {
        let mut validation = Validation::new(Algorithm::PS256);
        validation.algorithms = vec![Algorithm::PS256, Algorithm::RS256];
        // The claims are checked here, each with the code that Entra has for it.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let key = DecodingKey::from_rsa_der(&self.public_key);
        jsonwebtoken::decode::<Claims>(assertion, &key, &validation).is_ok()
    }
}

pub(super) fn check_type(given: &str) -> Result<(), Refusal> {
    if given == JWT_BEARER { Ok(()) } else { Err(Refusal::unsupported_assertion_type(given)) }
}

/// Checks an assertion. One that the application issued itself is signed with a certificate.
pub(super) fn check(
    assertion: &str,
    account: &Account,
    asked: &TokenRequest<'_>,
) -> Result<(), Refusal> {
    let token = dangerous::insecure_decode::<Claims>(assertion)
        .map_err(|_| Refusal::malformed_assertion())?;
    if token.claims.iss.eq_ignore_ascii_case(&account.client_id) {
        check_certificate(assertion, &token, account, asked)?;
    } else {
        check_federated(&token.claims, account)?;
    }
    // Whoever made it lives by the real time, however fast the emulator's clock runs.
    check_time(&token.claims, Utc::now())
}

fn check_certificate(
    assertion: &str,
    token: &TokenData<Claims>,
    account: &Account,
    asked: &TokenRequest<'_>,
) -> Result<(), Refusal> {
    if !token.claims.sub.eq_ignore_ascii_case(&account.client_id) {
        return Err(Refusal::foreign_assertion());
    }
    let certificate = account
        .certificates
        .iter()
        .find(|known| token.header.x5t_s256.as_deref() == Some(known.thumbprint.as_str()))
        .ok_or_else(|| Refusal::unknown_certificate(&account.client_id))?;
    if !certificate.has_signed(assertion) {
        return Err(Refusal::bad_signature());
    }
    let endpoint = |rest| format!("{}/{}/oauth2/{rest}", asked.origin, asked.tenant);
    let endpoints = [endpoint("token"), endpoint("v2.0/token")];
    if endpoints.iter().any(|endpoint| token.claims.aud.names(endpoint)) {
        Ok(())
    } else {
        Err(Refusal::wrong_audience())
    }
}

fn check_federated(claims: &Claims, account: &Account) -> Result<(), Refusal> {
    let known = &account.federated_identities;
    let Claims { aud, iss, sub, .. } = claims;
    if !known.iter().any(|identity| identity.issuer == *iss) {
        return Err(Refusal::no_federated_identity(700_211, "issuer", iss));
    }
    if !known.iter().any(|identity| identity.issuer == *iss && identity.subject == *sub) {
        return Err(Refusal::no_federated_identity(700_213, "subject", sub));
    }
    if aud.names(EXCHANGE_AUDIENCE) {
        Ok(())
    } else {
        let given = match aud {
            Audience::One(one) => one.clone(),
            Audience::Several(several) => several.join(", "),
        };
        Err(Refusal::no_federated_identity(700_212, "audience", &given))
    }
}

fn check_time(claims: &Claims, now: DateTime<Utc>) -> Result<(), Refusal> {
    let (earliest, latest) = ((now - LEEWAY).timestamp(), (now + LEEWAY).timestamp());
    if claims.exp < earliest || claims.nbf.is_some_and(|begin| begin > latest) {
        return Err(Refusal::out_of_time(now));
    }
    Ok(())
}
