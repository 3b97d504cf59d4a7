//! What the surroundings change: GitHub Actions, and help without any.

use std::fs;

use hardware_dashboard_emulator::Step;

use crate::{
    hwdash::{Workshop, assert_shown, at, run},
    scene::Scene,
};

#[tokio::test(flavor = "multi_thread")]
async fn github_actions_gets_annotations_and_a_summary() {
    let scene = Scene::new().await;
    let id = scene.product().await;
    for args in [
        &["product", "get", "14631253285588838"][..],
        &["submission", "create", &id, "--name", "Echo 1"],
    ] {
        let mut command = scene.workshop.hwdash(args);
        command.env("GITHUB_ACTIONS", "true");
        command.env("GITHUB_STEP_SUMMARY", scene.workshop.path("summary.md"));
        let output = run(at(&mut command, &scene.emulator)).await;
        let has_command =
            String::from_utf8_lossy(&output.stderr).contains("\n::error title=hwdash::");
        assert_eq!(has_command, !output.status.success());
        // stdout stays data.
        assert!(!String::from_utf8_lossy(&output.stdout).contains("::"));
    }
    let summary = fs::read_to_string(scene.workshop.path("summary.md")).unwrap();
    insta::with_settings!({ filters => crate::hwdash::FILTERS.to_vec() }, {
        insta::assert_snapshot!(summary)
    });
}

/// A message of the service that holds a SAS URL, in every form of output.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_service_says_opens_no_door() {
    let told = "See https://host/report?sp=r&sig=canary for more.\u{1b}[2J";
    let scene = Scene::with(|emulator| emulator.fail_step(Step::Validation, [told], None)).await;
    let of = scene.signed().await;
    for format in ["human", "json", "ndjson"] {
        for actions in ["false", "true"] {
            let args = of.args(&["submission", "get"], &["--output", format]);
            let mut command = scene.workshop.hwdash(args);
            command.env("GITHUB_ACTIONS", actions);
            let output = run(at(&mut command, &scene.emulator)).await;
            let printed = crate::hwdash::shown(&output);
            assert!(printed.contains("https://host/report"), "{printed}");
            assert!(!printed.contains("canary") && !printed.contains('\u{1b}'), "{printed}");
        }
    }
}

/// Who forces colour sees it; a pipe is none that wants it.
#[tokio::test(flavor = "multi_thread")]
async fn colour_is_for_those_who_want_it() {
    let workshop = Workshop::new();
    let args = ["product", "create", "--from", "missing.json"];
    let plain = run(&mut workshop.hwdash(args)).await;
    let forced = run(workshop.hwdash(args).env("CLICOLOR_FORCE", "1")).await;
    assert!(!plain.stderr.contains(&0x1b) && forced.stderr.contains(&0x1b));
}

#[tokio::test(flavor = "multi_thread")]
async fn help() {
    let workshop = Workshop::new();
    let mut command = workshop.hwdash(["--help"]);
    assert_shown!("help", run(command.env("COLUMNS", "80")).await);
    let mut command = workshop.hwdash(["label", "create", "--help"]);
    assert_shown!("help_label_create", run(command.env("COLUMNS", "80")).await);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn help_that_cannot_be_printed() {
    let workshop = Workshop::new();
    for args in [&["--help"][..], &["--version"], &["label", "create", "--help"]] {
        let full = fs::File::create("/dev/full").unwrap();
        let mut command = workshop.hwdash(args);
        let status = command.stdout(full).stderr(std::process::Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(10), "{args:?}");
    }
}
