//! Failures of which more is to be said than their words.

use hardware_dashboard_emulator::{Fault, FaultKind};
use serde_json::Value;

use crate::{
    hwdash::{Workshop, assert_shown, at, run, shown},
    scene::Scene,
};

const GET: [&str; 3] = ["product", "get", "14631253285588838"];

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_wrong() {
    let scene = Scene::new().await;
    let mut command = scene.workshop.hwdash(GET.iter().chain(&["--output", "json"]));
    at(&mut command, &scene.emulator).env("AZURE_CLIENT_SECRET", "canary-secret");
    let output = run(&mut command).await;
    assert_eq!(output.status.code(), Some(3));
    let told: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(told["error"]["code"], "credentials", "{told}");
    assert!(!told.to_string().contains("canary"), "{told}");
}

/// The service may have made it: it is not sent again, and the hint says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_in_trouble() {
    let scene = Scene::new().await;
    let broken = Fault::on("createProduct", FaultKind::status_after_acting(500));
    scene.emulator.inject(broken).unwrap();
    let args = ["product", "create", "--name", "Echo", "--harness", "attestation"];
    assert_shown!(scene.hwdash(args.iter().chain(&["--signature", "win11-24h2-x64"])).await);
    assert_eq!(scene.emulator.calls("createProduct"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_the_service_finds_fault_with() {
    let scene = Scene::new().await;
    let args = ["product", "create", "--name", "Echo", "--harness", "attestation"];
    let codes = ["--signature", "WINDOWS_v100_X64_ZZ_FULL", "--output", "json"];
    assert_shown!(scene.hwdash(args.iter().chain(&codes)).await);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_has_no_room() {
    let scene = Scene::new().await;
    let id = scene.product().await;
    let mut command = scene.workshop.hwdash(["product", "get", &id]);
    at(&mut command, &scene.emulator).stdout(std::fs::File::create("/dev/full").unwrap());
    let child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let output = tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap();
    assert_eq!(output.status.code(), Some(10), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What is missing is named, and not only that something is.
#[tokio::test(flavor = "multi_thread")]
async fn arguments_that_are_missing() {
    let workshop = Workshop::new();
    let output = run(&mut workshop.hwdash(["sign", "echo.cab", "--output", "json"])).await;
    assert_eq!(output.status.code(), Some(2));
    let told: Value = serde_json::from_slice(&output.stderr).unwrap();
    let message = told["error"]["message"].as_str().unwrap();
    for name in ["--name <NAME>", "--signature <CODE>", "--out <FILE>"] {
        assert!(message.contains(name), "{told}");
    }
    assert!(!message.contains("Usage") && !message.contains('\n'), "{told}");
}

/// It is refused, and nothing panics over it.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_argument_that_is_not_utf8() {
    use std::os::unix::ffi::OsStrExt as _;

    let workshop = Workshop::new();
    for format in ["human", "json"] {
        let mut command = workshop.hwdash(["product", "get", "--output", format]);
        let output = run(command.arg(std::ffi::OsStr::from_bytes(b"\xff"))).await;
        assert_eq!(output.status.code(), Some(2), "{format}: {}", shown(&output));
    }
}
