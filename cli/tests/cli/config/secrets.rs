//! Where secrets come from, and that none of them is ever printed.

use std::{fs, io::Write, process::Stdio};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hardware_dashboard_emulator::{Account, Emulator};
use serde_json::json;

use super::{ACCOUNT, Configured, account};
use crate::{
    doctor::answering,
    hwdash::{at, run, shown},
};

const FILE: &str = r#"{ client-secret = { file = "secret" } }"#;

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_command_prints_it() {
    let configured =
        Configured::with(&account(r#"{ client-secret = { command = ["cat", "given"] } }"#)).await;
    configured.write("given", format!("{}\n", configured.emulator.client_secret()), 0o644);
    let output = run(&mut configured.doctor(&[])).await;
    assert!(output.status.success(), "{}", configured.told(&output));
    assert!(configured.told(&output).contains("client secret from the command cat (profile"));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_fails_shows_why() {
    let file =
        account(r#"{ client-secret = { command = ["sh", "-c", "echo locked >&2; exit 7"] } }"#);
    let configured = Configured::with(&file).await;
    let output = run(&mut configured.doctor(&[])).await;
    let told = configured.told(&output);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("locked\n"), "{told}");
    assert!(told.contains("sh, which is to print the secret, failed (exit status: 7)"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_not_there() {
    let file = account(r#"{ client-secret = { command = ["no-such-program", "canary"] } }"#);
    let configured = Configured::with(&file).await;
    let output = run(&mut configured.doctor(&[])).await;
    let told = configured.told(&output);
    assert_eq!(output.status.code(), Some(10), "{told}");
    assert!(told.contains("no-such-program, which is to print the secret"), "{told}");
    assert!(!told.contains("canary"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn standard_input_holds_it() {
    let configured = Configured::with(&account(r#"{ client-secret = "stdin" }"#)).await;
    let mut command = configured.doctor(&[]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let secret = format!("{}\r\n", configured.emulator.client_secret());
    child.stdin.take().unwrap().write_all(secret.as_bytes()).unwrap();
    let output = tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", configured.told(&output));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_others_may_read_is_refused() {
    let configured = Configured::with(&account(FILE)).await;
    for mode in [0o640, 0o604] {
        configured.write("secret", configured.emulator.client_secret(), mode);
        let output = run(&mut configured.doctor(&[])).await;
        let told = configured.told(&output);
        assert_eq!(output.status.code(), Some(3), "{told}");
        assert!(told.contains("Run chmod 600 FOLDER/secret"), "{told}");
        assert_eq!(configured.emulator.calls("token"), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_file_holds_none() {
    let configured = Configured::with(&account(FILE)).await;
    configured.write("secret", "\n", 0o600);
    let output = run(&mut configured.doctor(&[])).await;
    assert_eq!(output.status.code(), Some(3), "{}", configured.told(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_with_a_password() {
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/auth/files");
    let certificate = fs::read_to_string(format!("{files}/certificate.pem")).unwrap();
    let account_of = Account::contoso().certificate(&certificate).unwrap();
    let emulator = Emulator::builder().account(account_of).start().await.unwrap();
    let credential = r#"{ certificate = { path = "a.pfx", password = { file = "password" } } }"#;
    let configured = Configured::at(emulator, &account(credential));
    configured.write("a.pfx", fs::read(format!("{files}/modern.pfx")).unwrap(), 0o644);
    configured.write("password", "canary-password\n", 0o600);
    let output = run(&mut configured.doctor(&[])).await;
    let told = configured.told(&output);
    assert!(output.status.success() && !told.contains("canary"), "{told}");
    // Without a password nothing but its permissions guards the key.
    let bare = account(r#"{ certificate = { path = "a.pfx" } }"#);
    let bare = Configured::at(Emulator::start().await.unwrap(), &bare);
    bare.write("a.pfx", fs::read(format!("{files}/no-password.pfx")).unwrap(), 0o644);
    let output = run(&mut bare.doctor(&[])).await;
    #[cfg(unix)]
    assert!(bare.told(&output).contains("chmod 600"), "{}", bare.told(&output));
    assert!(!output.status.success());
}

const ISSUER: &str = "https://token.actions.githubusercontent.com";
const SUBJECT: &str = "repo:contoso/driver:ref:refs/heads/main";

/// An emulator whose application trusts a job, and the job's token. Nobody checks its signature.
async fn trusting() -> (Emulator, String) {
    let account = Account::contoso().federated_identity(ISSUER, SUBJECT);
    let emulator = Emulator::builder().account(account).start().await.unwrap();
    let (audience, end) = ("api://AzureADTokenExchange", 4_000_000_000_u32);
    let claims = json!({ "iss": ISSUER, "sub": SUBJECT, "aud": audience, "exp": end });
    let header = json!({ "alg": "RS256", "typ": "JWT" });
    let parts = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    (emulator, format!("{}.c2ln", parts.join(".")))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_federated_token_in_a_file() {
    let (emulator, token) = trusting().await;
    let configured = Configured::at(emulator, &account(r#"{ federated-token-file = "token" }"#));
    configured.write("token", token, 0o644);
    let output = run(&mut configured.doctor(&[])).await;
    assert!(output.status.success(), "{}", configured.told(&output));
}

/// By the profile's credential, and where no other credential is named.
#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_a_github_actions_job() {
    for file in [account(r#""github-actions""#), ACCOUNT.to_owned()] {
        let (emulator, token) = trusting().await;
        let url = answering("200 OK", json!({ "value": token }).to_string());
        let configured = Configured::at(emulator, &file);
        let mut command = configured.doctor(&[]);
        command.env("ACTIONS_ID_TOKEN_REQUEST_URL", &url);
        let output = run(command.env("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "canary")).await;
        let told = configured.told(&output);
        assert!(output.status.success() && !told.contains("canary"), "{told}");
        assert!(told.contains("token of a GitHub Actions job"), "{told}");
    }
}

/// As an app in Azure gets it.
#[tokio::test(flavor = "multi_thread")]
async fn a_managed_identity_that_speaks_for_the_application() {
    let (emulator, token) = trusting().await;
    let answer = json!({ "access_token": token, "expires_in": "3600" });
    let url = answering("200 OK", answer.to_string());
    let credential = r#"{ managed-identity = { client-id = "identity" } }"#;
    let configured = Configured::at(emulator, &account(credential));
    let mut command = configured.doctor(&[]);
    command.env("IDENTITY_ENDPOINT", &url).env("IDENTITY_HEADER", "canary");
    let told = configured.told(&run(&mut command).await);
    assert!(told.starts_with("exit code: 0") && !told.contains("canary"), "{told}");
    assert!(told.contains("managed identity identity (profile default"), "{told}");
}

#[cfg(not(feature = "keyring"))]
#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_was_not_built_in() {
    let credential = r#"{ client-secret = { keyring = { service = "hwdash", user = "a" } } }"#;
    let configured = Configured::with(&account(credential)).await;
    let output = run(&mut configured.doctor(&[])).await;
    let told = configured.told(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("--features keyring"), "{told}");
}

/// Each names a secret in its own way, and some hold it themselves.
const CREDENTIALS: &[&str] = &[
    r#"{ client-secret = { file = "secret" } }"#,
    r#"{ client-secret = { command = ["echo", "canary"] } }"#,
    r#"{ client-secret = "canary" }"#,
    r#"{ certificate = { path = "secret", password = { file = "secret" } } }"#,
    r#"{ federated-token-file = "token" }"#,
    r#""github-actions""#,
    r#""canary""#,
];

const VARIABLES: &[&[(&str, &str)]] = &[
    &[],
    &[("AZURE_CLIENT_SECRET", "canary")],
    &[("AZURE_CLIENT_CERTIFICATE_PATH", "secret"), ("AZURE_CLIENT_CERTIFICATE_PASSWORD", "canary")],
    &[("AZURE_FEDERATED_TOKEN_FILE", "token")],
    &[
        ("ACTIONS_ID_TOKEN_REQUEST_URL", "http://127.0.0.1:9/?canary"),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "canary"),
    ],
    &[("SDCM_CREDS_TENANTID", "a"), ("SDCM_CREDS_CLIENTID", "b"), ("SDCM_CREDS_KEY", "canary")],
];

/// Whatever `doctor` finds, right or wrong: it says where, never what.
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_ever_printed() {
    let configured = Configured::with("").await;
    configured.write("secret", "canary", 0o600);
    configured.write("token", "e30.Y2FuYXJ5.canary", 0o600);
    let sdcm = r#"[{ "tenantId": "a", "clientId": "b", "key": "canary" }]"#;
    configured.write("authconfig.json", sdcm, 0o600);
    let without = configured.filled_in(ACCOUNT);
    let with = |credential: &&str| format!("{without}credential = {credential}\n");
    for file in CREDENTIALS.iter().map(with).chain([without.clone()]) {
        configured.write("config.toml", &file, 0o600);
        for variables in VARIABLES {
            let mut command = configured.doctor(&[]);
            command.envs(variables.iter().copied());
            command.env("HTTPS_PROXY", "http://name:canary@proxy.example");
            let told = shown(&run(&mut command).await);
            assert!(!told.contains("canary"), "{file}{variables:?}\n{told}");
            assert!(told.contains("credentials"), "{file}{variables:?}\n{told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_token_holds_is_told_and_the_token_is_not() {
    let configured = Configured::with("").await;
    let mut command = configured.doctor(&[]);
    let output = run(at(&mut command, &configured.emulator)).await;
    let told = shown(&output);
    assert!(told.contains("DriverSubmitter"), "{told}");
    assert!(!told.contains("eyJ") && !told.contains(configured.emulator.client_secret()), "{told}");
}
