//! `hwdash wait` and `hwdash log`: by ids alone, where no journal is.

use std::fs;

use hardware_dashboard_emulator::{EmulatorBuilder, Step};

use crate::{hwdash::assert_shown, scene::Scene};

fn failing(emulator: EmulatorBuilder) -> EmulatorBuilder {
    let report = "echo.inf: error 1205\nSee https://host/more?sig=canary";
    emulator.fail_step(Step::Validation, ["The driver package has no INF."], Some(report))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_is_waited_for_from_any_machine() {
    let scene = Scene::new().await;
    let of = scene.committed().await;
    let wait = |rest: &[&'static str]| of.args(&["wait"], rest);
    assert_shown!("wait_still_running", scene.hwdash(wait(&["--max-wait", "0s"])).await);
    let out = wait(&["--out", "signed.zip", "--max-wait", "0s"]);
    assert_shown!("wait_out_still_running", scene.hwdash(out).await);
    scene.pass();
    assert_shown!("wait", scene.hwdash(wait(&[])).await);
    assert_shown!("wait_out", scene.hwdash(wait(&["--out", "signed.zip"])).await);
    assert!(fs::read(scene.workshop.path("signed.zip")).unwrap().starts_with(b"PK"));
    let again = wait(&["--out", "signed.zip", "--overwrite", "--output", "ndjson"]);
    assert_shown!("wait_out_ndjson", scene.hwdash(again).await);
    let lines = scene.hwdash(wait(&["--output", "ndjson"])).await;
    let stdout = String::from_utf8(lines.stdout).unwrap();
    assert!(stdout.lines().last().unwrap().starts_with(r#"{"event":"result""#), "{stdout}");
    assert_eq!(scene.workshop.files(), ["echo.cab", "signed.zip"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_that_fails_is_told_with_its_report() {
    let scene = Scene::with(failing).await;
    let of = scene.signed().await;
    assert_shown!("wait_failed", scene.hwdash(of.args(&["wait"], &[])).await);
    let json = of.args(&["wait"], &["--output", "json"]);
    assert_shown!("wait_failed_json", scene.hwdash(json).await);
    assert_shown!("log_failed", scene.hwdash(of.args(&["log"], &[])).await);
    let json = of.args(&["log"], &["--output", "json"]);
    assert_shown!("log_failed_json", scene.hwdash(json).await);
    let lines = of.args(&["log"], &["--output", "ndjson"]);
    assert_shown!("log_failed_ndjson", scene.hwdash(lines).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_there_when_all_is_well_and_before() {
    let scene = Scene::new().await;
    let of = scene.submission().await;
    assert_shown!("log_of_an_open_one", scene.hwdash(of.args(&["log"], &[])).await);
    let of = scene.signed().await;
    assert_shown!("log", scene.hwdash(of.args(&["log"], &[])).await);
}
