//! How faults are ordered: from Rust and from a file, for which calls, and what is refused.

use std::io::Write;

use hardware_dashboard_emulator::{Emulator, Fault, FaultKind, RetryAfter};
use reqwest::Method;
use tempfile::NamedTempFile;

use super::{create, end, products, start, statuses};
use crate::support::{self, Client, builder, echo_cab, pass, shown};

fn file(json: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(json.as_bytes()).expect("room on the disk");
    file
}

/// What is said about a file that holds no faults.
#[track_caller]
fn refused(json: &str) -> String {
    let file = file(json);
    let error = Emulator::builder().faults_from(file.path()).expect_err("there is a fault in it");
    let text = error.to_string();
    assert!(text.contains(&file.path().display().to_string()), "{text}");
    text
}

#[tokio::test]
async fn a_fault_meets_so_many_calls_from_the_nth_on() {
    let emulator = start(Fault::on("createProduct", FaultKind::status(503)).nth(2).times(2)).await;
    let client = Client::new(&emulator).await;
    for _ in 0..4 {
        create(&client).await.expect("an answer");
    }
    let expected = [Some(201), Some(503), Some(503), Some(201)];
    assert_eq!(statuses(&emulator, "createProduct"), expected);
    assert_eq!(products(&client).await, 2);
    end(&emulator);
}

#[tokio::test]
async fn a_fault_without_end_lasts_until_all_are_cancelled() {
    let emulator = start(Fault::on("listProducts", FaultKind::status(500)).forever()).await;
    let client = Client::new(&emulator).await;
    assert_eq!(emulator.unfired_faults().len(), 1);
    for _ in 0..3 {
        client.get("products").await.expect(500);
    }
    end(&emulator);
    emulator.clear_faults();
    client.get("products").await.expect(200);
}

#[tokio::test]
async fn a_fault_on_any_call_counts_all_of_them() {
    let emulator = start(Fault::on("any", FaultKind::status(502)).nth(3)).await;
    let client = Client::new(&emulator).await;
    client.get("products").await.expect(200);
    client.get("audiences").await.expect(502);
    client.get("audiences").await.expect(200);
    end(&emulator);
}

#[tokio::test]
async fn an_expiry_on_any_call_counts_only_calls_that_carry_what_expires() {
    let emulator = start(Fault::on("any", FaultKind::ExpiredToken).nth(2)).await;
    let client = Client::new(&emulator).await;
    client.get("products").await.expect(200);
    client.get("products").await.expect(401);
    end(&emulator);
}

#[tokio::test]
async fn calls_are_counted_from_the_order_on() {
    let emulator = support::start().await;
    let client = Client::new(&emulator).await;
    client.get("products").await.expect(200);
    emulator.inject(Fault::on("listProducts", FaultKind::status(500))).expect("a good fault");
    client.get("products").await.expect(500);
    client.get("products").await.expect(200);
    end(&emulator);
}

#[tokio::test]
async fn of_two_faults_at_one_call_the_first_happens_and_the_other_is_told() {
    let second = Fault::on("listProducts", FaultKind::status(502));
    let emulator = builder()
        .fault(Fault::on("listProducts", FaultKind::status(500)))
        .fault(second.clone())
        .start()
        .await
        .expect("the emulator starts");
    let client = Client::new(&emulator).await;
    client.get("products").await.expect(500);
    client.get("products").await.expect(200);
    assert_eq!(emulator.unfired_faults(), [second]);
}

#[tokio::test]
async fn a_fault_that_can_never_happen_is_refused() {
    let impossible = [
        (Fault::on("commit", FaultKind::CloseAfterActing), "there is no call `commit`"),
        (Fault::on("any", FaultKind::status(503)).nth(0), "`nth` counts calls from 1 on"),
        (Fault::on("any", FaultKind::status(503)).times(0), "`times` must be 1 or more"),
        (Fault::on("any", FaultKind::status(200)), "200 is no status of an error"),
        (Fault::on("any", FaultKind::throttled(RetryAfter::Date(u64::MAX))), "ten years"),
        (Fault::on("putBlob", FaultKind::ExpiredToken), "`putBlob` carries nothing"),
        (
            Fault::on("token", FaultKind::error(400, "InvalidInput", "No.")),
            "no operation of the API",
        ),
        (Fault::on("token", FaultKind::ExpiredSas), "`token` carries nothing"),
    ];
    let emulator = support::start().await;
    for (fault, reason) in impossible {
        let error = emulator.inject(fault.clone()).expect_err("an impossible fault");
        assert!(error.to_string().contains(reason), "{error}");
        let error = builder().fault(fault).start().await.expect_err("an impossible fault");
        assert!(error.to_string().contains(reason), "{error}");
    }
    assert_eq!(emulator.unfired_faults(), []);
}

#[tokio::test]
async fn a_file_orders_every_kind_of_fault() {
    let json = r#"[
        { "on": "token", "kind": "closeBeforeReading" },
        { "on": "any", "nth": 2, "times": 3, "kind": "closeAfterActing" },
        { "on": "createProduct", "kind": { "status": { "status": 429, "retryAfter": { "seconds": 2 } } } },
        { "on": "createProduct", "kind": { "status": { "status": 503, "retryAfter": { "date": 2 } } } },
        { "on": "commitSubmission", "kind": { "status": { "status": 502, "afterActing": true } } },
        { "on": "listProducts", "kind": { "htmlPage": { "status": 502 } } },
        { "on": "getBlob", "times": "forever", "kind": "truncatedBody" },
        { "on": "getBlob", "kind": { "slowBody": { "pieceBytes": 7 } } },
        { "on": "getBlob", "kind": "slowBody" },
        { "on": "putBlock", "kind": { "stall": {} } },
        { "on": "putBlock", "kind": "stall" },
        { "on": "any", "kind": { "status": { "status": 502, "code": "C", "message": "M." } } },
        { "on": "getProduct", "kind": "expiredToken" },
        { "on": "putBlockList", "kind": "expiredSas" }
    ]"#;
    let status = |status, retry_after, after_acting| FaultKind::Status {
        status,
        retry_after,
        after_acting,
        code: None,
        message: None,
    };
    let expected = [
        Fault::on("token", FaultKind::CloseBeforeReading),
        Fault::on("any", FaultKind::CloseAfterActing).nth(2).times(3),
        Fault::on("createProduct", status(429, Some(RetryAfter::Seconds(2)), false)),
        Fault::on("createProduct", status(503, Some(RetryAfter::Date(2)), false)),
        Fault::on("commitSubmission", status(502, None, true)),
        Fault::on("listProducts", FaultKind::HtmlPage { status: 502, after_acting: false }),
        Fault::on("getBlob", FaultKind::TruncatedBody).forever(),
        Fault::on("getBlob", FaultKind::SlowBody { piece_bytes: 7, pause_milliseconds: 100 }),
        Fault::on("getBlob", FaultKind::SlowBody { piece_bytes: 1024, pause_milliseconds: 100 }),
        Fault::on("putBlock", FaultKind::Stall { after_acting: false }),
        Fault::on("putBlock", FaultKind::Stall { after_acting: false }),
        Fault::on("any", FaultKind::error(502, "C", "M.")),
        Fault::on("getProduct", FaultKind::ExpiredToken),
        Fault::on("putBlockList", FaultKind::ExpiredSas),
    ];
    let builder = builder().faults_from(file(json).path()).expect("a file of faults");
    let emulator = builder.start().await.expect("the emulator starts");
    assert_eq!(emulator.unfired_faults(), expected);
}

#[tokio::test]
async fn a_file_may_hold_one_fault() {
    let file = file(r#"{ "on": "listProducts", "kind": { "status": { "status": 500 } } }"#);
    let builder = builder().faults_from(file.path()).expect("a file of a fault");
    let emulator = builder.start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    client.get("products").await.expect(500);
    end(&emulator);
}

#[tokio::test]
async fn a_file_may_hold_a_quota_and_failures_too() {
    let file = file(
        r#"{
        "faults": [{ "on": "listProducts", "kind": { "status": { "status": 500 } } }],
        "quota": { "requestsPerMinute": 6, "retryAfter": false },
        "failures": [{ "step": "preparation", "messages": ["No."], "report": "Not at all." }]
    }"#,
    );
    let builder = builder().faults_from(file.path()).expect("a file of orders");
    let emulator = builder.start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    client.get("products").await.expect(500);
    let product = client.product("attestation", &[]).await;
    let path = client.committed(product, echo_cab().bytes()).await;
    pass(&emulator, 50);
    assert_eq!(shown(&client.get(&path).await.expect(200)), "packageInfoValidation/completed");
    pass(&emulator, 9);
    for _ in 0..2 {
        client.get("products").await.expect(200);
    }
    let refused = client.request(Method::GET, "products").send().await.expect("an answer");
    assert_eq!((refused.status().as_u16(), refused.headers().get("retry-after")), (429, None));
    pass(&emulator, 60);
    let submission = client.get(&path).await.expect(200);
    assert_eq!(shown(&submission), "preparation/failed");
    assert_eq!(submission["workflowStatus"]["messages"], serde_json::json!(["No."]));
    end(&emulator);
}

#[tokio::test]
async fn the_file_in_the_readme_is_one() {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("```json\n").expect("an example");
    let (json, _) = rest.split_once("```").expect("its end");
    let builder = builder().faults_from(file(json).path()).expect("a file of faults");
    let emulator = builder.start().await.expect("the emulator starts");
    assert!(!emulator.unfired_faults().is_empty());
}

#[test]
fn a_file_with_a_mistake_is_refused_with_its_place() {
    assert!(refused("[").contains("no JSON"), "{}", refused("["));
    let texts = [
        (r#"{ "on": "any" }"#, "fault 1: missing field `kind`"),
        (r#"{ "on": "any", "kind": "status" }"#, "fault 1: invalid type: unit variant"),
        (r#"{ "faults": [{}] }"#, "fault 1: missing field `on`"),
        (r#"{ "quota": 5 }"#, "quota: invalid type"),
        (r#"{ "quota": { "requestsPerMinute": 0 } }"#, "must be 1 or more"),
        (r#"{ "failures": [{ "step": "painting" }] }"#, "failure 1: unknown variant `painting`"),
        (r#"{ "faults": [], "quotas": {} }"#, "unknown field `quotas`"),
        (r#"{ "on": "any", "kind": "explode" }"#, "fault 1: unknown variant `explode`"),
        (r#"{ "on": "any", "kind": "truncatedBody", "tims": 2 }"#, "fault 1: unknown field `tims`"),
        (r#"{ "on": "any", "kind": "truncatedBody", "times": "often" }"#, "or \"forever\""),
        (
            r#"{ "on": "any", "kind": { "status": { "status": 500, "retry": 1 } } }"#,
            "fault 1: unknown field `retry`",
        ),
        (r#"{ "on": "commit", "kind": "truncatedBody" }"#, "fault 1: there is no call `commit`"),
    ];
    for (json, reason) in texts {
        let text = refused(json);
        assert!(text.contains(reason), "{text}");
    }
    let second = r#"[{ "on": "any", "kind": "truncatedBody" }, 5]"#;
    assert!(refused(second).contains("fault 2: "), "{}", refused(second));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Emulator::builder().faults_from("no/such/file.json").expect_err("no file");
    assert!(error.to_string().contains("cannot read no/such/file.json"), "{error}");
}
