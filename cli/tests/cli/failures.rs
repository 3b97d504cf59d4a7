//! Each family of failures: its exit code, its words, and its JSON.

use hardware_dashboard_emulator::{Account, Fault, FaultKind, RetryAfter, Role};
use serde_json::Value;

use crate::{
    hwdash::{assert_shown, at, run},
    scene::Scene,
};

const GET: [&str; 3] = ["product", "get", "14631253285588838"];

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_none() {
    let scene = Scene::new().await;
    let args = ["product", "get", "echo"];
    assert_shown!("bad_arguments", scene.hwdash(args).await);
    let json = args.iter().chain(&["--output", "json"]);
    assert_shown!("bad_arguments_json", scene.hwdash(json).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_is_not_there() {
    let scene = Scene::new().await;
    assert_shown!("not_found", scene.hwdash(GET).await);
    assert_shown!("not_found_json", scene.hwdash(GET.iter().chain(&["--output", "json"])).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_without_its_role() {
    let account = Account::contoso().without_role(Role::DriverSubmitter);
    let scene = Scene::with(|emulator| emulator.account(account)).await;
    assert_shown!(scene.hwdash(["product", "list"]).await);
}

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

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_that_is_used_up() {
    let scene = Scene::new().await;
    // Longer than anybody waits for a call.
    let day = RetryAfter::Seconds(24 * 3600);
    let throttled = Fault::on("getProduct", FaultKind::throttled(day));
    scene.emulator.inject(throttled.forever()).unwrap();
    assert_shown!(scene.hwdash(GET).await);
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

#[tokio::test(flavor = "multi_thread")]
async fn a_package_that_cannot_be_read() {
    let scene = Scene::new().await;
    let made = scene.submission().await;
    let upload = made.args(&["submission", "upload"], &["missing.cab"]);
    assert_shown!(scene.hwdash(upload).await);
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
