//! Recordings: in the documented format, and without what opens a door.

use std::path::Path;

use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;

use crate::{
    recorded::{Recorded, all},
    support::{Client, builder, check, echo_cab, pass, send, token},
};

const CODE: &str = "WINDOWS_v100_X64_CO_FULL";
const GUID: &str = "0f6bb3f5-4a46-4ab4-9be0-6d9a4c0e5d11";

fn operations(recorded: &[Recorded]) -> Vec<&str> {
    recorded.iter().map(|recorded| recorded.operation.as_str()).collect()
}

/// The texts of all files.
fn texts(folder: &Path) -> String {
    all(folder).into_iter().map(|recorded| recorded.text).collect()
}

#[tokio::test]
async fn a_signing_run_is_recorded_without_what_opens_a_door() {
    let folder = TempDir::new().expect("a folder");
    let emulator = builder().record(folder.path()).start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[CODE]).await;
    let path = client.signed(product, echo_cab().bytes()).await;
    let submission = client.get(&path).await.expect(200);
    client.fetch(&submission, "signedPackage").await;
    check(&emulator);

    let recorded = all(folder.path());
    let expected = [
        "token",
        "createProduct",
        "createSubmission",
        "commitSubmission",
        "getSubmission",
        "getSubmission",
    ];
    assert_eq!(operations(&recorded), expected);
    let text = texts(folder.path());
    assert!(!text.contains(&client.token), "a token in {text}");
    assert!(!text.contains(emulator.client_secret()), "a secret in {text}");
    assert!(!text.contains(".eyJ"), "something like a token in {text}");
    let mut signatures = text.split("sig=").skip(1).peekable();
    assert!(signatures.peek().is_some(), "no SAS URL in {text}");
    assert!(signatures.all(|rest| rest.starts_with("REDACTED")), "a signature in {text}");
}

#[tokio::test]
async fn a_recording_holds_what_was_said() {
    let folder = TempDir::new().expect("a folder");
    let emulator = builder().record(folder.path()).start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let body = json!({
        "productName": "Echo", "testHarness": "attestation", "requestedSignatures": [CODE],
    });
    let request = client.request(Method::POST, "products").json(&body);
    let request = request.header("MS-CorrelationId", GUID).header("MS-RequestId", GUID);
    let product = send(request.header("Cookie", "a=b")).await.expect(201);

    let recorded = all(folder.path());
    let [token, created] = &recorded[..] else { panic!("{recorded:?}") };
    let form = token.request.form.as_ref().expect("a form");
    assert_eq!(form["client_secret"], "{secret}");
    assert_eq!(form["client_id"], emulator.client_id());
    let answer = token.response.body.as_ref().expect("JSON");
    assert_eq!(
        (&answer["access_token"], &answer["token_type"]),
        (&json!("REDACTED"), &json!("Bearer"))
    );

    assert_eq!(created.request.method, "POST");
    assert_eq!(created.request.path, "/v2.0/my/hardware/products");
    let headers = json!({
        "authorization": "Bearer {token}",
        "accept": "*/*",
        "content-type": "application/json",
        "ms-correlationid": "{guid}",
        "ms-requestid": "{guid}",
    });
    assert_eq!(json!(created.request.headers), headers);
    assert_eq!(created.request.body, Some(body));
    assert_eq!((created.response.status, &created.response.body), (201, &Some(product)));
    assert_eq!(created.name, "0002-201");
}

#[tokio::test]
async fn refusals_are_recorded_and_repeat_no_secret() {
    let folder = TempDir::new().expect("a folder");
    let emulator = builder().record(folder.path()).start().await.expect("the emulator starts");
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", emulator.client_id()),
        ("client_secret", "a secret that is wrong"),
        ("resource", "https://manage.devcenter.microsoft.com"),
    ];
    token(&emulator, emulator.tenant_id(), &form).await.expect(401);
    let client = Client::new(&emulator).await;
    client.get("products/1").await.expect(404);
    // What goes to no operation is no exchange of the API.
    send(client.http.get(format!("{}/elsewhere", emulator.api_base_url()))).await.expect(404);

    let recorded = all(folder.path());
    let statuses: Vec<_> = recorded.iter().map(|recorded| recorded.response.status).collect();
    assert_eq!(
        (operations(&recorded), statuses),
        (vec!["token", "token", "getProduct"], vec![401, 200, 404])
    );
    assert!(!texts(folder.path()).contains("a secret that is wrong"));
}

#[tokio::test]
async fn a_package_is_left_out() {
    let folder = TempDir::new().expect("a folder");
    let emulator = builder().record(folder.path()).start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let package = echo_cab().bytes();
    let length = package.len();
    let request = client.request(Method::PUT, "preprod/packages").body(package);
    let request = request.header("content-type", "application/octet-stream");
    let package = send(request).await.expect(202);
    pass(&emulator, 600);
    let id = package["id"].as_str().expect("an id");
    let assets = client.get(&format!("preprod/packages/{id}/assets")).await.expect(200);
    let asset = assets[0]["id"].as_str().expect("an asset");
    let path = format!("preprod/packages/{id}/assets/{asset}/download");
    let zip = client.request(Method::GET, &path).send().await.expect("an answer");
    assert!(zip.bytes().await.expect("a zip").starts_with(b"PK"));

    let recorded = all(folder.path());
    assert_eq!(recorded[1].request.body, None);
    let remark = format!("the body of the request of {length} bytes is left out");
    assert!(recorded[1].about.contains(&remark), "{}", recorded[1].about);
    let download = &recorded[3];
    assert_eq!(
        (download.operation.as_str(), &download.response.body),
        ("downloadPreprodAsset", &None)
    );
    assert!(download.about.contains("the body of the answer"), "{}", download.about);
}

#[tokio::test]
async fn a_second_recording_leaves_the_first_alone() {
    let folder = TempDir::new().expect("a folder");
    for _ in 0..2 {
        let emulator = builder().record(folder.path()).start().await.expect("the emulator starts");
        Client::new(&emulator).await;
        emulator.stop().await;
    }
    let recorded = all(folder.path());
    let names: Vec<_> = recorded.iter().map(|recorded| recorded.name.as_str()).collect();
    assert_eq!(names, ["0001-200", "0002-200"]);
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_told_of() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let error = builder().record(&file).start().await.expect_err("it is a file");
    assert!(error.to_string().contains("cannot record into"), "{error}");
}
