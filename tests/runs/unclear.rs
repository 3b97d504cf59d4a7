//! Answers that are lost: what was done once is not done again.

use hardware_dashboard::{Stage, workflow::Run};
use hardware_dashboard_emulator::{Fault, FaultKind};

use super::{Running, quick};

fn page(status: u16, after_acting: bool) -> FaultKind {
    FaultKind::HtmlPage { status, after_acting }
}

/// What leaves it open whether the call was done.
fn unclear() -> Vec<FaultKind> {
    vec![
        FaultKind::status(500),
        FaultKind::status(502),
        FaultKind::status(503),
        FaultKind::status_after_acting(502),
        page(200, false),
        page(200, true),
        page(502, true),
        FaultKind::TruncatedBody,
        FaultKind::CloseBeforeReading,
        FaultKind::CloseAfterActing,
    ]
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_never_sent_again() {
    for call in ["createProduct", "createSubmission"] {
        for kind in unclear() {
            let mut running = Running::meeting(call, kind.clone()).await;
            let error = running.run.until_done().await.expect_err("nobody knows what was made");
            assert!(error.may_have_been_applied(), "{call}, {kind:?}: {error:?}");
            assert_eq!(error.stage().to_string(), call, "{kind:?}");
            let before = running.creates();
            for _ in 0..5 {
                let error = running.run.poll().await.expect_err("only a person can tell");
                assert!(error.may_have_been_applied(), "{call}, {kind:?}: {error:?}");
                assert_eq!(error.stage(), Stage::Workflow);
                assert!(error.to_string().contains(call), "{error}");
                assert!(error.hint().contains("Echo"), "{}", error.hint());
            }
            assert_eq!(running.creates(), before, "{call}, {kind:?}");
            assert_eq!(running.emulator.calls(call), 1, "{call}, {kind:?}");
        }
    }
}

#[tokio::test]
async fn a_create_that_surely_was_not_done_is_sent_again() {
    for call in ["createProduct", "createSubmission"] {
        let mut running = Running::meeting(call, FaultKind::status(403)).await;
        let error = running.run.until_done().await.expect_err("it was refused");
        assert!(error.is_forbidden() && !error.may_have_been_applied(), "{error:?}");
        let outcome = running.run.until_done().await;
        assert!(outcome.is_ok(), "{call}: {outcome:?}");
        assert_eq!(running.emulator.calls(call), 2);
    }
}

/// How often the commit is sent when it meets this.
fn commits(kind: &FaultKind) -> usize {
    match kind {
        FaultKind::Status { after_acting: true, .. }
        | FaultKind::HtmlPage { after_acting: true, .. }
        | FaultKind::TruncatedBody
        | FaultKind::CloseAfterActing => 1,
        _ => 2,
    }
}

#[tokio::test]
async fn a_commit_takes_effect_once_whatever_becomes_of_its_answer() {
    for kind in unclear() {
        let what = format!("{kind:?}");
        let mut running = Running::meeting("commitSubmission", kind.clone()).await;
        running.succeeds(&what).await;
        assert_eq!(running.emulator.calls("commitSubmission"), commits(&kind), "{what}");
    }
}

#[tokio::test]
async fn an_outage_while_the_service_works_is_waited_out() {
    for kind in [
        FaultKind::status(500),
        FaultKind::status(503),
        page(502, false),
        FaultKind::TruncatedBody,
        FaultKind::CloseBeforeReading,
    ] {
        let what = format!("{kind:?}");
        // Longer than the client's own attempts, and after the run has seen its submission.
        let outage = Fault::on("getSubmission", kind).nth(3).times(10);
        Running::with(quick().fault(outage)).await.succeeds(&what).await;
    }
}

#[tokio::test]
async fn throttled_looks_are_waited_out() {
    let throttled = Fault::on("getSubmission", FaultKind::status(429)).nth(3).times(3);
    let mut running = Running::with(quick().fault(throttled)).await;
    running.succeeds("429 without Retry-After").await;
    assert!(running.emulator.calls("getSubmission") >= 6);
}

#[tokio::test]
async fn a_token_may_expire_at_any_call() {
    for call in ["createProduct", "createSubmission", "commitSubmission", "getSubmission"] {
        let mut running = Running::meeting(call, FaultKind::ExpiredToken).await;
        let outcome = running.run.until_done().await;
        assert!(outcome.is_ok(), "{call}: {outcome:?}");
        assert_eq!(running.emulator.calls("token"), 2, "{call}");
    }
}

#[tokio::test]
async fn a_run_that_is_not_begun_has_sent_nothing() {
    let running = Running::with(quick()).await;
    let Running { run, emulator, .. } = &running;
    assert_eq!((Run::product_id(run), emulator.exchanges().len()), (None, 0));
}
