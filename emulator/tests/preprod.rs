//! Operations 18 to 22.

use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Client, check, echo_cab, pass, send, start};

async fn submit(client: &Client<'_>, package: Vec<u8>) -> (String, Value) {
    let request = client.request(Method::PUT, "preprod/packages");
    let request = request.header("content-type", "application/octet-stream").body(package);
    let package = send(request).await.expect(202);
    (format!("preprod/packages/{}", package["id"].as_str().expect("an id")), package)
}

#[tokio::test]
async fn a_package_is_signed_and_its_hash_is_right() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let (path, submitted) = submit(&client, echo_cab().bytes()).await;
    assert_eq!(submitted["signingStatus"], "NotStarted");
    pass(&emulator, 60);
    let processing = client.get(&path).await.expect(200);
    assert_eq!(processing["signingStatus"], "Processing");
    assert_ne!(processing["etag"], submitted["etag"]);
    assert_eq!(client.get(&format!("{path}/assets")).await.expect(200), json!([]));
    pass(&emulator, 60);
    let package = client.get(&path).await.expect(200);
    assert_eq!((&package["signingStatus"], &package["error"]), (&json!("Succeeded"), &Value::Null));

    let assets = client.get(&format!("{path}/assets")).await.expect(200);
    assert_eq!(assets, package["assets"]);
    assert_eq!(assets.as_array().map(Vec::len), Some(1));
    let asset = &assets[0];
    assert_eq!(asset["assetType"], "SignedFilesZip");
    let asset_path = format!("{path}/assets/{}", asset["id"].as_str().expect("an id"));
    assert_eq!(&client.get(&asset_path).await.expect(200), asset);

    let request = client.request(Method::GET, &format!("{asset_path}/download"));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/octet-stream");
    let content = answer.bytes().await.expect("a body");
    assert!(content.starts_with(b"PK"));
    let hash: String = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(asset["contentHash"], hash);
    client.get(&format!("{path}/assets/other")).await.expect(404);
    check(&emulator);
}

#[tokio::test]
async fn a_package_that_is_none_fails() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let (path, _) = submit(&client, b"nothing of use".to_vec()).await;
    pass(&emulator, 120);
    let package = client.get(&path).await.expect(200);
    assert_eq!(package["signingStatus"], "Failed");
    let message = package["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains("cabinet"), "{message}");
    assert_eq!(package["assets"], json!([]));
    check(&emulator);
}

#[tokio::test]
async fn a_package_comes_as_bytes() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let request = client.request(Method::PUT, "preprod/packages").json(&json!({}));
    send(request).await.expect(415);
    check(&emulator);
}

#[tokio::test]
async fn packages_belong_to_one_account() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let (path, _) = submit(&client, echo_cab().bytes()).await;
    let partner = Client::of(&emulator, emulator.partner()).await;
    assert_eq!(partner.get(&path).await.refusal(404).0, "EntityNotFound");
    check(&emulator);
}
