//! `hwdash submission`

use std::fs;

use hardware_dashboard_emulator::{Fault, FaultKind, Step};

use crate::{hwdash::assert_shown, scene::Scene};

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_goes_its_way_by_single_commands() {
    let scene = Scene::new().await;
    let product = scene.product().await;
    let create = ["submission", "create", &product, "--name", "Echo 1"];
    assert_shown!("submission_create", scene.hwdash(create).await);
    let list = scene.json(&["submission", "list", &product]).await;
    let id = list["value"][0]["id"].to_string();
    let about = |verb| ["submission", verb, &product, &id];

    let rename = about("rename").into_iter().chain(["Echo 1, again"]);
    assert_shown!("submission_rename", scene.hwdash(rename).await);
    let upload = about("upload").into_iter().chain(["echo.cab"]);
    assert_shown!("submission_upload", scene.hwdash(upload).await);
    let early = about("download").into_iter().chain(["--out", "signed.zip"]);
    assert_shown!("submission_download_too_early", scene.hwdash(early).await);
    assert_shown!("submission_commit", scene.hwdash(about("commit")).await);
    assert_shown!("submission_list", scene.hwdash(["submission", "list", &product]).await);
    assert_shown!("submission_get_at_work", scene.hwdash(about("get")).await);
    scene.pass();
    assert_shown!("submission_get_signed", scene.hwdash(about("get")).await);
    let json = about("get").into_iter().chain(["--output", "json"]);
    let output = scene.hwdash(json).await;
    assert!(!has_signature(&output));
    assert_shown!("submission_get_json", output);
}

/// Whether a SAS URL came with what opens it.
fn has_signature(output: &std::process::Output) -> bool {
    let text = String::from_utf8_lossy(&output.stdout);
    text.split("sig=").skip(1).any(|rest| !rest.starts_with("REDACTED"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_file_is_downloaded() {
    let scene = Scene::new().await;
    let made = scene.signed().await;
    for (kind, file, begins) in [
        ("signed", "signed.zip", &b"PK\x03\x04"[..]),
        ("initial", "initial.cab", b"MSCF"),
        ("driver-metadata", "metadata.json", b"{"),
    ] {
        let args = made.args(&["submission", "download"], &["--kind", kind, "--out", file]);
        let output = scene.hwdash(args).await;
        assert!(output.status.success(), "{kind}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{file}\n"));
        assert!(fs::read(scene.workshop.path(file)).unwrap().starts_with(begins), "{kind}");
    }
    for kind in ["derived", "error-report"] {
        let args = made.args(&["submission", "download"], &["--kind", kind, "--out", "new"]);
        assert_eq!(scene.hwdash(args).await.status.code(), Some(5), "{kind}");
    }
    fs::write(scene.workshop.path("signed.zip"), "precious").unwrap();
    let again = made.args(&["submission", "download"], &["--out", "signed.zip"]);
    assert_shown!("submission_download_kept", scene.hwdash(again.clone()).await);
    let json = again.into_iter().chain(["--overwrite", "--output", "json"]);
    let output = scene.hwdash(json).await;
    let file: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let length = fs::metadata(scene.workshop.path("signed.zip")).unwrap().len();
    assert_eq!((&file["path"], &file["bytes"]), (&"signed.zip".into(), &length.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_error_report_of_a_failed_submission_is_downloaded() {
    let report = "echo.inf: error 1205: section [Models] is missing\n";
    let scene =
        Scene::with(|e| e.fail_step(Step::Validation, ["The INF is bad."], Some(report))).await;
    let made = scene.signed().await;
    assert_shown!(
        "submission_get_failed",
        scene.hwdash(made.args(&["submission", "get"], &[])).await
    );
    let signed = made.args(&["submission", "download"], &["--out", "signed.zip"]);
    assert_shown!("submission_download_of_a_failed_one", scene.hwdash(signed).await);
    let args = ["--kind", "error-report", "--out", "report.txt"];
    let output = scene.hwdash(made.args(&["submission", "download"], &args)).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read_to_string(scene.workshop.path("report.txt")).unwrap(), report);
    // It is kept, as every file is.
    let again = scene.hwdash(made.args(&["submission", "download"], &args)).await;
    assert_eq!(again.status.code(), Some(10));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metadata_is_a_table_and_may_be_narrowed() {
    let scene = Scene::new().await;
    let made = scene.signed().await;
    let metadata = |rest: &[&'static str]| made.args(&["submission", "metadata"], rest);
    assert_shown!("submission_metadata", scene.hwdash(metadata(&[])).await);
    assert_shown!(
        "submission_metadata_narrowed",
        scene.hwdash(metadata(&["--os", "*-arm64", "--output", "ndjson"])).await
    );
    let document = scene.json(&metadata(&[])).await;
    assert!(document["BundleInfoMap"].is_object(), "{document}");
}

/// The answer is lost; the commit has worked all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_looked_at_and_not_sent_again() {
    let scene = Scene::new().await;
    let made = scene.submission().await;
    scene.json(&made.args(&["submission", "upload"], &["echo.cab"])).await;
    let lost = Fault::on("commitSubmission", FaultKind::CloseAfterActing);
    scene.emulator.inject(lost).unwrap();
    let commit = made.args(&["submission", "commit"], &[]);
    assert_shown!("submission_commit_unclear", scene.hwdash(commit).await);
    assert_eq!(scene.emulator.calls("commitSubmission"), 1);
}

/// That the look failed says less than that the commit may have worked.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_and_look_are_lost_tells_of_the_commit() {
    let scene = Scene::new().await;
    let made = scene.submission().await;
    scene.json(&made.args(&["submission", "upload"], &["echo.cab"])).await;
    for fault in [
        Fault::on("commitSubmission", FaultKind::CloseAfterActing),
        Fault::on("getSubmission", FaultKind::status(403)).forever(),
    ] {
        scene.emulator.inject(fault).unwrap();
    }
    let commit = made.args(&["submission", "commit"], &["--output", "json"]);
    let output = scene.hwdash(commit).await;
    let told: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(told["error"]["stage"], "commitSubmission", "{told}");
    assert_eq!(told["error"]["mayHaveBeenApplied"], true, "{told}");
    assert_eq!(scene.emulator.calls("commitSubmission"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_state_forbids_is_refused() {
    let scene = Scene::new().await;
    let made = scene.signed().await;
    let second = ["submission", "create", &made.product, "--name", "Another"];
    assert_shown!("submission_create_second", scene.hwdash(second).await);
    let upload = made.args(&["submission", "upload"], &["echo.cab"]);
    assert_shown!("submission_upload_committed", scene.hwdash(upload).await);
}
