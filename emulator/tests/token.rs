//! The token endpoint, and what the API makes of tokens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hardware_dashboard_emulator::{Account, Emulator, Role};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, builder, check, pass, send, start, token};

const RESOURCE: &str = "https://manage.devcenter.microsoft.com";

/// A token request of the main account, with one parameter set otherwise or, if empty, left out.
async fn ask(emulator: &Emulator, name: &str, value: &str) -> Answer {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", emulator.client_id()),
        ("client_secret", emulator.client_secret()),
        ("resource", RESOURCE),
    ];
    let changed = form.map(|(field, given)| (field, if field == name { value } else { given }));
    let form: Vec<_> = changed.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    token(emulator, emulator.tenant_id(), &form).await
}

/// What a refusal says: status, error, AADSTS code; the text must name the code.
#[track_caller]
fn refusal(answer: &Answer) -> (u16, String, u64) {
    let code = answer.body["error_codes"][0].as_u64().expect("an AADSTS code");
    let text = answer.body["error_description"].as_str().expect("a description");
    assert!(text.starts_with(&format!("AADSTS{code}: ")), "{text}");
    for field in ["timestamp", "trace_id", "correlation_id", "error_uri"] {
        assert!(answer.body[field].is_string(), "{field} is missing: {:#}", answer.body);
    }
    (answer.status.as_u16(), answer.body["error"].as_str().unwrap_or_default().to_owned(), code)
}

#[tokio::test]
async fn version_1_answers_numbers_as_strings() {
    let emulator = start().await;
    let answer = ask(&emulator, "", "").await.expect(200);
    for field in ["expires_in", "ext_expires_in", "expires_on", "not_before"] {
        let text = answer[field].as_str().unwrap_or_default();
        assert!(text.parse::<u64>().is_ok(), "{field}: {}", answer[field]);
    }
    assert_eq!(answer["expires_in"], "3600");
    assert_eq!(answer["resource"], RESOURCE);
    let token = answer["access_token"].as_str().expect("a token");
    let parts: Vec<Value> = token
        .split('.')
        .take(2)
        .map(|part| URL_SAFE_NO_PAD.decode(part).expect("base64url"))
        .map(|json| serde_json::from_slice(&json).expect("JSON"))
        .collect();
    assert_eq!(token.split('.').count(), 3);
    assert_eq!(parts[1]["aud"], RESOURCE);
    assert_eq!(parts[1]["tid"], emulator.tenant_id());
    assert_eq!(parts[1]["appid"], emulator.client_id());
    assert!(parts[1]["exp"].is_u64());
}

#[tokio::test]
async fn version_2_takes_a_scope_and_answers_numbers() {
    let emulator = start().await;
    let (tenant, origin) = (emulator.tenant_id(), emulator.authority_url());
    let url = format!("{origin}/{tenant}/oauth2/v2.0/token");
    let ask = |scope: &'static str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", emulator.client_id()),
            ("client_secret", emulator.client_secret()),
            ("scope", scope),
        ];
        send(reqwest::Client::new().post(&url).form(&form))
    };
    let answer = ask("https://manage.devcenter.microsoft.com/.default").await.expect(200);
    assert_eq!(answer["expires_in"], 3600);
    let both = [
        ("grant_type", "client_credentials"),
        ("client_id", emulator.client_id()),
        ("client_secret", emulator.client_secret()),
        ("scope", "https://manage.devcenter.microsoft.com/.default"),
        ("resource", RESOURCE),
    ];
    let refused = send(reqwest::Client::new().post(&url).form(&both)).await;
    assert_eq!(refusal(&refused), (400, "invalid_request".to_owned(), 901_002));
    let refused = ask("https://manage.devcenter.microsoft.com").await;
    assert_eq!(refusal(&refused), (400, "invalid_scope".to_owned(), 1_002_012));
}

#[tokio::test]
async fn wrong_credentials_are_told_apart() {
    let emulator = start().await;
    let refused = |status, error: &str, code| (status, error.to_owned(), code);
    let answer = ask(&emulator, "client_secret", "wrong").await;
    assert_eq!(refusal(&answer), refused(401, "invalid_client", 7_000_215));
    let answer = ask(&emulator, "client_secret", "").await;
    assert_eq!(refusal(&answer), refused(401, "invalid_client", 7_000_218));
    let answer = ask(&emulator, "client_id", "00000000-0000-4000-8000-000000000000").await;
    assert_eq!(refusal(&answer), refused(400, "unauthorized_client", 700_016));
    let answer = ask(&emulator, "resource", "https://example.com").await;
    assert_eq!(refusal(&answer), refused(400, "invalid_resource", 500_011));
    for parameter in ["grant_type", "client_id", "resource"] {
        let answer = ask(&emulator, parameter, "").await;
        assert_eq!(refusal(&answer), refused(400, "invalid_request", 900_144));
        let text = answer.body["error_description"].as_str().unwrap_or_default();
        assert!(text.contains(parameter), "{text}");
    }
    let answer = token(&emulator, "nobody.example", &[]).await;
    assert_eq!(refusal(&answer), refused(400, "invalid_request", 90_002));
}

#[tokio::test]
async fn what_is_no_form_holds_no_parameters() {
    let emulator = start().await;
    let url = format!("{}/{}/oauth2/token", emulator.authority_url(), emulator.tenant_id());
    let (id, secret) = (emulator.client_id(), emulator.client_secret());
    let form = format!(
        "grant_type=client_credentials&client_id={id}&client_secret={secret}&resource={RESOURCE}"
    );
    for media_type in ["application/json", "text/plain"] {
        let request = reqwest::Client::new().post(&url).header("content-type", media_type);
        let answer = send(request.body(form.clone())).await;
        assert_eq!(refusal(&answer), (400, "invalid_request".to_owned(), 900_144), "{media_type}");
    }
}

#[tokio::test]
async fn a_token_lives_for_an_hour() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    pass(&emulator, 3599);
    client.get("products").await.expect(200);
    pass(&emulator, 1);
    client.get("products").await.expect(401);
    check(&emulator);
}

#[tokio::test]
async fn a_token_that_is_none_is_refused() {
    let emulator = start().await;
    let url = format!("{}/hardware/products", emulator.api_base_url());
    let request = || reqwest::Client::new().request(Method::GET, &url);
    send(request()).await.expect(401);
    send(request().bearer_auth("made.up.token")).await.expect(401);
    send(request().header("authorization", "Basic eA==")).await.expect(401);
    // So does the service itself.
    let body = send(request().header("authorization", "Bearer ")).await.expect(500);
    assert_eq!(body, json!({ "statusCode": 500, "message": "Internal server error" }));
    check(&emulator);
}

#[tokio::test]
async fn a_missing_role_is_forbidden_without_a_reason() {
    let account = Account::contoso().without_role(Role::DriverSubmitter);
    let emulator = builder().account(account).start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let body = client.get("products").await.expect(403);
    assert_eq!(body, json!({ "statusCode": 403, "message": "Forbidden" }));
    check(&emulator);
}
