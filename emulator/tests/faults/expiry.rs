//! Tokens and SAS URLs that expire before their time.

use hardware_dashboard_emulator::{Fault, FaultKind};

use super::{create, end, products, start, statuses};
use crate::support::{Client, download, echo_cab};

#[tokio::test]
async fn a_token_that_expired_is_refused_until_there_is_a_new_one() {
    let emulator = start(Fault::on("createProduct", FaultKind::ExpiredToken).nth(2)).await;
    let client = Client::new(&emulator).await;
    assert_eq!(create(&client).await.expect("an answer").status(), 201);
    assert_eq!(create(&client).await.expect("an answer").status(), 401);
    client.get("products").await.expect(401);
    let client = Client::new(&emulator).await;
    assert_eq!(products(&client).await, 1);
    assert_eq!(create(&client).await.expect("an answer").status(), 201);
    assert_eq!(statuses(&emulator, "createProduct"), [Some(201), Some(401), Some(201)]);
    end(&emulator);
}

#[tokio::test]
async fn an_upload_url_that_expired_is_refused_until_there_is_a_new_one() {
    let emulator = start(Fault::on("putBlob", FaultKind::ExpiredSas)).await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[]).await;
    let (path, url) = client.submission(product, "initial").await;
    for _ in 0..2 {
        let upload = client.http.put(&url).header("x-ms-blob-type", "BlockBlob").body("package");
        let refused = upload.send().await.expect("an answer");
        assert_eq!(refused.status(), 403);
        assert_eq!(refused.headers()["x-ms-error-code"], "AuthenticationFailed");
        let text = refused.text().await.expect("text");
        assert!(text.contains("Signature not valid in the specified time frame"), "{text}");
    }
    let (code, _) = client.post_empty(&format!("{path}/commit")).await.refusal(422);
    assert_eq!(code, "RequestInvalidForCurrentState");
    let submission = client.get(&path).await.expect(200);
    let fresh = download(&submission, "initialPackage").expect("an upload URL");
    assert_ne!(fresh, url);
    client.upload(&fresh, echo_cab().bytes()).await;
    client.post_empty(&format!("{path}/commit")).await.expect(202);
    end(&emulator);
}

#[tokio::test]
async fn a_download_url_expires_between_two_ranges() {
    let emulator = start(Fault::on("getBlob", FaultKind::ExpiredSas).nth(2)).await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[]).await;
    let path = client.signed(product, echo_cab().bytes()).await;
    let submission = client.get(&path).await.expect(200);
    let url = download(&submission, "signedPackage").expect("the package");
    let range = |url: &str, range| client.http.get(url).header("range", range).send();
    let first = range(&url, "bytes=0-9").await.expect("an answer");
    assert_eq!(first.status(), 206);
    assert_eq!(range(&url, "bytes=10-19").await.expect("an answer").status(), 403);
    let submission = client.get(&path).await.expect(200);
    let fresh = download(&submission, "signedPackage").expect("the package");
    let second = range(&fresh, "bytes=10-19").await.expect("an answer");
    assert_eq!(second.status(), 206);
    assert_eq!(first.headers()["etag"], second.headers()["etag"]);
    end(&emulator);
}
