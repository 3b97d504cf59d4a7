//! Files with requests, as people have them.

use std::fs;

use crate::{hwdash::assert_shown, scene::Scene};

async fn create(scene: &Scene, name: &str, content: &str) -> std::process::Output {
    fs::write(scene.workshop.path(name), content).unwrap();
    scene.hwdash(["product", "create", "--from", name]).await
}

/// As for Microsoft's tool, and with the slips of its samples.
#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_with_misspelt_fields() {
    let scene = Scene::new().await;
    let content = r#"{
        "createType": "product",
        "createProduct": {
            "ProductName": "Echo",
            "testHarness": "Attestation",
            "deviceMetaDataIds": [],
            "markettingNames": ["Contoso Echo"],
            "requestedSignatures": ["WINDOWS_v100_X64_GE_FULL"],
            "additionalAttributes": {},
            "somethingElse": true
        }
    }"#;
    assert_shown!(create(&scene, "echo.json", content).await);
}

/// As the fork of Microsoft's tool takes it: the request itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_bare_request_in_other_case() {
    let scene = Scene::new().await;
    let content = r#"{ "PRODUCTNAME": "Echo", "testharness": "ATTESTATION",
        "selectedProductTypes": { "Windows_v100_GE": "Unclassified" },
        "requestedSignatures": ["WINDOWS_v100_X64_GE_FULL"] }"#;
    let output = create(&scene, "echo.json", content).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("warning"));
}

/// As flags have them.
#[tokio::test(flavor = "multi_thread")]
async fn friendly_names_of_systems() {
    let scene = Scene::new().await;
    let content = "productName = \"Echo\"\ntestHarness = \"attestation\"\n\
        requestedSignatures = [\"win11-24h2-x64\"]";
    fs::write(scene.workshop.path("echo.toml"), content).unwrap();
    let made = scene.json(&["product", "create", "--from", "echo.toml"]).await;
    assert_eq!(made["requestedSignatures"][0], "WINDOWS_v100_X64_GE_FULL", "{made:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_cannot_be_read() {
    let scene = Scene::new().await;
    for (snapshot, name, content) in [
        ("input_no_json", "echo.json", "{\n  \"productName\": \"Echo\",\n}"),
        ("input_no_toml", "echo.toml", "productName = \"Echo\"\ntestHarness =\n"),
        ("input_no_object", "echo.json", "[1]"),
        (
            "input_wrong_noun",
            "echo.json",
            r#"{"createType": "submission", "createSubmission": {}}"#,
        ),
        ("input_empty_envelope", "echo.json", r#"{"createType": "product"}"#),
        (
            "input_wrong_type",
            "echo.json",
            r#"{"productName": "Echo", "testHarness": "hlk", "marketingNames": ["a", 7]}"#,
        ),
        ("input_missing_field", "echo.json", r#"{"productName": "Echo"}"#),
    ] {
        assert_shown!(snapshot, create(&scene, name, content).await);
    }
    let missing = scene.hwdash(["product", "create", "--from", "missing.json"]).await;
    assert_shown!("input_no_file", missing);
    assert_eq!(scene.emulator.exchanges().len(), 0, "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_from_standard_input() {
    let scene = Scene::new().await;
    fs::write(scene.workshop.path("echo"), "productName = \"Echo\"\ntestHarness = \"hlk\"")
        .unwrap();
    let mut command = scene.workshop.hwdash(["product", "create", "--from", "-"]);
    command.stdin(fs::File::open(scene.workshop.path("echo")).unwrap());
    let output = crate::hwdash::run(crate::hwdash::at(&mut command, &scene.emulator)).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
