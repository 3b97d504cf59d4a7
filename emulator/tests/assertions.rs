//! Assertions in the place of a secret, made by another implementation than the library's.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::Utc;
use hardware_dashboard_emulator::{Account, Emulator};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Answer, builder, token};

const CERTIFICATE: &str = include_str!("../../tests/auth/files/certificate.pem");
const OTHER_CERTIFICATE: &str = include_str!("../../tests/auth/files/authority.pem");
const PRIVATE_KEY: &str = include_str!("../../tests/auth/files/key-pkcs1.pem");

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const RESOURCE: &str = "https://manage.devcenter.microsoft.com";
const ISSUER: &str = "https://token.actions.githubusercontent.com";
const SUBJECT: &str = "repo:contoso/driver:ref:refs/heads/main";

async fn start() -> Emulator {
    let account = Account::contoso()
        .certificate(CERTIFICATE)
        .and_then(|account| account.certificate(OTHER_CERTIFICATE))
        .expect("they are certificates")
        .federated_identity(ISSUER, SUBJECT);
    builder().account(account).start().await.expect("the emulator starts")
}

fn der(pem: &str) -> Vec<u8> {
    let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(base64).expect("PEM is base64")
}

/// The claims of a certificate's assertion, with one of them set otherwise.
fn claims(emulator: &Emulator, name: &str, value: Value) -> Value {
    let (tenant, client) = (emulator.tenant_id(), emulator.client_id());
    let now = Utc::now().timestamp();
    let mut claims = json!({
        "aud": format!("{}/{tenant}/oauth2/token", emulator.authority_url()),
        "iss": client,
        "sub": client,
        "jti": "8f5f0f9e-5d77-4f7f-9a9c-0b7b3f1c1d11",
        "nbf": now,
        "exp": now + 600,
    });
    claims[name] = value;
    claims
}

/// Signs with the application's key, as if by `certificate`.
fn sign(algorithm: Algorithm, certificate: &str, claims: &Value) -> String {
    let thumbprint = Sha256::digest(der(certificate));
    let mut header = Header::new(algorithm);
    header.x5t_s256 = Some(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(thumbprint));
    let key = EncodingKey::from_rsa_der(&der(PRIVATE_KEY));
    encode(&header, claims, &key).expect("the key signs")
}

async fn ask(emulator: &Emulator, assertion_type: &str, assertion: &str) -> Answer {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", emulator.client_id()),
        ("resource", RESOURCE),
        ("client_assertion_type", assertion_type),
        ("client_assertion", assertion),
    ];
    token(emulator, emulator.tenant_id(), &form).await
}

async fn code(emulator: &Emulator, assertion: &str) -> Value {
    ask(emulator, JWT_BEARER, assertion).await.body["error_codes"][0].clone()
}

#[tokio::test]
async fn a_certificate_proves_the_application() {
    let emulator = start().await;
    let claims = claims(&emulator, "ver", json!(1));
    for algorithm in [Algorithm::PS256, Algorithm::RS256] {
        let assertion = sign(algorithm, CERTIFICATE, &claims);
        ask(&emulator, JWT_BEARER, &assertion).await.expect(200);
    }
}

#[tokio::test]
async fn an_assertion_is_refused_for_what_is_wrong_with_it() {
    let emulator = start().await;
    let now = Utc::now().timestamp();
    for (name, value, expected) in [
        ("aud", json!("https://login.microsoftonline.com/common"), 700_023),
        ("sub", json!("somebody else"), 700_021),
        ("exp", json!(now - 3600), 700_024),
        ("nbf", json!(now + 3600), 700_024),
        ("iss", json!("https://example.com"), 700_211),
    ] {
        let assertion = sign(Algorithm::PS256, CERTIFICATE, &claims(&emulator, name, value));
        assert_eq!(code(&emulator, &assertion).await, expected, "{name}");
    }
    assert_eq!(code(&emulator, "no.assertion").await, 50_027);
    let good = sign(Algorithm::PS256, CERTIFICATE, &claims(&emulator, "ver", json!(1)));
    let answer = ask(&emulator, "urn:other", &good).await;
    assert_eq!(answer.body["error_codes"][0], 70_002);
}

#[tokio::test]
async fn a_signature_must_be_that_of_the_certificate() {
    let emulator = start().await;
    let claims = claims(&emulator, "ver", json!(1));
    let by_another_key = sign(Algorithm::PS256, OTHER_CERTIFICATE, &claims);
    assert_eq!(code(&emulator, &by_another_key).await, 700_027);
    let good = sign(Algorithm::PS256, CERTIFICATE, &claims);
    let (signed, _) = good.rsplit_once('.').expect("three parts");
    assert_eq!(code(&emulator, &format!("{signed}.AAAA")).await, 700_027);
    let unknown = Emulator::start().await.expect("the emulator starts");
    assert_eq!(code(&unknown, &good).await, 700_027);
}

#[tokio::test]
async fn the_token_of_a_trusted_issuer_proves_the_application() {
    let emulator = start().await;
    let now = Utc::now().timestamp();
    let of = |subject: &str, audience: Value| json!({ "iss": ISSUER, "sub": subject, "aud": audience, "exp": now + 300 });
    // Signed by whomever: the emulator cannot ask the issuer for its keys.
    let ask =
        async |claims: Value| code(&emulator, &sign(Algorithm::RS256, CERTIFICATE, &claims)).await;
    assert_eq!(ask(of(SUBJECT, json!("api://AzureADTokenExchange"))).await, Value::Null);
    assert_eq!(ask(of(SUBJECT, json!(["api://AzureADTokenExchange"]))).await, Value::Null);
    assert_eq!(ask(of(SUBJECT, json!("api://other"))).await, 700_212);
    assert_eq!(ask(of("repo:contoso/other", json!("api://AzureADTokenExchange"))).await, 700_213);
}

#[test]
fn what_is_no_certificate_cannot_be_registered() {
    for text in ["no PEM", PRIVATE_KEY, include_str!("../../tests/auth/files/ec-certificate.pem")] {
        let error = Account::contoso().certificate(text).expect_err("it is no RSA certificate");
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    }
}
