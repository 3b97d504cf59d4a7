//! Certificates: from every kind of file, taken and refused.

use hardware_dashboard::{Error, auth::ClientCertificate};
use hardware_dashboard_emulator::{Account, Emulator};

use super::{call_with, emulator, file, path_of};

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
