//! What the surroundings change: GitHub Actions, and help without any.

use std::fs;

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

#[tokio::test(flavor = "multi_thread")]
async fn help() {
    let workshop = Workshop::new();
    let mut command = workshop.hwdash(["--help"]);
    assert_shown!("help", run(command.env("COLUMNS", "80")).await);
    let mut command = workshop.hwdash(["label", "create", "--help"]);
    assert_shown!("help_label_create", run(command.env("COLUMNS", "80")).await);
}
