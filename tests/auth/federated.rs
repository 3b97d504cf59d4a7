//! Tokens of somebody else in the place of a secret.

use hardware_dashboard::auth::{FederatedToken, ManagedIdentity};
use serde_json::json;

use super::{
    AUDIENCE, ISSUER, SUBJECT, builder, call, call_with, emulator, server::Server, token_of,
};

#[tokio::test]
async fn a_file_is_read_anew_for_each_token() {
    let emulator = emulator().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, token_of(ISSUER, SUBJECT, AUDIENCE) + "\n").unwrap();
    let (tenant, application) = (emulator.tenant_id(), emulator.client_id());
    let credential = FederatedToken::from_file(tenant, application, file.path());
    let client = builder(&emulator).credential(credential).build().unwrap();
    call(&client).await.unwrap();
    std::fs::write(&file, token_of(ISSUER, "repo:contoso/other", AUDIENCE)).unwrap();
    call(&client).await.expect("the first token still lives");
    // On the emulator's clock alone: the answer 401 asks for a new token.
    emulator.clock().advance(std::time::Duration::from_secs(3601));
    assert_eq!(call(&client).await.unwrap_err().code(), Some("AADSTS700213"));
}

#[tokio::test]
async fn a_token_that_the_application_does_not_trust_is_refused_with_its_code() {
    let emulator = emulator().await;
    let (tenant, client) = (emulator.tenant_id(), emulator.client_id());
    for (token, code) in [
        (token_of("https://example.com", SUBJECT, AUDIENCE), "AADSTS700211"),
        (token_of(ISSUER, SUBJECT, "api://other"), "AADSTS700212"),
        (token_of(ISSUER, "repo:contoso/other", AUDIENCE), "AADSTS700213"),
        ("no.token".to_owned(), "AADSTS50027"),
    ] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, &token).unwrap();
        let credential = FederatedToken::from_file(tenant, client, file.path());
        let error = call_with(&emulator, credential).await.unwrap_err();
        assert_eq!(error.code(), Some(code), "{error}");
        assert!(error.is_auth() && !error.hint().is_empty());
    }
}

#[tokio::test]
async fn a_file_without_a_token_is_named() {
    let emulator = emulator().await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let empty = FederatedToken::from_file("tenant", "client", file.path());
    let error = call_with(&emulator, empty).await.unwrap_err();
    assert!(error.is_input() && error.to_string().contains("is empty"), "{error}");
    let missing = FederatedToken::from_file("tenant", "client", "/nowhere/token");
    let error = call_with(&emulator, missing).await.unwrap_err();
    assert!(error.is_file() && error.to_string().contains("/nowhere/token"), "{error}");
    assert_eq!(emulator.calls("token"), 0);
}

#[tokio::test]
async fn github_gives_the_token_of_a_job() {
    let github = Server::start(|_, asked| {
        let audience = asked.parameter("audience").unwrap_or_default();
        (200, json!({ "count": 1, "value": token_of(ISSUER, SUBJECT, &audience) }))
    })
    .await;
    let emulator = emulator().await;
    let url = format!("{}/idtoken?api-version=2.0", github.origin());
    let (tenant, client) = (emulator.tenant_id(), emulator.client_id());
    let credential = FederatedToken::github_actions_at(tenant, client, url, "request-token");
    call_with(&emulator, credential).await.unwrap();
    let asked = github.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].uri.path(), "/idtoken");
    assert_eq!(asked[0].parameter("api-version").as_deref(), Some("2.0"));
    assert_eq!(asked[0].parameter("audience").as_deref(), Some(AUDIENCE));
    assert_eq!(asked[0].header("authorization"), Some("Bearer request-token"));
}

#[tokio::test]
async fn github_may_be_busy_or_refuse() {
    let github = Server::start(|number, _| match number {
        1 => (503, json!({})),
        _ => (401, json!({ "message": "no" })),
    })
    .await;
    let emulator = emulator().await;
    let credential =
        FederatedToken::github_actions_at("tenant", "client", github.origin(), "request-token");
    let error = call_with(&emulator, credential).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
    assert_eq!(github.asked().len(), 2);
    let far = "http://example.com/token";
    let open = FederatedToken::github_actions_at("tenant", "client", far, "request-token");
    let error = call_with(&emulator, open).await.unwrap_err();
    assert!(error.is_input() && error.to_string().contains("https"), "{error}");
}

#[tokio::test]
async fn a_managed_identity_speaks_for_an_application() {
    let imds = Server::start(|_, asked| {
        let resource = asked.parameter("resource").unwrap_or_default();
        let token = token_of(ISSUER, SUBJECT, &resource);
        (200, json!({ "access_token": token, "expires_in": "86400" }))
    })
    .await;
    let emulator = emulator().await;
    let identity = ManagedIdentity::user_assigned("identity").imds_url(imds.origin());
    let (tenant, client) = (emulator.tenant_id(), emulator.client_id());
    let credential = FederatedToken::from_managed_identity(tenant, client, identity);
    call_with(&emulator, credential).await.unwrap();
    let asked = imds.asked();
    assert_eq!(asked[0].parameter("resource").as_deref(), Some(AUDIENCE));
    assert_eq!(asked[0].parameter("client_id").as_deref(), Some("identity"));
}
