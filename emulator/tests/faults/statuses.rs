//! Error answers and pages in place of answers.

use std::time::SystemTime;

use chrono::{DateTime, TimeDelta, Utc};
use hardware_dashboard_emulator::{Fault, FaultKind, RetryAfter};
use reqwest::{Method, Response, header};
use serde_json::json;

use super::{create, end, json_of, products, start};
use crate::support::{Client, echo_cab, shown, token};

fn retry_after(response: &Response) -> Option<&str> {
    let value = response.headers().get(header::RETRY_AFTER)?;
    Some(value.to_str().expect("text"))
}

/// Creates a product where the fault is, which must not do it, and once more, which must.
async fn in_place_of_creation(fault: FaultKind, looks: impl AsyncFnOnce(Response)) {
    let emulator = start(Fault::on("createProduct", fault)).await;
    let client = Client::new(&emulator).await;
    looks(create(&client).await.expect("an answer")).await;
    assert_eq!(products(&client).await, 0);
    assert_eq!(create(&client).await.expect("an answer").status(), 201);
    assert_eq!(products(&client).await, 1);
    end(&emulator);
}

#[tokio::test]
async fn statuses_come_in_place_of_the_call() {
    let messages = [
        (429, "Rate limit is exceeded. Try again later."),
        (500, "Internal Server Error"),
        (502, "Bad Gateway"),
        (503, "Service Unavailable"),
    ];
    for (status, message) in messages {
        in_place_of_creation(FaultKind::status(status), async |response| {
            assert_eq!(response.status(), status);
            assert_eq!(retry_after(&response), None);
            let body = json_of(response).await;
            assert_eq!(body, json!({ "statusCode": status, "message": message }));
        })
        .await;
    }
}

#[tokio::test]
async fn retry_after_comes_in_seconds() {
    in_place_of_creation(FaultKind::throttled(RetryAfter::Seconds(7)), async |response| {
        assert_eq!((response.status().as_u16(), retry_after(&response)), (429, Some("7")));
        let body = json_of(response).await;
        assert_eq!(body["message"], "Rate limit is exceeded. Try again in 7 seconds.");
    })
    .await;
}

#[tokio::test]
async fn retry_after_comes_with_503_too() {
    let retry_after_ = Some(RetryAfter::Seconds(3));
    let fault = FaultKind::Status {
        status: 503,
        retry_after: retry_after_,
        after_acting: false,
        code: None,
        message: None,
    };
    in_place_of_creation(fault, async |response| {
        assert_eq!((response.status().as_u16(), retry_after(&response)), (503, Some("3")));
    })
    .await;
}

#[tokio::test]
async fn retry_after_comes_as_a_date_of_the_wall_clock() {
    let now = || DateTime::<Utc>::from(SystemTime::now());
    let before = now();
    in_place_of_creation(FaultKind::throttled(RetryAfter::Date(90)), async |response| {
        assert_eq!(response.status(), 429);
        let date = retry_after(&response).expect("a date");
        assert!(date.ends_with(" GMT"), "{date}");
        let date = DateTime::parse_from_rfc2822(date).expect("an HTTP date");
        // A second less than asked for, as a date has no fractions.
        assert!(before + TimeDelta::seconds(89) <= date, "{date}");
        assert!(date <= now() + TimeDelta::seconds(90), "{date}");
    })
    .await;
}

#[tokio::test]
async fn a_commit_with_502_may_have_worked() {
    let fault = Fault::on("commitSubmission", FaultKind::status_after_acting(502));
    let emulator = start(fault).await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[]).await;
    let (path, url) = client.submission(product, "initial").await;
    client.upload(&url, echo_cab().bytes()).await;
    let commit = format!("{path}/commit");
    client.post_empty(&commit).await.expect(502);
    let submission = client.get(&path).await.expect(200);
    assert_eq!(shown(&submission), "packageInfoValidation/started");
    let (code, message) = client.post_empty(&commit).await.refusal(422);
    assert_eq!(code, "RequestInvalidForCurrentState");
    assert_eq!(message, "Only pending submissions can be committed.");
    end(&emulator);
}

#[tokio::test]
async fn a_page_comes_in_place_of_the_call() {
    let fault = FaultKind::HtmlPage { status: 503, after_acting: false };
    in_place_of_creation(fault, async |response| {
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html");
        let page = response.text().await.expect("text");
        assert!(page.starts_with("<html>"), "{page}");
        assert!(page.contains("503 Service Unavailable"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_page_comes_although_the_call_is_done() {
    let fault = FaultKind::HtmlPage { status: 200, after_acting: true };
    let emulator = start(Fault::on("createProduct", fault)).await;
    let client = Client::new(&emulator).await;
    let response = create(&client).await.expect("an answer");
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/html");
    assert_eq!(products(&client).await, 1);
    end(&emulator);
}

#[tokio::test]
async fn the_token_endpoint_fails_in_its_own_form() {
    let emulator = start(Fault::on("token", FaultKind::throttled(RetryAfter::Seconds(1)))).await;
    let answer = token(&emulator, emulator.tenant_id(), &[]).await.expect(429);
    assert_eq!(answer["error"], "temporarily_unavailable");
    assert_eq!(answer["error_codes"], json!([90_033]));
    Client::new(&emulator).await.get("products").await.expect(200);
    end(&emulator);
}

#[tokio::test]
async fn a_refused_upload_is_read_to_its_end() {
    let emulator = start(Fault::on("submitPreprodPackage", FaultKind::status(503))).await;
    let client = Client::new(&emulator).await;
    // More than the buffers of a connection hold: a client that is not read from would be reset.
    let package = vec![0_u8; 16 << 20];
    let request = client.request(Method::PUT, "preprod/packages").body(package);
    let response = request.header(header::CONTENT_TYPE, "application/octet-stream").send().await;
    assert_eq!(response.expect("an answer").status(), 503);
    end(&emulator);
}

#[tokio::test]
async fn an_error_of_the_service_may_come_with_any_status() {
    let text = "Only pending submissions can be committed.";
    let error = FaultKind::error(502, "RequestInvalidForCurrentState", text);
    in_place_of_creation(error, async |response| {
        assert_eq!(response.status().as_u16(), 502);
        let error = json!({ "code": "RequestInvalidForCurrentState", "message": text });
        assert_eq!(json_of(response).await, json!({ "error": error }));
    })
    .await;
}
