//! Journals: runs that stop and are gone on with, and how they are listed.

use std::{
    fs,
    process::{Child, Stdio},
};

use hardware_dashboard_emulator::{Fault, FaultKind};
use serde_json::Value;

use crate::{
    child::{until_called, until_ended},
    hwdash::{assert_shown, at, run, shown},
    scene::Scene,
};

const SIGN: [&str; 7] =
    ["sign", "echo.cab", "--name", "Echo", "--signature", "win11-24h2-x64", "--out"];

/// The journal of `hwdash sign … --out signed.zip`.
const JOURNAL: &str = "signed.zip.run.json";

fn sign<'a>(out: &'a str, rest: &[&'a str]) -> Vec<&'a str> {
    [&SIGN[..], &[out], rest].concat()
}

/// A run that has committed its submission and stopped.
async fn handed_over(out: &str) -> Scene {
    let scene = Scene::new().await;
    let output = scene.hwdash(sign(out, &["--no-wait"])).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    scene
}

/// The products and submissions that a run has made, each once.
fn assert_made_once(scene: &Scene) {
    for operation in ["createProduct", "createSubmission", "commitSubmission"] {
        assert_eq!(scene.emulator.calls(operation), 1, "{operation}");
    }
}

/// A run in a process of its own, waiting for the service.
async fn waiting(scene: &Scene) -> Child {
    let mut command = scene.workshop.hwdash(sign("signed.zip", &["--poll", "20ms"]));
    let command = at(&mut command, &scene.emulator);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    until_called(&mut child, &scene.emulator, "getSubmission", 3).await;
    child
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_by_the_name_of_the_signed_file_is_refused() {
    let scene = Scene::new().await;
    let output = scene.hwdash(sign("signed.zip", &["--state", "signed.zip"])).await;
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("has the name of a file of the run"), "{told}");
    assert_eq!(scene.emulator.exchanges().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_does_not_wait_is_gone_on_with() {
    let scene = Scene::new().await;
    assert_shown!("run_no_wait", scene.hwdash(sign("signed.zip", &["--no-wait"])).await);
    // Whoever says the same once more does not get a second product.
    assert_shown!("run_journal_there", scene.hwdash(sign("signed.zip", &[])).await);
    let soon = ["resume", JOURNAL, "--max-wait", "0s"];
    assert_shown!("resume_still_running", scene.hwdash(soon).await);
    scene.pass();
    assert_shown!("resume", scene.hwdash(["resume"]).await);
    assert_eq!(scene.workshop.files(), ["echo.cab", "signed.zip"]);
    assert_shown!("resume_of_nothing", scene.hwdash(["resume"]).await);
    assert_made_once(&scene);
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_are_told_how_to_go_on() {
    let scene = Scene::new().await;
    let json = ["--no-wait", "--output", "json"];
    assert_shown!("run_no_wait_json", scene.hwdash(sign("signed.zip", &json)).await);
    let soon = ["resume", JOURNAL, "--max-wait", "0s", "--output", "json"];
    let output = scene.hwdash(soon).await;
    let told: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(told["stillRunning"]["journal"], JOURNAL, "{told}");
    scene.pass();
    assert_shown!("resume_ndjson", scene.hwdash(["resume", "--output", "ndjson"]).await);
    assert_eq!(scene.workshop.files(), ["echo.cab", "signed.zip"]);
}

/// The process is killed, so that it can tidy nothing up.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_goes_on_without_making_anything_twice() {
    let scene = Scene::new().await;
    let mut child = waiting(&scene).await;
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(scene.workshop.files(), ["echo.cab", JOURNAL, &format!("{JOURNAL}.lock")]);
    scene.pass();
    let output = scene.hwdash(["resume"]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(fs::read(scene.workshop.path("signed.zip")).unwrap().starts_with(b"PK"));
    assert_made_once(&scene);
    let products = scene.json(&["product", "list"]).await;
    let products = products["value"].as_array().unwrap();
    assert_eq!(products.len(), 1);
    let submissions = scene.json(&["submission", "list", &products[0]["id"].to_string()]).await;
    assert_eq!(submissions["value"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_somebody_has_is_left_to_them() {
    let scene = Scene::new().await;
    let child = waiting(&scene).await;
    let args = ["resume", JOURNAL];
    assert_shown!("resume_in_use", scene.hwdash(args).await);
    assert_shown!("run_in_use", scene.hwdash(sign("signed.zip", &[])).await);
    let listed = scene.json(&["runs"]).await;
    assert_eq!(listed["value"][0]["state"], "in use", "{listed:#}");
    scene.pass();
    let output = until_ended(child).await;
    assert!(output.status.success(), "{}", shown(&output));
    assert_made_once(&scene);
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_listed_with_their_state_and_left_as_they_are() {
    let scene = handed_over("a.zip").await;
    let whole = fs::read_to_string(scene.workshop.path("a.zip.run.json")).unwrap();
    let (half, _) = whole.split_at(whole.len() / 2);
    let newer = whole.replace("\"version\": 2", "\"version\": 7");
    assert_ne!(newer, whole);
    for (name, content) in
        [("foreign", "{}"), ("newer", newer.as_str()), ("torn", half), ("b", &whole)]
    {
        fs::write(scene.workshop.path(&format!("{name}.run.json")), content).unwrap();
    }
    let files = scene.workshop.files();
    assert_shown!("runs", run(&mut scene.workshop.hwdash(["runs"])).await);
    let json = ["runs", ".", "--output", "json"];
    assert_shown!("runs_json", run(&mut scene.workshop.hwdash(json)).await);
    let lines = ["runs", "--output", "ndjson"];
    assert_shown!("runs_ndjson", run(&mut scene.workshop.hwdash(lines)).await);
    let refused = ["resume", "torn.run.json"];
    assert_shown!("resume_torn", scene.hwdash(refused).await);
    assert_shown!("resume_several", scene.hwdash(["resume"]).await);
    assert_eq!(scene.workshop.files(), files);
    assert_eq!(fs::read_to_string(scene.workshop.path("torn.run.json")).unwrap(), half);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_runs_and_no_folder() {
    let scene = Scene::new().await;
    assert_shown!("runs_none", run(&mut scene.workshop.hwdash(["runs"])).await);
    assert_shown!("runs_no_folder", run(&mut scene.workshop.hwdash(["runs", "nowhere"])).await);
    assert_shown!("resume_no_file", scene.hwdash(["resume", "no.run.json"]).await);
    assert_eq!(scene.workshop.files(), ["echo.cab"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_may_be_anywhere() {
    let scene = Scene::new().await;
    fs::create_dir(scene.workshop.path("my runs")).unwrap();
    let args = sign("signed.zip", &["--no-wait", "--state", "my runs/echo.run.json"]);
    let output = scene.hwdash(args).await;
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let hint = if cfg!(windows) { "\"my runs/echo.run.json\"" } else { "'my runs/echo.run.json'" };
    assert!(stderr.contains(&format!("hwdash resume {hint}")), "{stderr}");
    scene.pass();
    let output = scene.hwdash(["resume", "my runs/echo.run.json"]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(scene.workshop.files(), ["echo.cab", "my runs", "signed.zip"]);
}

/// Whoever begins anew finds no journal of a run that has made nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_has_made_nothing_leaves_no_journal() {
    let scene = Scene::new().await;
    let refused = Fault::on("createProduct", FaultKind::error(400, "InvalidInput", "No."));
    scene.emulator.inject(refused).unwrap();
    let output = scene.hwdash(sign("signed.zip", &[])).await;
    assert_eq!(output.status.code(), Some(6), "{}", shown(&output));
    assert_eq!(scene.workshop.files(), ["echo.cab"]);
    let mut hurried = scene.workshop.hwdash(sign("signed.zip", &["--poll", "1ms"]));
    at(&mut hurried, &scene.emulator).env("HWDASH_API_URL", "https://127.0.0.1:1/v2.0/my");
    let output = run(&mut hurried).await;
    assert_eq!(output.status.code(), Some(2), "{}", shown(&output));
    assert_eq!(scene.workshop.files(), ["echo.cab"]);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interruption_before_anything_was_made_leaves_no_journal() {
    use crate::child::signal;

    let scene = Scene::new().await;
    scene
        .emulator
        .inject(Fault::on("listProducts", FaultKind::Stall { after_acting: false }))
        .unwrap();
    let mut command = scene.workshop.hwdash(sign("signed.zip", &[]));
    let command = at(&mut command, &scene.emulator).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    until_called(&mut child, &scene.emulator, "listProducts", 1).await;
    signal(&child, "-INT");
    assert_shown!("run_interrupted_early", until_ended(child).await);
    assert_eq!(scene.workshop.files(), ["echo.cab"]);
}

/// What fails on the way names the command that goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_on_the_way_keeps_the_journal() {
    let scene = Scene::new().await;
    let refused = Fault::on("createSubmission", FaultKind::status(403)).forever();
    scene.emulator.inject(refused).unwrap();
    assert_shown!("run_failed_on_the_way", scene.hwdash(sign("signed.zip", &[])).await);
    let json = ["resume", "--output", "json"];
    assert_shown!("resume_failed_json", scene.hwdash(json).await);
    scene.emulator.clear_faults();
    scene.json(&["resume", "--no-wait"]).await;
    assert_eq!(scene.emulator.calls("createProduct"), 1);
}

/// It has made no label yet, and knows which one to make.
#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_was_kept_is_not_lost_to_an_outage() {
    let scene = Scene::new().await;
    let of = scene.committed().await;
    let args = of.args(&["publish"], &["--name", "Retail", "--all", "--no-wait"]);
    let made = scene.json(&args).await;
    assert!(made["shippingLabelId"].is_null(), "{made:#}");
    let mut away = scene.workshop.hwdash(["resume"]);
    at(&mut away, &scene.emulator).env("HWDASH_API_URL", "http://127.0.0.1:1/v2.0/my");
    let output = run(&mut away).await;
    assert_eq!(output.status.code(), Some(11), "{}", shown(&output));
    scene.pass();
    let made = scene.json(&["resume", "--no-wait"]).await;
    assert!(made["shippingLabelId"].is_u64(), "{made:#}");
}

/// The time is over, and it was not the service's work that took it.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_a_fault_has_kept_waiting_names_it() {
    let scene = Scene::new().await;
    let page = FaultKind::HtmlPage { status: 200, after_acting: false };
    scene.emulator.inject(Fault::on("getSubmission", page).forever()).unwrap();
    let output = scene.hwdash(sign("signed.zip", &["--max-wait", "0s", "--output", "json"])).await;
    assert_eq!(output.status.code(), Some(9));
    let told: Value = serde_json::from_slice(&output.stderr).unwrap();
    let reason = told["stillRunning"]["reason"].as_str().unwrap();
    assert!(reason.contains("getSubmission"), "{told}");
    let output = scene.hwdash(["resume", "--max-wait", "0s"]).await;
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains(&format!("\n  the last try failed: {reason}\n")), "{told}");
}

/// It would be done over again in the emulator, and its journal thrown away.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_the_service_does_not_go_on_in_an_emulator() {
    let scene = handed_over("signed.zip").await;
    let (files, calls) = (scene.workshop.files(), scene.emulator.calls("getSubmission"));
    assert_shown!("resume_emulator", scene.hwdash(["resume", JOURNAL, "--emulator"]).await);
    assert_eq!(scene.workshop.files(), files);
    assert_eq!(scene.emulator.calls("getSubmission"), calls);
}
