//! How runs end: done, failed by the service with its reasons, or still running.

use std::time::Duration;

use hardware_dashboard::{
    Stage,
    workflow::{Outcome, Polling},
};
use hardware_dashboard_emulator::Step;

use super::{Running, quick};
use crate::support::{often, predicates};

#[tokio::test]
async fn drifting_answers_lead_to_the_signed_package() {
    for seed in 0..8 {
        let mut running = Running::with(quick().drift(seed)).await;
        running.succeeds(&format!("seed {seed}")).await;
        assert_eq!(running.emulator.calls("commitSubmission"), 1, "seed {seed}");
    }
}

#[tokio::test]
async fn a_failed_workflow_tells_the_services_reasons() {
    let reasons = ["The driver does not install.", "Look at the report."];
    let report = "Test 7 has failed: no such device.";
    let builder = quick().fail_step(Step::Scanning, reasons, Some(report));
    let mut running = Running::with(builder).await;
    let error = running.run.until_done().await.expect_err("the workflow fails");
    assert_eq!(predicates(&error), ["is_workflow_failed"]);
    assert_eq!(error.stage(), Stage::Workflow);
    assert_eq!(error.messages(), reasons);
    assert_eq!(error.report(), Some(report));
    assert_eq!(error.correlation_id(), Some(running.run.correlation_id()));
    for text in ["scanning", reasons[0]] {
        assert!(error.to_string().contains(text), "{error}");
    }
    let again = running.run.until_done().await.expect_err("it stays failed");
    assert!(again.is_workflow_failed(), "{again:?}");
    assert_eq!(running.made().await, (1, 1));
    assert_eq!(running.emulator.calls("getBlob"), 2, "the report, both times");
}

#[tokio::test]
async fn a_failed_commit_tells_the_services_reasons() {
    let mut running = Running::with(quick().fail_commit(["The package is too old."])).await;
    let error = running.run.until_done().await.expect_err("the commit fails");
    assert_eq!(predicates(&error), ["is_workflow_failed"]);
    assert_eq!(error.messages(), ["The package is too old."]);
    assert!(error.report().is_some_and(|report| report.contains("too old")), "{error:?}");
}

#[tokio::test]
async fn a_run_whose_time_is_over_can_be_gone_on_with() {
    let builder = quick().manual_review(Duration::from_secs(3600));
    let mut running = Running::with(builder).await;
    let impatient: Polling = often().max_wait(Duration::from_millis(40));
    running.run = running.run.polling(impatient);
    for _ in 0..2 {
        let outcome = running.run.until_done().await.expect("nothing is wrong");
        assert_eq!(outcome, Outcome::StillRunning);
    }
    running.emulator.clock().advance(Duration::from_secs(2 * 3600));
    running.run = running.run.polling(often());
    running.succeeds("after the review").await;
    assert_eq!(running.emulator.calls("commitSubmission"), 1);
}
