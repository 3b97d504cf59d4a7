//! What may stand in the file, and what is said of the rest.

use super::*;
use crate::config::{Credential, SecretSource};

fn fault(text: &str) -> String {
    let fault = parse(text).unwrap_err();
    let told = format!("{}: {}\n{}", fault.line, fault.message, fault.hint);
    assert!(!told.contains("canary"), "{told}");
    told
}

#[test]
fn every_credential_and_every_place_of_a_secret_is_read() {
    let read = |credential: &str| {
        let text = format!("[profiles.a]\ncredential = {credential}");
        let mut file = parse(&text).unwrap_or_else(|fault| panic!("{credential}: {fault:?}"));
        file.profiles.remove("a").unwrap().credential.unwrap()
    };
    assert!(matches!(
        read(r#"{ client-secret = { file = "~/secret" } }"#),
        Credential::ClientSecret(SecretSource::File(_))
    ));
    assert!(matches!(
        read(r#"{ client-secret = { command = ["pass", "hwdash"] } }"#),
        Credential::ClientSecret(SecretSource::Command(command)) if command.len() == 2
    ));
    assert!(matches!(
        read(r#"{ client-secret = { keyring = { service = "hwdash", user = "a" } } }"#),
        Credential::ClientSecret(SecretSource::Keyring { .. })
    ));
    assert!(matches!(
        read(r#"{ client-secret = "stdin" }"#),
        Credential::ClientSecret(SecretSource::Stdin)
    ));
    assert!(matches!(
        read(r#"{ certificate = { path = "a.pfx", password = { file = "b" } } }"#),
        Credential::Certificate { password: Some(SecretSource::File(_)), .. }
    ));
    assert!(matches!(
        read(r#"{ managed-identity = {} }"#),
        Credential::ManagedIdentity { client_id: None }
    ));
    assert!(matches!(
        read(r#"{ federated-token-file = "/run/token" }"#),
        Credential::FederatedTokenFile(_)
    ));
    assert!(matches!(read(r#""github-actions""#), Credential::GithubActions));
}

#[test]
fn an_unknown_setting_is_told_with_its_line_and_the_likely_right_name() {
    let told = fault("[profiles.a]\n\ntenantId = \"a\"\n");
    assert!(told.starts_with("3: there is no setting profiles.a.tenantId\n"), "{told}");
    assert!(told.contains("Did you mean tenant-id?"), "{told}");
    assert!(fault("[profile.a]").contains("Did you mean profiles?"));
    let told = fault("[profiles.a]\ncredential = { certificate = { pth = \"a\" } }");
    assert!(told.contains("profiles.a.credential.certificate.pth"), "{told}");
    assert!(told.contains("Did you mean path?"), "{told}");
    assert!(!fault("[profiles.a]\nweather = 1").contains("Did you mean"));
}

#[test]
fn a_secret_is_refused_wherever_it_stands_and_not_repeated() {
    for text in [
        "client_secret = \"canary\"",
        "[profiles.a]\nclient-secret = \"canary\"",
        "[profiles.a]\npassword = \"canary\"",
        "[profiles.a]\ncredential = { client-secret = \"canary\" }",
        "[profiles.a]\ncredential = { certificate = { path = \"a\", password = \"canary\" } }",
    ] {
        let told = fault(text);
        assert!(told.contains("must not stand in this file"), "{told}");
        assert!(told.contains("command = "), "{told}");
    }
}

/// Whatever serde would say of it.
#[test]
fn a_value_of_the_wrong_kind_is_told_without_the_value() {
    for text in [
        "profiles = \"canary\"",
        "[profiles.a]\ntenant-id = [\"canary\"]",
        "[profiles.a]\ncredential = \"canary\"",
        "[profiles.a]\ncredential = { client-secret = [\"canary\"] }",
        "[profiles.a]\ncredential = { client-secret = { command = \"canary\" } }",
        "[profiles.a]\ncredential = { client-secret = { keyring = \"canary, expected\" } }",
        "[profiles.a]\nclient-id = \"canary",
        "[profiles.a]\nclient-id = canary canary",
    ] {
        fault(text);
    }
    assert!(
        fault("[profiles.a]\ntenant-id = 1").contains("profiles.a.tenant-id should be a string")
    );
    let told = fault("[profiles.a]\ncredential = { certificate = {} }");
    assert!(told.contains("needs a setting `path`"), "{told}");
}

#[test]
fn the_readme_shows_a_file_that_is_taken() {
    let readme = include_str!("../../../../README.md");
    let (_, rest) = readme.split_once("<!-- file: config.toml -->\n```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    let file = parse(example).unwrap_or_else(|fault| panic!("{fault:?}"));
    assert_eq!(file.profiles.keys().collect::<Vec<_>>(), ["default", "fabrikam"]);
    assert!(file.profiles.values().all(|profile| profile.credential.is_some()));
}
