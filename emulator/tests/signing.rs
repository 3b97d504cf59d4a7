//! The documented order of calls, from the token to the signed package.

use std::io::{Cursor, Read};

use serde_json::Value;
use zip::ZipArchive;

use crate::support::{Client, WORKFLOW, check, download, echo_cab, hlkx, pass, shown, start};

const CODES: [&str; 2] = ["WINDOWS_v100_X64_CO_FULL", "WINDOWS_v100_ARM64_CO_FULL"];

#[tokio::test]
async fn a_package_is_signed() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &CODES).await;
    let package = echo_cab().bytes();
    let path = client.committed(product, package.clone()).await;

    let mut steps = Vec::new();
    let submission = loop {
        let submission = client.get(&path).await.expect(200);
        let step = shown(&submission);
        if steps.last() != Some(&step) {
            steps.push(step);
        }
        if download(&submission, "signedPackage").is_some() {
            break submission;
        }
        assert!(steps.len() < 30, "the workflow does not end: {steps:?}");
        pass(&emulator, 10);
    };
    assert_eq!(steps.first().map(String::as_str), Some("packageInfoValidation/started"));
    assert_eq!(steps.last().map(String::as_str), Some("finalizeIngestion/completed"));
    assert_eq!(submission["commitStatus"], "commitComplete");

    let zip = client.fetch(&submission, "signedPackage").await;
    let mut zip = ZipArchive::new(Cursor::new(zip)).expect("the signed package is a zip");
    let names: Vec<String> =
        zip.file_names().map(|name| name.expect("a readable name").into_owned()).collect();
    assert!(names.iter().all(|name| name.starts_with("drivers/echo/")), "{names:?}");
    assert!(!names.iter().any(|name| name.ends_with(".pdb")), "{names:?}");
    let mut driver = Vec::new();
    zip.by_name("drivers/echo/echo.sys")
        .and_then(|mut file| Ok(file.read_to_end(&mut driver)?))
        .expect("the driver is in it");
    assert_eq!(driver, b"not a driver".repeat(1000));
    assert_eq!(client.fetch(&submission, "initialPackage").await, package);
    check(&emulator);
}

#[tokio::test]
async fn the_driver_metadata_comes_after_the_signed_package() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &CODES).await;
    let path = client.committed(product, echo_cab().bytes()).await;
    pass(&emulator, 400);
    let submission = client.get(&path).await.expect(200);
    assert!(download(&submission, "signedPackage").is_some());
    assert_eq!(download(&submission, "driverMetadata"), None);
    pass(&emulator, 20);
    let submission = client.get(&path).await.expect(200);
    let metadata = client.fetch(&submission, "driverMetadata").await;
    let metadata: Value = serde_json::from_slice(&metadata).expect("JSON");
    let bundles = metadata["BundleInfoMap"].as_object().expect("a map");
    assert_eq!(bundles.len(), 1, "{metadata:#}");
    let bundle = bundles.values().next().expect("one bundle");
    let systems = &bundle["InfInfoMap"]["echo.inf"]["OSPnPInfoMap"];
    let ids = |code: &str| systems[code].as_object().map_or(0, serde_json::Map::len);
    assert_eq!((ids(CODES[0]), ids(CODES[1])), (2, 1), "{metadata:#}");
    check(&emulator);
}

#[tokio::test]
async fn an_attestation_submission_has_no_shell() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("Attestation", &CODES).await;
    let path = client.signed(product, echo_cab().bytes()).await;
    let submission = client.get(&path).await.expect(200);
    assert_eq!(
        kinds(&submission),
        ["initialPackage", "signedPackage", "driverMetadata", "certificationReport"]
    );
    check(&emulator);
}

#[tokio::test]
async fn an_hlk_submission_gives_the_shell_that_an_update_is_made_from() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("hlk", &CODES).await;
    let path = client.signed(product, hlkx()).await;
    let initial = client.get(&path).await.expect(200);
    let expected = [
        "initialPackage",
        "derivedPackage",
        "signedPackage",
        "driverMetadata",
        "certificationReport",
    ];
    assert_eq!(kinds(&initial), expected);

    let shell = client.fetch(&initial, "derivedPackage").await;
    let (update, url) = client.submission(product, "derived").await;
    client.upload(&url, shell).await;
    client.post_empty(&format!("{update}/commit")).await.expect(202);
    pass(&emulator, WORKFLOW);
    let update = client.get(&update).await.expect(200);
    assert_eq!(update["type"], "derived");
    assert_eq!(
        kinds(&update),
        ["initialPackage", "signedPackage", "driverMetadata", "certificationReport"]
    );
    check(&emulator);
}

/// The types of a submission's downloads.
fn kinds(submission: &Value) -> Vec<&str> {
    let items = submission["downloads"]["items"].as_array().expect("downloads");
    items.iter().filter_map(|item| item["type"].as_str()).collect()
}

#[tokio::test]
async fn every_answer_has_fresh_sas_urls() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &CODES).await;
    let (path, first) = client.submission(product, "initial").await;
    assert!(first.contains("sp=rwl"), "{first}");
    let id = path.rsplit('/').next().expect("an id");
    assert!(first.contains(&format!("initial_{id}.cab")), "{first}");
    pass(&emulator, 25 * 60 * 60);
    let stale = client.http.put(&first).header("x-ms-blob-type", "BlockBlob").body("x");
    assert_eq!(stale.send().await.expect("an answer").status(), 403);
    // The token has expired as well by now.
    let client = Client::new(&emulator).await;
    let submission = client.get(&path).await.expect(200);
    let fresh = download(&submission, "initialPackage").expect("an upload URL");
    client.upload(&fresh, echo_cab().bytes()).await;
    check(&emulator);
}

#[tokio::test]
async fn an_upload_after_the_commit_changes_nothing() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &CODES).await;
    let (path, url) = client.submission(product, "initial").await;
    let package = echo_cab().bytes();
    client.upload(&url, package.clone()).await;
    client.post_empty(&format!("{path}/commit")).await.expect(202);
    client.upload(&url, b"something else".to_vec()).await;
    pass(&emulator, WORKFLOW);
    let submission = client.get(&path).await.expect(200);
    assert_eq!(client.fetch(&submission, "initialPackage").await, package);
    assert!(download(&submission, "signedPackage").is_some());
    check(&emulator);
}

#[tokio::test]
async fn an_emulator_counts_and_lists_what_it_was_asked() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let request = client.request(reqwest::Method::GET, "products");
    let request = request.header("MS-CorrelationId", "c-1").header("MS-RequestId", "r-1");
    request.send().await.expect("an answer");
    client.product("attestation", &CODES).await;
    assert_eq!(emulator.calls("token"), 1);
    assert_eq!(emulator.calls("listProducts"), 1);
    assert_eq!(emulator.calls("createProduct"), 1);
    assert_eq!(emulator.calls("getProduct"), 0);
    let exchanges = emulator.exchanges();
    let listed = &exchanges[1];
    assert_eq!((listed.method(), listed.status()), ("GET", Some(200)));
    assert_eq!(listed.path(), "/v2.0/my/hardware/products");
    assert_eq!((listed.correlation_id(), listed.request_id()), (Some("c-1"), Some("r-1")));
}

#[tokio::test]
async fn a_stopped_emulator_answers_no_more() {
    let emulator = start().await;
    let url = emulator.api_base_url();
    let client = reqwest::Client::new();
    assert!(client.get(&url).send().await.is_ok());
    emulator.stop().await;
    assert!(client.get(&url).send().await.is_err());
}
