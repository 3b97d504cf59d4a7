//! Every credential, by real sockets: against the emulator, and against small servers that stand for
//! whoever else gives tokens.

mod certificate;
mod chain;
mod environment;
mod federated;
mod managed_identity;
mod passing;
mod secrets;
mod server;

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hardware_dashboard::{
    Client, ClientBuilder, Error, RetryPolicy, auth::Credential, model::ProductId,
};
use hardware_dashboard_emulator::{Account, Emulator};
use serde_json::{Value, json};

/// An issuer that the emulator's application trusts, and its subject.
const ISSUER: &str = "https://token.actions.githubusercontent.com";
const SUBJECT: &str = "repo:contoso/driver:environment:release";

const AUDIENCE: &str = "api://AzureADTokenExchange";

/// The text of a file in `auth/files`.
macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/auth/files/", $name)).as_slice()
    };
}
pub(crate) use file;

pub(crate) fn path_of(file: &str) -> String {
    format!("{}/tests/auth/files/{file}", env!("CARGO_MANIFEST_DIR"))
}

/// An emulator whose application has a secret, a certificate and a federated credential.
async fn emulator() -> Emulator {
    let certificate = String::from_utf8_lossy(file!("certificate.pem"));
    let account = Account::contoso()
        .certificate(&certificate)
        .expect("it is a certificate")
        .federated_identity(ISSUER, SUBJECT);
    Emulator::builder().account(account).start().await.expect("the emulator starts")
}

/// A client of the emulator that repeats soon.
fn builder(emulator: &Emulator) -> ClientBuilder {
    Client::builder()
        .api_base_url(emulator.api_base_url())
        .authority_url(emulator.authority_url())
        .retry(impatient())
}

/// How often what passes is tried in these tests.
const ATTEMPTS: u32 = 4;

fn impatient() -> RetryPolicy {
    RetryPolicy::default().max_attempts(ATTEMPTS).max_delay(Duration::from_millis(1))
}

/// Makes a call that needs a token. A product that does not exist will do.
async fn call(client: &Client) -> Result<(), Error> {
    match client.product(ProductId::new(1)).get().await {
        Err(error) if error.is_not_found() => Ok(()),
        Err(error) => Err(error),
        Ok(product) => panic!("the emulator is empty, but it gave {product:?}"),
    }
}

/// Makes a call with this credential.
async fn call_with(
    emulator: &Emulator,
    credential: impl Credential + 'static,
) -> Result<(), Error> {
    let client = builder(emulator).credential(credential).build().expect("the settings are valid");
    call(&client).await
}

/// A token of somebody else, as far as the emulator checks it.
fn token_of(issuer: &str, subject: &str, audience: &str) -> String {
    let now = chrono::Utc::now().timestamp();
    let claims = json!({ "iss": issuer, "sub": subject, "aud": audience, "exp": now + 300 });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2lnbmF0dXJl", part(&json!({ "alg": "RS256", "typ": "JWT" })), part(&claims))
}
