//! Managed identities: the metadata service of a machine and the endpoint of an app. A server stands
//! for both, and for the API that gets their token.

use hardware_dashboard::{Client, Error, auth::ManagedIdentity};
use serde_json::{Value, json};

use super::{
    call, impatient,
    server::{Asked, Reply, Server},
};

const RESOURCE: &str = "https://manage.devcenter.microsoft.com";

fn is_api(asked: &Asked) -> bool {
    asked.uri.path().starts_with("/v2.0/my/")
}

/// Answers the API's calls itself, and others with `reply`.
async fn server(reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |number, asked| match is_api(asked) {
        true => (404, json!({})),
        false => reply(number),
    })
    .await
}

async fn call_as(server: &Server, identity: ManagedIdentity) -> Result<(), Error> {
    let client = Client::builder()
        .api_base_url(format!("{}/v2.0/my", server.origin()))
        .credential(identity)
        .retry(impatient())
        .build()
        .expect("the settings are valid");
    call(&client).await
}

/// As the metadata service answers: with numbers as text.
fn token() -> Value {
    json!({ "access_token": "identity-token", "expires_in": "86399", "token_type": "Bearer" })
}

#[tokio::test]
async fn the_metadata_service_is_asked_as_documented() {
    let server = server(|_| (200, token())).await;
    let identity = ManagedIdentity::system_assigned().imds_url(server.origin());
    call_as(&server, identity).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked[0].uri.path(), "/metadata/identity/oauth2/token");
    assert_eq!(asked[0].header("metadata"), Some("true"));
    assert_eq!(asked[0].parameter("api-version").as_deref(), Some("2018-02-01"));
    assert_eq!(asked[0].parameter("resource").as_deref(), Some(RESOURCE));
    assert_eq!(asked[0].parameter("client_id"), None);
    assert_eq!(asked[1].header("authorization"), Some("Bearer identity-token"));
}

#[tokio::test]
async fn the_endpoint_of_an_app_is_asked_as_documented() {
    let end = chrono::Utc::now().timestamp() + 86_400;
    let answer = json!({ "access_token": "app-token", "expires_on": end.to_string() });
    let server = server(move |_| (200, answer.clone())).await;
    let identity = ManagedIdentity::user_assigned("identity")
        .app_service(format!("{}/msi/token", server.origin()), "proof");
    call_as(&server, identity).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked[0].uri.path(), "/msi/token");
    assert_eq!(asked[0].header("x-identity-header"), Some("proof"));
    assert_eq!(asked[0].parameter("api-version").as_deref(), Some("2019-08-01"));
    assert_eq!(asked[0].parameter("client_id").as_deref(), Some("identity"));
    assert_eq!(asked[1].header("authorization"), Some("Bearer app-token"));
}

#[tokio::test]
async fn what_azure_says_to_repeat_is_repeated() {
    let server = server(|number| match number {
        1 => (404, json!({})),
        2 => (429, json!({})),
        3 => (500, json!({ "error": "unknown", "error_description": "Failed to retrieve token" })),
        _ => (200, token()),
    })
    .await;
    let identity = ManagedIdentity::system_assigned().imds_url(server.origin());
    call_as(&server, identity).await.unwrap();
    assert_eq!(server.asked().iter().filter(|asked| !is_api(asked)).count(), 4);
}

#[tokio::test]
async fn an_update_of_the_metadata_service_is_waited_for() {
    let server = server(|_| (410, json!({}))).await;
    let identity = ManagedIdentity::system_assigned().imds_url(server.origin());
    let client = Client::builder()
        .api_base_url(format!("{}/v2.0/my", server.origin()))
        .credential(identity)
        .retry(impatient().max_attempts(1))
        .build()
        .unwrap();
    let error = call(&client).await.unwrap_err();
    assert!(error.retry_after().is_some_and(|wait| wait.as_secs() * 5 > 70), "{error:?}");
}

#[tokio::test]
async fn an_identity_that_was_not_assigned_is_absent() {
    let body = json!({ "error": "invalid_request", "error_description": "Identity not found" });
    let server = server(move |_| (400, body.clone())).await;
    let identity = ManagedIdentity::system_assigned().imds_url(server.origin());
    let error = call_as(&server, identity).await.unwrap_err();
    assert!(error.is_credential_absent(), "{error}");
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_resource_that_entra_refuses_is_a_refusal() {
    let body = json!({
        "error": "invalid_resource",
        "error_description": "AADSTS500011: The resource principal was not found.",
    });
    let server = server(move |_| (400, body.clone())).await;
    let identity = ManagedIdentity::system_assigned().imds_url(server.origin());
    let error = call_as(&server, identity).await.unwrap_err();
    assert_eq!(error.code(), Some("AADSTS500011"));
    assert!(error.is_auth() && !error.is_credential_absent());
}

#[tokio::test]
async fn a_machine_without_metadata_service_has_no_identity() {
    let server = server(|_| (200, token())).await;
    let identity = ManagedIdentity::system_assigned().imds_url("http://127.0.0.1:1");
    let error = call_as(&server, identity).await.unwrap_err();
    assert!(error.is_credential_absent(), "{error}");
    let outside = ManagedIdentity::system_assigned().imds_url("http://example.com");
    let error = call_as(&server, outside).await.unwrap_err();
    assert!(error.is_input() && error.to_string().contains("https"), "{error}");
}
