//! Connections that are closed, stall, or break in the middle of an answer.

use std::time::Duration;

use hardware_dashboard_emulator::{Emulator, Fault, FaultKind};
use reqwest::{Method, Response};
use serde_json::json;
use tokio::task::JoinHandle;

use super::{create, end, products, start, statuses};
use crate::support::{Client, download, echo_cab, shown};

/// Reads a body up to where it breaks off, which it must.
async fn broken_body(mut response: Response) -> Vec<u8> {
    let mut read = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => read.extend(chunk),
            Ok(None) => panic!("the body is whole: {} bytes", read.len()),
            Err(_) => return read,
        }
    }
}

/// Sends a request that stalls, in the background, and waits until it does.
async fn stalled(client: &Client<'_>) -> JoinHandle<reqwest::Result<Response>> {
    let body = json!({ "productName": "Echo", "testHarness": "attestation" });
    let request = client.request(Method::POST, "products").json(&body);
    let call = tokio::spawn(request.send());
    let stalls = async {
        while !client.emulator.unfired_faults().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(600), stalls).await.expect("the request arrives");
    call
}

/// Ends a stall, and with it the test: only the end of the emulator brings the client an outcome.
async fn end_stall(emulator: Emulator, call: JoinHandle<reqwest::Result<Response>>) {
    assert_eq!(statuses(&emulator, "createProduct"), [None]);
    end(&emulator);
    assert!(!call.is_finished());
    emulator.stop().await;
    assert!(call.await.expect("no panic").is_err());
}

#[tokio::test]
async fn a_connection_closed_before_reading_leaves_nothing_done() {
    let fault = Fault::on("createProduct", FaultKind::CloseBeforeReading);
    let emulator = start(fault.clone()).await;
    let client = Client::new(&emulator).await;
    assert!(create(&client).await.is_err());
    assert_eq!(products(&client).await, 0);
    assert_eq!(create(&client).await.expect("an answer").status(), 201);
    assert_eq!(products(&client).await, 1);
    assert_eq!(statuses(&emulator, "createProduct"), [None, Some(201)]);
    let exchanges = emulator.exchanges();
    let met: Vec<_> = exchanges.iter().filter_map(|exchange| exchange.fault()).collect();
    assert_eq!(met, [&fault]);
    end(&emulator);
}

#[tokio::test]
async fn a_connection_closed_after_acting_loses_the_answer_alone() {
    let emulator = start(Fault::on("createProduct", FaultKind::CloseAfterActing)).await;
    let client = Client::new(&emulator).await;
    assert!(create(&client).await.is_err());
    assert_eq!(products(&client).await, 1);
    assert_eq!(statuses(&emulator, "createProduct"), [None]);
    end(&emulator);
}

#[tokio::test]
async fn a_stall_before_acting_leaves_nothing_done() {
    let emulator =
        start(Fault::on("createProduct", FaultKind::Stall { after_acting: false })).await;
    let client = Client::new(&emulator).await;
    let call = stalled(&client).await;
    assert_eq!(products(&client).await, 0);
    end_stall(emulator, call).await;
}

#[tokio::test]
async fn a_stall_after_acting_has_done_the_call() {
    let emulator = start(Fault::on("createProduct", FaultKind::Stall { after_acting: true })).await;
    let client = Client::new(&emulator).await;
    let call = stalled(&client).await;
    while products(&client).await == 0 {}
    end_stall(emulator, call).await;
}

#[tokio::test]
async fn a_truncated_answer_breaks_off_in_the_middle() {
    let emulator = start(Fault::on("getProduct", FaultKind::TruncatedBody)).await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[]).await;
    let path = format!("products/{product}");
    let request = client.request(Method::GET, &path);
    let response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    let announced = response.content_length().expect("a length");
    let half = broken_body(response).await;
    assert_eq!(half.len() as u64, announced / 2);
    let whole = client.request(Method::GET, &path).send().await.expect("an answer");
    let whole = whole.bytes().await.expect("a body");
    assert_eq!(whole.len() as u64, announced);
    assert!(whole.starts_with(&half));
    end(&emulator);
}

#[tokio::test]
async fn a_truncated_download_breaks_off_in_the_middle_of_its_range() {
    let fault = Fault::on("getBlob", FaultKind::TruncatedBody);
    let emulator = start(fault).await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[]).await;
    let package = echo_cab().bytes();
    let path = client.signed(product, package.clone()).await;
    let submission = client.get(&path).await.expect(200);
    let url = download(&submission, "initialPackage").expect("the package");
    let response = client.http.get(&url).header("x-ms-range", "bytes=10-109").send().await;
    let response = response.expect("an answer");
    assert_eq!((response.status().as_u16(), response.content_length()), (206, Some(100)));
    assert_eq!(broken_body(response).await, package[10..60]);
    assert_eq!(client.fetch(&submission, "initialPackage").await, package);
    end(&emulator);
}

#[tokio::test]
async fn a_truncated_answer_without_a_body_is_lost() {
    let emulator = start(Fault::on("commitSubmission", FaultKind::TruncatedBody)).await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[]).await;
    let (path, url) = client.submission(product, "initial").await;
    client.upload(&url, echo_cab().bytes()).await;
    let commit = client.request(Method::POST, &format!("{path}/commit"));
    assert!(commit.header("content-length", "0").send().await.is_err());
    let submission = client.get(&path).await.expect(200);
    assert_eq!(shown(&submission), "packageInfoValidation/started");
    end(&emulator);
}

#[tokio::test]
async fn a_slow_answer_comes_whole() {
    let slow = FaultKind::SlowBody { piece_bytes: 100, pause_milliseconds: 1 };
    let emulator = start(Fault::on("getBlob", slow)).await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[]).await;
    let package = echo_cab().bytes();
    let path = client.signed(product, package.clone()).await;
    let submission = client.get(&path).await.expect(200);
    assert_eq!(client.fetch(&submission, "initialPackage").await, package);
    assert_eq!(statuses(&emulator, "getBlob"), [Some(200)]);
    end(&emulator);
}
