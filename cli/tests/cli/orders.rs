//! `hwdash update`, `publish`, `share`, `preprod sign`, and signing with a label at its end.

use std::fs;

use hardware_dashboard_emulator::Step;
use serde_json::{Value, json};

use crate::{
    hwdash::assert_shown,
    scene::{Scene, Submission},
};

/// What a run that does not wait has made, in JSON.
async fn begun(scene: &Scene, args: &[&str]) -> Value {
    scene.json(&[args, &["--no-wait"]].concat()).await
}

/// A signed submission of a product that may be updated and published to everyone.
async fn hlk(scene: &Scene, rest: &[&str]) -> Submission {
    scene.workshop.write_hlk_package();
    let args = ["sign", "echo.hlkx", "--name", "Echo", "--signature", "win11-24h2-x64"];
    let made = begun(scene, &[&args[..], &["--out", "signed.zip"], rest].concat()).await;
    scene.pass();
    Submission {
        product: made["productId"].to_string(),
        submission: made["submissionId"].to_string(),
    }
}

async fn resumes(scene: &Scene) -> Value {
    scene.json(&["resume"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_is_published_until_people_look_at_it() {
    let scene = Scene::new().await;
    let of = scene.signed().await;
    let publish = |rest: &[&'static str]| of.args(&["publish"], rest);
    assert_shown!("publish_dry_run", scene.hwdash(publish(&["--all", "--dry-run"])).await);
    assert_shown!("publish_nothing_chosen", scene.hwdash(publish(&["--name", "Retail"])).await);
    let nothing = publish(&["--name", "Retail", "--pnp", "pci\\*"]);
    assert_shown!("publish_nothing_fits", scene.hwdash(nothing).await);
    assert_eq!(scene.emulator.calls("createShippingLabel"), 0);
    let chosen = publish(&["--name", "Retail", "--os", "win11-24h2-*", "--inf", "echo.inf"]);
    let soon = [&chosen[..], &["--max-wait", "0s"]].concat();
    assert_shown!("publish_still_running", scene.hwdash(soon).await);
    scene.pass();
    assert_shown!("publish_resumed", scene.hwdash(["resume"]).await);
    assert_eq!(scene.emulator.calls("createShippingLabel"), 1);
    let labels = scene.json(&of.args(&["label", "list"], &[])).await;
    let ids = labels["value"][0]["targeting"]["hardwareIds"].as_array().unwrap().clone();
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert_eq!(scene.workshop.files(), ["echo.cab"]);
}

/// The flags choose the same hardware ids here and in the single operation.
#[tokio::test(flavor = "multi_thread")]
async fn publish_targets_what_the_dry_run_shows() {
    let scene = Scene::new().await;
    let of = scene.signed().await;
    for (number, choice) in [
        &["--all"][..],
        &["--os", "win11-24h2-arm64"],
        &["--os", "*x64*", "--os", "*arm64*", "--pnp", "*echo*"],
        &["--bundle", "*"],
    ]
    .iter()
    .enumerate()
    {
        let dry = scene.json(&of.args(&["publish"], &[choice, &["--dry-run"][..]].concat())).await;
        let name = format!("Retail {number}");
        let flags = [choice, &["--name", &name, "--no-wait"][..]].concat();
        let made = scene.json(&of.args(&["publish"], &flags)).await;
        let label = made["shippingLabelId"].to_string();
        let label = scene.json(&of.args(&["label", "get"], &[&label])).await;
        let sent = |label: &Value| {
            let ids = label["targeting"]["hardwareIds"].as_array().unwrap().clone();
            let id = |id: &Value| format!("{} {}", id["operatingSystemCode"], id["pnpString"]);
            ids.iter().map(id).collect::<Vec<_>>()
        };
        assert!(!sent(&label).is_empty());
        assert_eq!(sent(&label), sent(&dry), "{choice:?}");
        scene.pass();
        resumes(&scene).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_that_fails_ends_its_run() {
    let (messages, report) = (["The job is bad."], Some("echo.inf targets nothing."));
    let scene = Scene::with(|e| e.fail_step(Step::PublishJobValidation, messages, report)).await;
    let of = scene.signed().await;
    begun(&scene, &of.args(&["publish"], &["--name", "Retail", "--all"])).await;
    scene.pass();
    assert_shown!("publish_failed", scene.hwdash(["resume"]).await);
    assert_eq!(scene.workshop.files(), ["echo.cab"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_is_shared() {
    let scene = Scene::new().await;
    let of = scene.signed().await;
    let partner = scene.emulator.partner().publisher_id().to_string();
    let args = of.args(&["share"], &["--partner", &partner, "--name", "Shared", "--no-wait"]);
    assert_shown!("share_no_wait", scene.hwdash(args).await);
    scene.pass();
    assert_shown!("share_json", scene.hwdash(["resume", "--output", "json"]).await);
    let nameless = of.args(&["share"], &["--partner", &partner]);
    assert_shown!("share_no_name", scene.hwdash(nameless).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_signed() {
    let scene = Scene::new().await;
    let of = hlk(&scene, &[]).await;
    resumes(&scene).await;
    let args = ["update", &of.product, "echo.hlkx", "--name", "More ids", "--out", "dua.zip"];
    assert_shown!("update_no_wait", scene.hwdash(args.iter().chain(&["--no-wait"])).await);
    scene.pass();
    let output = scene.hwdash(["resume", "--output", "ndjson"]).await;
    assert_shown!("update_ndjson", output);
    assert!(fs::read(scene.workshop.path("dua.zip")).unwrap().starts_with(b"PK"));
    let listed = scene.json(&["submission", "list", &of.product]).await;
    assert_eq!(listed["value"][1]["type"], "derived", "{listed:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_is_made_from_its_shell() {
    let scene = Scene::new().await;
    let of = hlk(&scene, &[]).await;
    resumes(&scene).await;
    let args = ["update", &of.product, "dua.hlkx", "--name", "More ids", "--out", "dua.zip"];
    let shell = ["--shell", "shell.hlkx"];
    assert_shown!("update_shell", scene.hwdash(args.iter().chain(&shell)).await);
    assert_shown!("update_shell_too_early", scene.hwdash(["resume"]).await);
    fs::copy(scene.workshop.path("shell.hlkx"), scene.workshop.path("dua.hlkx")).unwrap();
    begun(&scene, &["resume"]).await;
    scene.pass();
    resumes(&scene).await;
    assert!(fs::read(scene.workshop.path("dua.zip")).unwrap().starts_with(b"PK"));
    assert_eq!(scene.emulator.calls("createSubmission"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_the_service_does_not_take() {
    let scene = Scene::new().await;
    let of = scene.signed().await;
    let args = ["update", &of.product, "echo.cab", "--name", "More ids", "--out", "dua.zip"];
    assert_shown!("update_refused", scene.hwdash(args).await);
    assert_eq!(scene.workshop.files(), ["echo.cab"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_is_signed_for_test_machines_in_one_go() {
    let scene = Scene::new().await;
    let args = ["preprod", "sign", "echo.cab", "--out", "test.zip"];
    let soon = args.iter().chain(&["--max-wait", "0s"]);
    assert_shown!("preprod_sign_still_running", scene.hwdash(soon).await);
    scene.pass();
    assert_shown!("preprod_sign", scene.hwdash(["resume"]).await);
    assert_eq!(scene.emulator.calls("submitPreprodPackage"), 1);
    assert_eq!(scene.workshop.files(), ["echo.cab", "test.zip"]);
    let args = ["preprod", "sign", "missing.cab", "--out", "other.zip"];
    assert_shown!("preprod_sign_missing", scene.hwdash(args).await);
}

/// The file names no hardware ids: all are targeted.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_is_published_in_the_same_run() {
    let scene = Scene::new().await;
    let label = json!({ "name": "Retail", "destination": "windowsUpdate" });
    fs::write(scene.workshop.path("label.json"), label.to_string()).unwrap();
    let of = hlk(&scene, &["--publish", "label.json"]).await;
    begun(&scene, &["resume"]).await;
    scene.pass();
    let made = resumes(&scene).await;
    assert_eq!(made["order"], "sign", "{made:#}");
    assert!(made["shippingLabelId"].is_u64() && made["md5"].is_string(), "{made:#}");
    let labels = scene.json(&of.args(&["label", "list"], &[])).await;
    assert_eq!(labels["value"].as_array().unwrap().len(), 1, "{labels:#}");
    assert!(scene.workshop.path("signed.zip").exists());
}
