//! `hwdash product`

use std::fs;

use crate::{hwdash::assert_shown, scene::Scene};

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_changed_when_it_has_a_submission() {
    let scene = Scene::new().await;
    let id = scene.product().await;
    // The service refuses it before there is a submission.
    let update = ["product", "update", &id, "--name", "Echo 2", "--marketing-name", "Contoso Echo"];
    assert_shown!("product_update_refused", scene.hwdash(update).await);
    scene.json(&["submission", "create", &id, "--name", "Echo 1"]).await;
    assert_shown!("product_update", scene.hwdash(update).await);
    assert_eq!(scene.json(&["product", "get", &id]).await["productName"], "Echo 2");
    let nothing = ["product", "update", &id];
    assert_shown!("product_update_nothing", scene.hwdash(nothing).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_is_made_as_a_file_says_and_flags_win() {
    let scene = Scene::new().await;
    let file = r#"
        productName = "Echo"
        testHarness = "Attestation"
        requestedSignatures = ["WINDOWS_v100_X64_GE_FULL"]
        announcementDate = 2030-01-31
    "#;
    fs::write(scene.workshop.path("echo.toml"), file).unwrap();
    let args = ["product", "create", "--from", "echo.toml", "--name", "Echo 2"];
    let made = scene.json(&args).await;
    assert_eq!(made["productName"], "Echo 2");
    assert_eq!(made["requestedSignatures"][0], "WINDOWS_v100_X64_GE_FULL");
    assert!(made["announcementDate"].as_str().unwrap().starts_with("2030-01-31"), "{made}");
}
