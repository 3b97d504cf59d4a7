//! How submissions fail, as the service fails them.

use std::time::Duration;

use hardware_dashboard_emulator::{Clock, Emulator, Step};
use serde_json::{Value, json};

use crate::support::{
    Cab, Client, WORKFLOW, builder, check, download, echo_cab, inf, pass, shown, zip64_hlkx,
};

const CLIENT_CODE: &str = "WINDOWS_v100_X64_CO_FULL";

/// Commits a package for attestation and lets its workflow end; the submission then.
async fn outcome(emulator: &Emulator, codes: &[&str], package: Vec<u8>) -> Value {
    let client = Client::new(emulator).await;
    let product = client.product("attestation", codes).await;
    let path = client.committed(product, package).await;
    pass(emulator, WORKFLOW);
    let submission = client.get(&path).await.expect(200);
    check(emulator);
    submission
}

/// The text behind `errorReport`.
async fn report(emulator: &Emulator, submission: &Value) -> String {
    let client = Client::new(emulator).await;
    let url = submission["workflowStatus"]["errorReport"].as_str().expect("a report");
    let answer = client.http.get(url).send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    answer.text().await.expect("text")
}

async fn fails(package: Vec<u8>, step: &str, message: &str) {
    let emulator = builder().start().await.expect("the emulator starts");
    let submission = outcome(&emulator, &[CLIENT_CODE], package).await;
    assert_eq!(shown(&submission), format!("{step}/failed"), "{submission:#}");
    let messages = submission["workflowStatus"]["messages"].to_string();
    assert!(messages.contains(message), "{messages}");
    assert_eq!(submission["commitStatus"], "commitComplete");
    assert_eq!(download(&submission, "signedPackage"), None);
    let report = report(&emulator, &submission).await;
    assert!(report.contains(message), "{report}");
}

#[tokio::test]
async fn files_at_the_root_fail() {
    let package = echo_cab().file("readme.txt", "x").bytes();
    fails(package, "packageInfoValidation", "readme.txt").await;
}

#[tokio::test]
async fn a_folder_without_an_inf_fails() {
    let package = echo_cab().file("other\\readme.txt", "x").bytes();
    fails(package, "packageInfoValidation", "other").await;
}

#[tokio::test]
async fn a_long_folder_name_fails() {
    let name = "x".repeat(40);
    let package = echo_cab().file(&format!("{name}\\echo.inf"), inf("Sample")).bytes();
    fails(package, "packageInfoValidation", &name).await;
}

#[tokio::test]
async fn a_folder_name_with_special_characters_fails() {
    let package = Cab::default().file("echo+1\\echo.inf", inf("Sample")).bytes();
    let message = "The folder name 'echo+1' contains special characters.";
    fails(package, "packageInfoValidation", message).await;
}

#[tokio::test]
async fn a_unc_path_fails() {
    let package = echo_cab().file("\\\\server\\share\\echo.sys", "x").bytes();
    fails(package, "packageInfoValidation", "UNC paths").await;
}

#[tokio::test]
async fn folders_for_other_architectures_fail_in_validation() {
    let other = inf("Sample").replace(",NTarm64.10.0...16299", "");
    let package = echo_cab().file("other\\echo.inf", other).bytes();
    fails(package, "validation", "must support the same architectures").await;
}

#[tokio::test]
async fn what_is_no_package_fails() {
    fails(b"no cabinet".to_vec(), "packageInfoValidation", "cabinet").await;
}

#[tokio::test]
async fn an_unsigned_cabinet_fails_where_a_signature_is_required() {
    let clock = Clock::stepped();
    let emulator = Emulator::builder().clock(clock).start().await.expect("the emulator starts");
    let submission = outcome(&emulator, &[CLIENT_CODE], echo_cab().bytes()).await;
    assert_eq!(shown(&submission), "packageInfoValidation/failed");
    let messages = submission["workflowStatus"]["messages"].to_string();
    assert!(messages.contains("signed"), "{messages}");
}

#[tokio::test]
async fn attestation_with_a_server_code_fails_in_validation() {
    let emulator = builder().start().await.expect("the emulator starts");
    let codes = [CLIENT_CODE, "WINDOWS_v100_SERVER_X64_GE_FULL"];
    let submission = outcome(&emulator, &codes, echo_cab().bytes()).await;
    assert_eq!(shown(&submission), "validation/failed");
    let messages = submission["workflowStatus"]["messages"].to_string();
    assert!(messages.contains("WINDOWS_v100_SERVER_X64_GE_FULL"), "{messages}");
}

#[tokio::test]
async fn an_empty_package_fails_the_commit() {
    let emulator = builder().start().await.expect("the emulator starts");
    let submission = outcome(&emulator, &[CLIENT_CODE], Vec::new()).await;
    assert_eq!(submission["commitStatus"], "commitFailed");
}

/// Whatever the machine does meanwhile: what depends on the package waits for its processing.
#[tokio::test]
async fn a_commit_that_fails_was_never_complete() {
    let emulator = builder().start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[CLIENT_CODE]).await;
    let path = client.committed(product, Vec::new()).await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        let mut submission = client.get(&path).await.expect(200);
        let status = submission["commitStatus"].take();
        if status == "commitFailed" {
            assert_ne!(submission["workflowStatus"]["messages"], json!([]), "it tells why at once");
        }
        if statuses.last() != Some(&status) {
            statuses.push(status);
        }
        pass(&emulator, 10);
    }
    assert_eq!(statuses, [json!("commitReceived"), json!("commitFailed")]);
    check(&emulator);
}

#[tokio::test]
async fn no_time_is_too_long_for_a_step() {
    let emulator = builder()
        .manual_review(Duration::MAX)
        .approval(Duration::MAX)
        .start()
        .await
        .expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[CLIENT_CODE]).await;
    let path = client.committed(product, echo_cab().bytes()).await;
    pass(&emulator, WORKFLOW);
    let submission = client.get(&path).await.expect(200);
    assert_eq!(shown(&submission), "manualReview/notStarted");
    emulator.clock().advance(Duration::MAX);
    let client = Client::new(&emulator).await;
    let submission = client.get(&path).await.expect(200);
    assert!(download(&submission, "signedPackage").is_some(), "{submission:#}");
    check(&emulator);
}

#[tokio::test]
async fn a_commit_fails_as_it_was_told_to() {
    let emulator =
        builder().fail_commit(["Try later."]).start().await.expect("the emulator starts");
    let submission = outcome(&emulator, &[CLIENT_CODE], echo_cab().bytes()).await;
    assert_eq!(submission["commitStatus"], "commitFailed");
    assert_eq!(submission["workflowStatus"]["messages"], json!(["Try later."]));
    assert_eq!(download(&submission, "signedPackage"), None);
}

#[tokio::test]
async fn a_cabinet_for_an_hlk_product_fails() {
    let emulator = builder().start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let product = client.product("hlk", &[CLIENT_CODE]).await;
    let path = client.committed(product, echo_cab().bytes()).await;
    pass(&emulator, WORKFLOW);
    let submission = client.get(&path).await.expect(200);
    assert_eq!(shown(&submission), "packageInfoValidation/failed");
    let messages = submission["workflowStatus"]["messages"].to_string();
    assert!(messages.contains(".hlkx"), "{messages}");
    check(&emulator);
}

#[tokio::test]
async fn a_zip64_package_fails() {
    let emulator = builder().start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let product = client.product("hlk", &[CLIENT_CODE]).await;
    let path = client.committed(product, zip64_hlkx()).await;
    pass(&emulator, WORKFLOW);
    let submission = client.get(&path).await.expect(200);
    assert_eq!(shown(&submission), "packageInfoValidation/failed");
    let messages = &submission["workflowStatus"]["messages"];
    assert_eq!(messages, &json!(["File is using Zip64(4gb+file Size)"]));
    check(&emulator);
}

#[tokio::test]
async fn a_step_fails_as_it_was_told_to() {
    let emulator = builder()
        .fail_step(Step::Scanning, ["Malware was found."], Some("The whole story."))
        .start()
        .await
        .expect("the emulator starts");
    let submission = outcome(&emulator, &[CLIENT_CODE], echo_cab().bytes()).await;
    assert_eq!(shown(&submission), "scanning/failed");
    assert_eq!(submission["workflowStatus"]["messages"], json!(["Malware was found."]));
    assert_eq!(report(&emulator, &submission).await, "The whole story.");
}

#[tokio::test]
async fn a_failure_of_the_package_comes_before_a_later_one_that_was_told() {
    let emulator = builder()
        .fail_step(Step::Signing, ["Told."], None)
        .start()
        .await
        .expect("the emulator starts");
    let package = Cab::default().file("readme.txt", "x").bytes();
    let submission = outcome(&emulator, &[CLIENT_CODE], package).await;
    assert_eq!(shown(&submission), "packageInfoValidation/failed");
}

#[tokio::test]
async fn five_days_of_manual_review_pass_in_no_time() {
    const DAY: u64 = 24 * 60 * 60;
    let emulator = builder()
        .manual_review(Duration::from_secs(5 * DAY))
        .start()
        .await
        .expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[CLIENT_CODE]).await;
    let path = client.committed(product, echo_cab().bytes()).await;
    pass(&emulator, 3 * DAY);
    let client = Client::new(&emulator).await;
    let submission = client.get(&path).await.expect(200);
    assert_eq!(shown(&submission), "manualReview/started");
    pass(&emulator, 2 * DAY + WORKFLOW);
    let client = Client::new(&emulator).await;
    let submission = client.get(&path).await.expect(200);
    assert!(download(&submission, "signedPackage").is_some(), "{submission:#}");
    check(&emulator);
}

#[tokio::test]
async fn before_the_end_of_the_first_step_the_commit_is_received() {
    let emulator = builder().start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[CLIENT_CODE]).await;
    let path = client.committed(product, echo_cab().bytes()).await;
    let submission = client.get(&path).await.expect(200);
    assert_eq!(submission["commitStatus"], "commitReceived");
    assert_eq!(shown(&submission), "packageInfoValidation/started");
    pass(&emulator, 20);
    let submission = client.get(&path).await.expect(200);
    assert_eq!(submission["commitStatus"], "commitComplete");
    check(&emulator);
}
