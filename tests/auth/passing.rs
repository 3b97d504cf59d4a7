//! Failures of the token endpoint that pass by themselves.

use std::sync::{Arc, Mutex};

use hardware_dashboard::{Client, Error, Event, Reporter, Stage, auth::ClientSecret};
use serde_json::json;

use super::{ATTEMPTS, call, impatient, server::Server};

/// Remembers what was said to be repeated.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Reporter for Told {
    fn event(&self, event: &Event<'_>) {
        if let Event::Retrying { operation, reason, .. } = event {
            self.0.lock().unwrap().push(format!("{operation}: {reason}"));
        }
    }
}

async fn call_at(origin: &str, told: &Told) -> Result<(), Error> {
    let client = Client::builder()
        .api_base_url(format!("{origin}/v2.0/my"))
        .authority_url(origin)
        .credential(ClientSecret::new("tenant", "client", "secret"))
        .retry(impatient())
        .reporter(told.clone())
        .build()
        .expect("the settings are valid");
    call(&client).await
}

#[tokio::test]
async fn what_passes_is_repeated_and_told() {
    let server = Server::start(|number, asked| match number {
        _ if asked.uri.path().contains("/my/") => (404, json!({})),
        1 => (429, json!({})),
        2 => (503, json!({})),
        _ => (200, json!({ "access_token": "token", "token_type": "Bearer" })),
    })
    .await;
    let told = Told::default();
    call_at(&server.origin(), &told).await.unwrap();
    let told = told.0.lock().unwrap();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("token: the token endpoint") && told[0].contains("429"));
    assert!(told[1].contains("503"));
}

#[tokio::test]
async fn attempts_end() {
    let server = Server::start(|_, _| (500, json!({}))).await;
    let error = call_at(&server.origin(), &Told::default()).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(500));
    assert!(!error.is_auth() && !error.may_have_been_applied());
    assert_eq!(server.asked().len() as u32, ATTEMPTS);
}

#[tokio::test]
async fn a_host_that_is_not_there_is_told_soon() {
    let told = Told::default();
    let error = call_at("http://127.0.0.1:1", &told).await.unwrap_err();
    assert!(error.is_connect() && !error.is_credential_absent());
    assert_eq!(told.0.lock().unwrap().len(), 2, "three attempts in all");
}

#[tokio::test]
async fn a_page_in_the_place_of_a_token_is_no_refusal() {
    let server = Server::start(|_, _| (200, json!("Welcome to the network of this hotel"))).await;
    let error = call_at(&server.origin(), &Told::default()).await.unwrap_err();
    assert_eq!(error.stage(), Stage::Token);
    assert!(error.is_decode() && !error.is_auth(), "{error:?}");
    assert!(error.correlation_id().is_some() && error.request_id().is_none(), "{error:?}");
}
