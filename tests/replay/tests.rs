//! The replayer itself: a replay that cannot fail would prove nothing.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{
    Exchange, Recording, Replay, all, named,
    recording::{folders, parse},
};

const TOKEN: &str = "authorization: Bearer abc";

fn rename(name: &str, other: Value) -> Value {
    json!({
        "operation": "updateProduct",
        "about": "A product is renamed.",
        "request": {
            "method": "PATCH",
            "path": "/products/7?a=1&b=x%20y",
            "headers": { "authorization": "Bearer {token}" },
            "body": { "productName": name, "marketingNames": ["One", other] }
        },
        "response": { "status": 200, "headers": { "x-name": "value" }, "text": "done" }
    })
}

fn exchange() -> Exchange {
    read(&rename("Echo", json!(2))).expect("the exchange is well formed")
}

fn read(recording: &Value) -> Result<Exchange, String> {
    parse("updateProduct", &recording.to_string())
}

/// Sends a PATCH with the given target, header line and body, and gives the raw answer.
async fn send(replay: &Replay, target: &str, header: &str, body: &str) -> String {
    let address = replay.origin().replace("http://", "");
    let mut stream = TcpStream::connect(&address).await.expect("the replay listens");
    let request = format!(
        "PATCH {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{header}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("the replay reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the replay answers");
    answer
}

#[test]
fn every_operation_has_a_recorded_success() {
    let mut missing = folders();
    for Recording { exchange, .. } in all() {
        if (200..300).contains(&exchange.response.status) {
            missing.remove(&exchange.operation);
        }
    }
    assert!(missing.is_empty(), "no success is recorded for {missing:?}");
}

#[test]
fn a_recording_is_found_by_its_name() {
    for Recording { name, exchange } in all() {
        assert_eq!(named(&name).about, exchange.about);
    }
}

#[tokio::test]
async fn a_request_that_fits_gets_the_recorded_answer() {
    let replay = Replay::start(vec![exchange()]);
    let body = r#"{ "marketingNames": ["One", 2], "productName": "Echo" }"#;
    let answer = send(&replay, "/products/7?b=x+y&a=1", TOKEN, body).await;
    assert_eq!(
        answer,
        "HTTP/1.1 200 OK\r\nx-name: value\r\nconnection: close\r\ncontent-length: 4\r\n\r\ndone"
    );
    replay.finish().await;
}

#[tokio::test]
#[should_panic(expected = "expected PATCH /products/7?a=1&b=x%20y, came PATCH /products/8")]
async fn another_path_fails() {
    let replay = Replay::start(vec![exchange()]);
    send(&replay, "/products/8", TOKEN, "{}").await;
    replay.finish().await;
}

#[tokio::test]
#[should_panic(expected = "header authorization: expected Bearer {token}, came Bearer")]
async fn an_empty_token_fails() {
    let replay = Replay::start(vec![exchange()]);
    send(&replay, "/products/7?a=1&b=x+y", "authorization: Bearer ", "{}").await;
    replay.finish().await;
}

#[tokio::test]
#[should_panic(expected = "header authorization came, and must not")]
async fn a_token_where_none_belongs_fails() {
    let mut exchange = exchange();
    exchange.request.headers.clear();
    let replay = Replay::start(vec![exchange]);
    send(&replay, "/products/7?a=1&b=x+y", TOKEN, "{}").await;
    replay.finish().await;
}

#[tokio::test]
async fn a_body_that_differs_is_named_by_its_json_path() {
    let replay = Replay::start(vec![exchange()]);
    let body = r#"{ "productName": "Echo", "marketingNames": ["One", "2"] }"#;
    let answer = send(&replay, "/products/7?a=1&b=x+y", TOKEN, body).await;
    assert!(answer.contains(r#"$.marketingNames[1]: expected 2, came \"2\""#), "{answer}");
    let failed = tokio::spawn(replay.finish()).await;
    assert!(failed.is_err_and(|error| error.is_panic()));
}

#[tokio::test]
#[should_panic(expected = "PATCH /products/7?a=1&b=x%20y did not come")]
async fn a_request_that_does_not_come_fails() {
    Replay::start(vec![exchange()]).finish().await;
}

#[tokio::test]
#[should_panic(expected = "PATCH /more came after the last recorded request")]
async fn a_request_too_many_fails() {
    let replay = Replay::start(Vec::new());
    send(&replay, "/more", TOKEN, "").await;
    replay.finish().await;
}

#[tokio::test]
#[should_panic(expected = "has to end with Replay::finish")]
async fn a_replay_that_is_not_finished_fails() {
    drop(Replay::start(Vec::new()));
}

#[test]
fn a_recording_out_of_order_is_refused() {
    let changed = |pointer: &str, value: Value| {
        let mut recording = rename("Echo", json!(2));
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer has a parent");
        recording.pointer_mut(parent).expect("the parent is there")[key] = value;
        read(&recording).expect_err("the recording is out of order")
    };
    let refusals = [
        (changed("/request/header", json!({})), "unknown field `header`"),
        (changed("/operation", json!("getProduct")), "`operation` is getProduct"),
        (changed("/request/form", json!({})), "more than one kind of body"),
        (changed("/response/base64", json!("AAAA")), "more than one kind of body"),
        (changed("/request/base64", json!("?")), "Invalid"),
        (changed("/response/status", json!(7)), "`response` cannot be sent"),
        (changed("/response/text", json!("https://x/?sp=r&sig=abc")), "signature of a SAS URL"),
        (changed("/response/text", json!("eyJhbGciOi.eyJhdWQiOi.c2ln")), "holds a token"),
    ];
    for (problem, expected) in refusals {
        assert!(problem.contains(expected), "expected `{expected}` in: {problem}");
    }
}
