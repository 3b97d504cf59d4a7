//! Certificates: from every kind of file, taken and refused.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hardware_dashboard::{Client, Error, auth::ClientCertificate};
use hardware_dashboard_emulator::{Account, Emulator};
use serde_json::{Value, json};
use sha2::Digest;

use super::{call, call_with, emulator, file, path_of};
use crate::support::{Scripted, reply};

const PASSWORD: &str = "canary-password";

fn pem(parts: &[&[u8]]) -> Result<ClientCertificate, Error> {
    ClientCertificate::from_pem("tenant", "client", &parts.concat())
}

fn pfx(content: &[u8], password: &str) -> Result<ClientCertificate, Error> {
    ClientCertificate::from_pfx("tenant", "client", content, Some(&password.into()))
}

/// The same certificate for the application of the emulator.
async fn from_file(
    emulator: &Emulator,
    name: &str,
    password: Option<&str>,
) -> Result<ClientCertificate, Error> {
    let password = password.map(Into::into);
    let (tenant, client) = (emulator.tenant_id(), emulator.client_id());
    ClientCertificate::from_file(tenant, client, path_of(name), password.as_ref()).await
}

#[tokio::test]
async fn a_certificate_is_taken_from_every_kind_of_file() {
    let emulator = emulator().await;
    for (name, password) in
        [("modern.pfx", Some(PASSWORD)), ("legacy.pfx", Some(PASSWORD)), ("no-password.pfx", None)]
    {
        let credential = from_file(&emulator, name, password).await.unwrap();
        call_with(&emulator, credential).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let (tenant, client) = (emulator.tenant_id(), emulator.client_id());
    for key in ["key.pem", "key-pkcs1.pem"] {
        let (certificate, key) = (path_of("certificate.pem"), path_of(key));
        let credential = ClientCertificate::from_files(tenant, client, certificate, key).await;
        call_with(&emulator, credential.unwrap()).await.unwrap();
    }
    let one_file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&one_file, [file!("key.pem"), file!("certificate.pem")].concat()).unwrap();
    let credential = ClientCertificate::from_file(tenant, client, one_file.path(), None).await;
    call_with(&emulator, credential.unwrap()).await.unwrap();
    assert_eq!(emulator.calls("token"), 6);
}

#[test]
fn the_certificate_of_the_key_is_found_among_those_of_the_authorities() {
    let (key, own, authority) =
        (file!("key.pem"), file!("certificate.pem"), file!("authority.pem"));
    let thumbprint = pem(&[key, own]).unwrap().thumbprint();
    assert_eq!(thumbprint.len(), 64);
    for parts in [[key, own, authority], [authority, own, key], [own, authority, key]] {
        assert_eq!(pem(&parts).unwrap().thumbprint(), thumbprint);
    }
    assert_eq!(pfx(file!("modern.pfx"), PASSWORD).unwrap().thumbprint(), thumbprint);
    assert_ne!(pem(&[key, own]).unwrap().thumbprint(), thumbprint.to_lowercase());
}

#[tokio::test]
async fn an_assertion_brings_the_chain_in_its_order() {
    let header = sent_header(pem(&[file!("key.pem"), file!("chain.pem")]).unwrap()).await;
    assert_eq!((&header["alg"], &header["typ"]), (&json!("PS256"), &json!("JWT")));
    let chain: Vec<_> = header["x5c"].as_array().unwrap().iter().map(Value::as_str).collect();
    let text = String::from_utf8(file!("chain.pem").to_vec()).unwrap();
    let file: Vec<_> = text.split("-----END").map(one_line).collect();
    // The root, that of the key, a stranger, and the one between them.
    assert_eq!(chain, [1, 3, 0].map(|place| Some(file[place].as_str())));
    let thumbprint = sha2::Sha256::digest(STANDARD.decode(&file[1]).unwrap());
    assert_eq!(header["x5t#S256"], URL_SAFE_NO_PAD.encode(thumbprint));
}

/// The header of the assertion that Entra is sent.
async fn sent_header(credential: ClientCertificate) -> Value {
    let entra = Scripted::start(|_, _| reply("400 Bad Request", "", b"")).await;
    let client = Client::builder().authority_url(entra.origin()).credential(credential);
    call(&client.build().unwrap()).await.unwrap_err();
    let request = &entra.requests("POST /tenant/oauth2/v2.0/token")[0];
    let assertion = request.split("client_assertion=").nth(1).unwrap();
    let header = URL_SAFE_NO_PAD.decode(assertion.split('.').next().unwrap()).unwrap();
    serde_json::from_slice(&header).unwrap()
}

/// The Base64 of a certificate in PEM.
fn one_line(pem: &str) -> String {
    pem.split("CERTIFICATE-----").last().unwrap().lines().collect()
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let (key, own) = (file!("key.pem"), file!("certificate.pem"));
    let damaged = [b"-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----\n", own].concat();
    for (result, says) in [
        (pem(&[own]), "no private key"),
        (pem(&[key]), "no certificate"),
        (pem(&[key, key, own]), "more than one private key"),
        (pem(&[key, file!("authority.pem")]), "belongs to none of the certificates"),
        (pem(&[file!("ec-key.pem"), file!("ec-certificate.pem")]), "no RSA key"),
        (pem(&[file!("key-encrypted.pem"), own]), "is encrypted"),
        (pem(&[&damaged]), "damaged"),
        (pem(&[]), "no private key"),
        (pfx(file!("modern.pfx"), "wrong"), "password of the PFX file is wrong"),
        (pfx(file!("legacy.pfx"), ""), "password of the PFX file is wrong"),
        (pfx(b"0", ""), "neither a PEM nor a PFX"),
    ] {
        let error = result.expect_err(says);
        assert!(error.is_input() && error.to_string().contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let emulator = emulator().await;
    let error = from_file(&emulator, "nothing.pfx", None).await.unwrap_err();
    assert!(error.is_file() && error.to_string().contains("nothing.pfx"), "{error}");
    let error = from_file(&emulator, "modern.pfx", Some("wrong")).await.unwrap_err();
    assert!(error.to_string().contains("modern.pfx: the password"), "{error}");
}

#[tokio::test]
async fn a_certificate_that_is_not_registered_is_refused() {
    let emulator = Emulator::builder().account(Account::contoso()).start().await.unwrap();
    let credential = from_file(&emulator, "modern.pfx", Some(PASSWORD)).await.unwrap();
    let error = call_with(&emulator, credential).await.unwrap_err();
    assert_eq!(error.code(), Some("AADSTS700027"));
    assert!(error.hint().contains("Register this very certificate"));
}
