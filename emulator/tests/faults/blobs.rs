//! Faults of the blob store.

use hardware_dashboard_emulator::{Fault, FaultKind};
use reqwest::{Response, header};

use super::{end, start};
use crate::support::{Client, download, echo_cab};

async fn put_block(client: &Client<'_>, url: &str, id: &str) -> reqwest::Result<Response> {
    let url = format!("{url}&comp=block&blockid={id}");
    client.http.put(url).body("block").send().await
}

/// The ids of the blocks that wait to be committed; none before there is any block.
async fn waiting(client: &Client<'_>, url: &str) -> Vec<String> {
    let url = format!("{url}&comp=blocklist&blocklisttype=uncommitted");
    let response = client.http.get(url).send().await.expect("an answer");
    let text = response.text().await.expect("text");
    let names = text.split("<Name>").skip(1).filter_map(|rest| rest.split_once("</Name>"));
    names.map(|(name, _)| name.to_owned()).collect()
}

#[tokio::test]
async fn a_busy_store_answers_as_azure_does() {
    let emulator = start(Fault::on("putBlock", FaultKind::status(503)).nth(2)).await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[]).await;
    let (_, url) = client.submission(product, "initial").await;
    assert_eq!(put_block(&client, &url, "MDAx").await.expect("an answer").status(), 201);
    let refused = put_block(&client, &url, "MDAy").await.expect("an answer");
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.headers()["x-ms-error-code"], "ServerBusy");
    assert_eq!(refused.headers()[header::CONTENT_TYPE], "application/xml");
    let text = refused.text().await.expect("text");
    assert!(text.contains("<Code>ServerBusy</Code>"), "{text}");
    assert_eq!(waiting(&client, &url).await, ["MDAx"]);
    assert_eq!(put_block(&client, &url, "MDAy").await.expect("an answer").status(), 201);
    assert_eq!(waiting(&client, &url).await, ["MDAx", "MDAy"]);
    end(&emulator);
}

#[tokio::test]
async fn a_store_that_fails_says_internal_error() {
    let emulator = start(Fault::on("putBlock", FaultKind::status_after_acting(500))).await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[]).await;
    let (_, url) = client.submission(product, "initial").await;
    let failed = put_block(&client, &url, "MDAx").await.expect("an answer");
    assert_eq!(failed.status(), 500);
    assert_eq!(failed.headers()["x-ms-error-code"], "InternalError");
    assert_eq!(waiting(&client, &url).await, ["MDAx"]);
    end(&emulator);
}

#[tokio::test]
async fn a_gateway_before_the_store_answers_without_a_body() {
    let emulator = start(Fault::on("getBlob", FaultKind::status(502))).await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[]).await;
    let path = client.signed(product, echo_cab().bytes()).await;
    let submission = client.get(&path).await.expect(200);
    let url = download(&submission, "signedPackage").expect("the package");
    let failed = client.http.get(&url).send().await.expect("an answer");
    assert_eq!((failed.status().as_u16(), failed.content_length()), (502, Some(0)));
    assert!(!client.fetch(&submission, "signedPackage").await.is_empty());
    end(&emulator);
}

#[tokio::test]
async fn an_upload_whose_connection_is_closed_is_there_only_if_it_was_done() {
    for (kind, blocks) in [(FaultKind::CloseBeforeReading, 0), (FaultKind::CloseAfterActing, 1)] {
        let emulator = start(Fault::on("putBlock", kind)).await;
        let client = Client::new(&emulator).await;
        let product = client.product("attestation", &[]).await;
        let (_, url) = client.submission(product, "initial").await;
        assert!(put_block(&client, &url, "MDAx").await.is_err());
        assert_eq!(waiting(&client, &url).await.len(), blocks);
        end(&emulator);
    }
}
