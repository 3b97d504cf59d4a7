//! `hwdash label`

use std::fs;

use hardware_dashboard_emulator::Step;
use serde_json::{Value, json};

use crate::{
    hwdash::assert_shown,
    scene::{Scene, Submission},
};

/// A label of all hardware ids; its id.
async fn retail(scene: &Scene, of: &Submission) -> String {
    let made = scene.json(&of.args(&["label", "create"], &["--name", "Retail", "--all"])).await;
    made["id"].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_takes_its_targets_from_the_metadata() {
    let scene = Scene::new().await;
    let of = scene.signed().await;
    let create = |rest: &[&'static str]| of.args(&["label", "create"], rest);
    assert_shown!("label_dry_run", scene.hwdash(create(&["--all", "--dry-run"])).await);
    let json = create(&["--os", "*arm64*", "--dry-run", "--output", "json"]);
    assert_shown!("label_dry_run_json", scene.hwdash(json).await);
    assert_shown!("label_no_targets", scene.hwdash(create(&["--name", "Retail"])).await);
    let none = create(&["--name", "Retail", "--pnp", "pci\\*"]);
    assert_shown!("label_nothing_fits", scene.hwdash(none).await);
    assert_eq!(scene.emulator.calls("createShippingLabel"), 0);

    let made = scene.hwdash(create(&["--name", "Retail", "--pnp", "*echo*"])).await;
    assert_shown!("label_create", made);
    let listed = scene.json(&of.args(&["label", "list"], &[])).await;
    let ids = listed["value"][0]["targeting"]["hardwareIds"].as_array().unwrap();
    assert!(!ids.is_empty() && ids.iter().all(|id| !id["pnpString"].is_null()), "{ids:?}");
}

/// A file for Microsoft's tool, with ids as the INF and codes as people write them.
#[tokio::test(flavor = "multi_thread")]
async fn a_label_of_a_file_targets_what_was_meant() {
    let scene = Scene::new().await;
    let of = scene.signed().await;
    let ids = scene.json(&of.args(&["submission", "metadata"], &["--os", "*arm64*"])).await;
    let mut id = ids["value"][0].clone();
    let pnp = id["pnpString"].clone();
    id["pnpString"] = pnp.as_str().unwrap().to_uppercase().into();
    id["operatingSystemCode"] = "win11-24h2-arm64".into();
    let label = json!({ "name": "Retail", "targeting": { "hardwareIds": [id] } });
    let file = json!({ "createType": "shippingLabel", "createShippingLabel": label });
    fs::write(scene.workshop.path("label.json"), file.to_string()).unwrap();
    let create = of.args(&["label", "create"], &["--from", "label.json"]);
    let made = scene.json(&create).await["id"].to_string();
    let label = scene.json(&of.args(&["label", "get"], &[&made])).await;
    let id = &label["targeting"]["hardwareIds"][0];
    assert_eq!(id["operatingSystemCode"], "WINDOWS_v100_ARM64_GE_FULL", "{label:#}");
    assert_eq!(id["pnpString"], pnp);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_is_waited_for_from_any_machine() {
    let scene = Scene::new().await;
    let of = scene.signed().await;
    let label = retail(&scene, &of).await;
    let wait = |rest: &[&'static str]| -> Vec<String> {
        let args = of.args(&["label", "wait"], &[&label]);
        args.iter().chain(rest).map(|&arg| arg.to_owned()).collect()
    };
    let soon = ["--max-wait", "0s", "--poll", "10ms"];
    assert_shown!("label_wait_still_running", scene.hwdash(wait(&soon)).await);
    let json = [&soon[..], &["--output", "json"]].concat();
    let output = scene.hwdash(wait(&json)).await;
    let told: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(told["stillRunning"]["exitCode"], 9, "{told}");
    scene.pass();
    assert_shown!("label_wait", scene.hwdash(wait(&[])).await);
    assert_shown!("label_wait_ndjson", scene.hwdash(wait(&["--output", "ndjson"])).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_approval_may_be_as_far_as_one_waits() {
    let week = std::time::Duration::from_secs(7 * 24 * 3600);
    let scene = Scene::with(|emulator| emulator.approval(week)).await;
    let of = scene.signed().await;
    let label = retail(&scene, &of).await;
    scene.pass();
    let args = of.args(&["label", "wait"], &[&label, "--until", "approval", "--max-wait", "0s"]);
    assert_eq!(scene.hwdash(args).await.status.code(), Some(0));
    let args = of.args(&["label", "wait"], &[&label, "--max-wait", "0s"]);
    assert_eq!(scene.hwdash(args).await.status.code(), Some(9));
    let cancel = of.args(&["label", "cancel"], &[&label]);
    assert_shown!("label_cancel", scene.hwdash(&cancel).await);
    scene.emulator.clock().advance(week);
    let again = scene.hwdash(&cancel).await;
    assert_eq!(again.status.code(), Some(0));
    let told = String::from_utf8_lossy(&again.stderr);
    assert!(told.contains("reads as failed, as cancelled ones do; nothing was sent"), "{told}");
    assert_eq!(scene.emulator.calls("cancelShippingLabel"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_that_the_service_fails_is_told_with_its_report() {
    let report = "echo.inf targets nothing.\nSee https://host/more?sig=canary";
    let messages = ["The job is bad."];
    let failing = Scene::with(|e| e.fail_step(Step::PublishJobValidation, messages, Some(report)));
    let scene = failing.await;
    let of = scene.signed().await;
    let label = retail(&scene, &of).await;
    scene.pass();
    assert_shown!("label_wait_failed", scene.hwdash(of.args(&["label", "wait"], &[&label])).await);
    let json = of.args(&["label", "wait"], &[&label, "--output", "json"]);
    assert_shown!("label_wait_failed_json", scene.hwdash(json).await);
    assert_shown!("label_get_failed", scene.hwdash(of.args(&["label", "get"], &[&label])).await);
    assert_shown!("label_log", scene.hwdash(of.args(&["log"], &[&label])).await);
    let json = of.args(&["log"], &[&label, "--output", "json"]);
    assert_shown!("label_log_json", scene.hwdash(json).await);
    let missing = of.args(&["log"], &["1152921504621444999"]);
    assert_shown!("label_log_not_found", scene.hwdash(missing).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_targets_of_a_label_are_changed_and_its_audiences_stay() {
    let scene = Scene::new().await;
    let of = scene.signed().await;
    let audiences = scene.json(&["audience", "list"]).await;
    let audience = audiences["value"][0]["id"].as_str().unwrap().to_owned();
    let args = ["--name", "Retail", "--os", "*arm64*", "--audience", &audience];
    let label = scene.json(&of.args(&["label", "create"], &args)).await["id"].to_string();
    scene.pass();
    let update = |rest: &[&'static str]| -> Vec<String> {
        let args = of.args(&["label", "update"], &[&label]);
        args.iter().chain(rest).map(|&arg| arg.to_owned()).collect()
    };
    let add = ["--add", "--os", "win11-24h2-x64"];
    let dry = [&add[..], &["--dry-run"]].concat();
    assert_shown!("label_update_dry_run", scene.hwdash(update(&dry)).await);
    assert_eq!(scene.emulator.calls("updateShippingLabel"), 0);
    assert_shown!("label_update", scene.hwdash(update(&add)).await);
    let again = scene.hwdash(update(&add)).await;
    assert_eq!(again.status.code(), Some(0));
    let told = String::from_utf8_lossy(&again.stderr);
    assert!(told.contains("shows all of it already; nothing was sent"), "{told}");
    assert_eq!(scene.emulator.calls("updateShippingLabel"), 1);
    let now = scene.json(&of.args(&["label", "get"], &[&label])).await;
    assert_eq!(now["targeting"]["restrictedToAudiences"], json!([audience]), "{now:#}");
    assert_shown!("label_update_nothing", scene.hwdash(update(&[])).await);
    assert_shown!("label_update_half", scene.hwdash(update(&["--all"])).await);
}

/// Whoever changes targets does not mean to let everyone have the driver.
#[tokio::test(flavor = "multi_thread")]
async fn audiences_that_a_file_leaves_out_stay() {
    let scene = Scene::new().await;
    let of = scene.signed().await;
    let audiences = scene.json(&["audience", "list"]).await;
    let audience = audiences["value"][0]["id"].as_str().unwrap().to_owned();
    let args = ["--name", "Retail", "--all", "--audience", &audience];
    let label = scene.json(&of.args(&["label", "create"], &args)).await["id"].to_string();
    scene.pass();
    let chid = "346511cf-ccee-5c6d-8ee9-3c70fc7aae83";
    let file = json!({ "targeting": { "chids": [{ "chid": chid, "action": "add" }] } });
    fs::write(scene.workshop.path("changes.json"), file.to_string()).unwrap();
    let args = of.args(&["label", "update"], &[&label, "--from", "changes.json"]);
    let output = scene.hwdash(args).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let now = scene.json(&of.args(&["label", "get"], &[&label])).await;
    assert_eq!(now["targeting"]["restrictedToAudiences"], json!([audience]), "{now:#}");
    assert_eq!(now["targeting"]["chids"][0]["chid"], chid, "{now:#}");
}
