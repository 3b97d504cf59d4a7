//! `hwdash preprod`

use std::fs;

use crate::{hwdash::assert_shown, scene::Scene};

#[tokio::test(flavor = "multi_thread")]
async fn a_package_is_signed_for_test_machines() {
    let scene = Scene::new().await;
    let submitted = scene.json(&["preprod", "submit", "echo.cab"]).await;
    let id = submitted["id"].as_str().unwrap();
    let early = ["preprod", "download", id, "--out", "signed.zip"];
    assert_shown!("preprod_download_too_early", scene.hwdash(early).await);
    scene.pass();
    let download = ["preprod", "download", id, "--out", "signed.zip", "--output", "ndjson"];
    let downloaded = scene.hwdash(download).await;
    assert!(downloaded.status.success(), "{}", String::from_utf8_lossy(&downloaded.stderr));
    let assets = scene.json(&["preprod", "assets", id]).await;
    let asset = assets["value"][0]["id"].as_str().unwrap();
    for args in [&["preprod", "download", id][..], &["preprod", "download", id, asset]] {
        let file = format!("signed-{}.zip", args.len());
        let output = scene.hwdash(args.iter().copied().chain(["--out", &file])).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(fs::read(scene.workshop.path(&file)).unwrap().starts_with(b"PK"), "{file}");
    }
}
