//! What stands in a recording, and what does not.

use std::sync::Arc;

use http::{Request, Response};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Origin, Recorder, scrub::Scrubber};
use crate::body::{Body, full, section};

/// The file of one exchange; `None` if nothing was written.
async fn recorded(request: Request<Body>, response: Response<Body>) -> Option<String> {
    recorded_as("getProduct", request, response).await
}

async fn recorded_as(
    operation: &str,
    request: Request<Body>,
    response: Response<Body>,
) -> Option<String> {
    let folder = TempDir::new().unwrap();
    let recorder = Arc::new(Recorder::create(folder.path(), Origin::Service).unwrap());
    let (request, recording) = recorder.begin(operation, request);
    request.into_body().collect().await.unwrap();
    let response = recording.answer(response).await;
    let status = response.status().as_u16();
    // It may break off.
    let _ = response.into_body().collect().await;
    let file = folder.path().join(format!("{operation}/0001-{status}.json"));
    std::fs::read_to_string(file).ok()
}

async fn recorded_json(request: Request<Body>, response: Response<Body>) -> Value {
    serde_json::from_str(&recorded(request, response).await.unwrap()).unwrap()
}

fn get() -> Request<Body> {
    Request::get("/v2.0/my/hardware/products/1?a=b").body(full("")).unwrap()
}

fn answer(text: &'static str) -> Response<Body> {
    Response::new(full(text))
}

#[tokio::test]
async fn fields_stay_in_their_order() {
    let text = recorded(get(), answer(r#"{"b":1,"a":{"d":14472380114936105,"c":null}}"#)).await;
    let text = text.unwrap();
    let places = ["\"b\"", "\"a\"", "\"d\": 14472380114936105", "\"c\": null"];
    let places = places.map(|part| text.find(part).unwrap_or_else(|| panic!("{part} in {text}")));
    assert!(places.is_sorted(), "{text}");
}

#[tokio::test]
async fn an_answer_that_repeats_a_secret_is_scrubbed() {
    let request = || Request::post("/t/oauth2/token");
    let form = request()
        .header("content-type", "application/x-www-form-urlencoded")
        .body(full("client_id=me&client_secret=s3cret~word&assertion=a.b.c"));
    let echo = answer("we do not know s3cret~word");
    let file = recorded_json(form.unwrap(), echo).await;
    let form = json!({ "client_id": "me", "client_secret": "{secret}", "assertion": "{secret}" });
    assert_eq!(file["request"]["form"], form);
    assert_eq!(file["response"]["text"], "we do not know REDACTED");

    let bearer = request().header("authorization", "bearer an-opaque-token").body(full(""));
    let file = recorded_json(bearer.unwrap(), answer(r#"["not an-opaque-token"]"#)).await;
    assert_eq!(file["request"]["headers"], json!({ "authorization": "bearer {token}" }));
    assert_eq!(file["response"]["body"], json!(["not REDACTED"]));
}

async fn recorded_token_request(
    body: &'static str,
    media_type: &str,
    echo: Response<Body>,
) -> Value {
    let request = Request::post("/t/oauth2/token").header("content-type", media_type);
    let text = recorded_as("token", request.body(full(body)).unwrap(), echo).await.unwrap();
    assert!(!text.contains("s3cret"), "{text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_token_request_of_the_wrong_type_is_read_as_a_form() {
    let form = "client_id=me&client_secret=s3cret%7Eword";
    for media_type in ["text/plain", "application/json", ""] {
        let file = recorded_token_request(form, media_type, answer("no s3cret~word")).await;
        let clean = json!({ "client_id": "me", "client_secret": "{secret}" });
        assert_eq!(file["request"]["form"], clean, "{media_type}");
    }
}

#[tokio::test]
async fn a_token_request_that_is_no_form_is_left_out() {
    for body in [r#"{"client_secret":"s3cret-word"}"#, "s3cret-word", "s3cret-word=1&client_id=me"]
    {
        for media_type in ["application/json", "application/x-www-form-urlencoded", "text/plain"] {
            let file = recorded_token_request(body, media_type, answer("")).await;
            assert_eq!(file["request"]["body"], Value::Null);
            let about = file["about"].as_str().unwrap();
            assert!(about.contains("the body of the request holds unknown fields"), "{about}");
        }
    }
}

#[tokio::test]
async fn a_request_of_plain_text_is_left_out() {
    let request = Request::post("/v2.0/my/hardware/products").body(full("client_secret=s3cret"));
    let file = recorded_json(request.unwrap(), answer("")).await;
    assert_eq!(file["request"]["body"], Value::Null);
    assert_eq!(file["request"].get("base64"), None);
    let about = file["about"].as_str().unwrap();
    assert!(about.contains("the body of the request is neither JSON nor a form"), "{about}");
}

#[tokio::test]
async fn harmless_fields_are_no_secrets() {
    let form = "grant_type=client_credentials&client_id=an-application&client_secret=s3cret-word";
    let echo = answer("client_credentials of an-application, s3cret-word");
    let media_type = "application/x-www-form-urlencoded";
    let file = recorded_token_request(form, media_type, echo).await;
    let text = "client_credentials of an-application, REDACTED";
    assert_eq!(file["response"]["text"], text);
}

#[tokio::test]
async fn a_secret_is_found_in_every_spelling() {
    let form = "client_id=me&client_secret=s3cret+%7E%22%2F%C3%A9";
    let echo = "s3cret ~\"/é s3cret+%7E%22%2F%C3%A9 s3cret%20~%22%2F%C3%A9 \
                s3cret%20~%22%2f%c3%a9 s3cret ~\\\"/é .";
    let media_type = "application/x-www-form-urlencoded";
    let file = recorded_token_request(form, media_type, answer(echo)).await;
    let text = ["REDACTED"; 5].join(" ") + " .";
    assert_eq!(file["response"]["text"], text);
}

#[tokio::test]
async fn no_tail_of_a_longer_secret_stays() {
    let form = "client_id=me&client_secret=s3cret-word&assertion=s3cret-word-and-tail";
    let media_type = "application/x-www-form-urlencoded";
    let echo = answer("s3cret-word-and-tail, s3cret-word");
    let file = recorded_token_request(form, media_type, echo).await;
    assert_eq!(file["response"]["text"], "REDACTED, REDACTED");
}

#[tokio::test]
async fn of_a_query_only_known_values_stay() {
    for (query, clean) in [
        ("client_secret=s3cret&x", "client_secret=REDACTED&REDACTED"),
        (
            "pageSize=7&includeTargetingInfo=true&continuationToken=c",
            "pageSize=7&includeTargetingInfo=true&continuationToken=c",
        ),
        ("sig%253Ds3cret", "REDACTED"),
        (
            "continuationToken=a%253Fsig%253Ds3cret%2526b",
            "continuationToken=a%253Fsig%253DREDACTED%2526b",
        ),
    ] {
        let request = Request::get(format!("/v2.0/my/hardware/products?{query}"));
        let file = recorded_json(request.body(full("")).unwrap(), answer("")).await;
        assert_eq!(file["request"]["path"], format!("/v2.0/my/hardware/products?{clean}"));
    }
}

#[tokio::test]
async fn names_of_fields_are_scrubbed_too() {
    let json = r#"{"https://a.example/b?sig=s3cret":1,"sig":"s3cret-word","s3cret-word":2}"#;
    let file = recorded_json(get(), answer(json)).await;
    let clean = json!({ "https://a.example/b?sig=REDACTED": 1, "sig": "REDACTED", "REDACTED": 2 });
    assert_eq!(file["response"]["body"], clean);
}

#[tokio::test]
async fn tokens_in_json_are_replaced_by_name() {
    let file =
        recorded_json(get(), answer(r#"{"access_token":"short","x":{"id_token":"t"}}"#)).await;
    let clean = json!({ "access_token": "REDACTED", "x": { "id_token": "REDACTED" } });
    assert_eq!(file["response"]["body"], clean);
}

#[tokio::test]
async fn headers_that_matter_stay() {
    let response = Response::builder()
        .status(429)
        .header("retry-after", "7")
        .header("x-ms-ratelimit-remaining", "0")
        .header("set-cookie", "a=b")
        .header("date", "Mon, 01 Jan 2024 00:00:00 GMT")
        .body(full(""));
    let file = recorded_json(get(), response.unwrap()).await;
    let headers = json!({ "retry-after": "7", "x-ms-ratelimit-remaining": "0" });
    assert_eq!(file["response"]["headers"], headers);
    assert_eq!(file["response"]["body"], Value::Null);
    assert_eq!(file["request"]["path"], "/v2.0/my/hardware/products/1?a=REDACTED");
}

#[tokio::test]
async fn json_that_is_cut_off_is_text() {
    let file = recorded_json(get(), answer(r#"{"id": 1, "na"#)).await;
    assert_eq!(file["response"]["text"], r#"{"id": 1, "na"#);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_recorded() {
    let file = tempfile::tempfile().unwrap();
    file.set_len(9).unwrap();
    // A byte more than there is.
    let body = section(tokio::fs::File::from_std(file), 10);
    assert_eq!(recorded(get(), Response::new(body)).await, None);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_left_out() {
    let file = recorded_json(get(), Response::new(full(vec![b' '; (4 << 20) + 1]))).await;
    assert_eq!(file["response"]["body"], Value::Null);
    let about = file["about"].as_str().unwrap();
    assert!(about.contains("the body of the answer of 4194305 bytes is left out"), "{about}");
}

fn scrubbed(text: &str) -> String {
    Scrubber::default().text(text)
}

#[test]
fn the_signature_of_a_sas_url_goes_and_the_rest_stays() {
    let url = "https://a.example/c/b?sv=2024-05-04&skoid=1f2e&sktid=3c4d&sp=r&sig=aB%2Fc%3D&se=9";
    let clean =
        "https://a.example/c/b?sv=2024-05-04&skoid=REDACTED&sktid=REDACTED&sp=r&sig=REDACTED&se=9";
    assert_eq!(scrubbed(url), clean);
    assert_eq!(scrubbed(clean), clean);
}

#[test]
fn a_signature_is_found_wherever_it_stands() {
    for (text, clean) in [
        ("see https://a.example/b?SIG=ab+/= or not", "see https://a.example/b?SIG=REDACTED or not"),
        ("<a href=\"u?x&amp;sig=ab\">", "<a href=\"u?x&amp;sig=REDACTED\">"),
        ("/go?to=b%3Fsig%3Dab%252B%26x%3D1", "/go?to=b%3Fsig%3DREDACTED%26x%3D1"),
        ("/go?to=sig%253Ds3cret%2526x", "/go?to=sig%253DREDACTED%2526x"),
        (r"/b?a\u0026sig\u003ds3cret\u0026c", r"/b?a\u0026sig\u003dREDACTED\u0026c"),
        ("/b?sig&#61;s3cret&amp;c", "/b?sig&#61;REDACTED&amp;c"),
        ("sig=a sig=b", "sig=REDACTED sig=REDACTED"),
        ("sig=", "sig=REDACTED"),
        ("a design, a signature", "a design, a signature"),
    ] {
        assert_eq!(scrubbed(text), clean);
    }
}

#[test]
fn of_the_query_of_a_url_only_known_values_stay() {
    for (text, clean) in [
        (
            "https://a.example/?code=s3cret&pageSize=1",
            "https://a.example/?code=REDACTED&pageSize=1",
        ),
        ("<http://a.example/?x=s3cret&amp;sp=r>", "<http://a.example/?x=REDACTED&amp;sp=r>"),
        (
            r#""https://a.example/?sv=1\u0026x=s3cret\""#,
            r#""https://a.example/?sv=1\u0026x=REDACTED\""#,
        ),
        ("https://me:s3cret@a.example/b", "https://REDACTED@a.example/b"),
        ("https://a.example/b#access=s3cret", "https://a.example/b#REDACTED"),
        ("HTTPS://a.example/?s3cret and ftp://a?b", "HTTPS://a.example/?REDACTED and ftp://a?b"),
    ] {
        assert_eq!(scrubbed(text), clean);
    }
}

#[test]
fn what_looks_like_a_token_goes() {
    assert_eq!(scrubbed("token eyJ0eXAi.eyJhdWQi.c2ln, he says"), "token REDACTED, he says");
    assert_eq!(scrubbed("jwe eyJhbGci.b2.aXY.Y2lw.dGFn"), "jwe REDACTED");
    assert_eq!(scrubbed("eyJ0eXAi alone is none"), "eyJ0eXAi alone is none");
}
