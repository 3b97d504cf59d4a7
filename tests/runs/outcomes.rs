//! How runs end: done, failed by the service with its reasons, or still running.

use std::{fs, sync::Arc, time::Duration};

use hardware_dashboard::{
    Stage,
    workflow::{Journal, Outcome, Polling, Progress, Run},
};
use hardware_dashboard_emulator::{Fault, FaultKind, Step};
use serde_json::{Value, json};

use super::{
    Running,
    orders::{Order, World},
    quick,
};
use crate::support::{Told, often, predicates};

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
    assert_eq!(error.correlation_id(), Some(running.run.state().correlation_id()));
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

#[tokio::test]
async fn a_run_that_could_not_upload_in_time_says_why() {
    let outage = Fault::on("putBlob", FaultKind::status(503)).forever();
    let mut running = Running::with(quick().fault(outage)).await;
    running.run = running.run.polling(often().max_wait(Duration::ZERO));
    for _ in 0..2 {
        let outcome = running.run.until_done().await.expect("it may pass");
        assert_eq!(outcome, Outcome::StillRunning);
        let failure = running.run.last_failure().expect("the service is not to blame");
        assert_eq!(failure.stage(), Stage::Upload, "{failure:?}");
        assert!(failure.to_string().contains("503"), "{failure}");
    }
    running.emulator.clear_faults();
    running.run = running.run.polling(often());
    running.succeeds("when the outage is over").await;
    assert!(running.run.last_failure().is_none());
}

/// The answer to a commit may have come from something on the way that the service knows nothing of.
#[tokio::test]
async fn a_commit_that_was_accepted_and_stays_open_is_told_of_and_not_repeated() {
    let world = World::new(Order::SignAttestation).await;
    let refused = Fault::on("commitSubmission", FaultKind::status(403));
    world.emulator.inject(refused).expect("it can happen");
    let path = world.path("run.journal");
    let journal = Journal::create(&path).expect("a journal");
    let run = world.begin(world.client()).journal(journal).expect("it can be written");
    run.polling(often()).until_done().await.expect_err("it is refused");
    let text = fs::read(&path).expect("it is there");
    let mut journal: Value = serde_json::from_slice(&text).expect("it is whole");
    journal["known"]["commit"] = json!({ "done": null });
    fs::write(&path, journal.to_string()).expect("there is room");

    let told = Told::default();
    let client = world.client().with_reporter(Arc::new(told.clone()));
    let run = Run::resume(client, Journal::open(&path).expect("a journal"));
    let mut run = run.expect("a run").polling(often());
    while !told.text().contains("CommitUnconfirmed") {
        match run.poll().await.expect("nothing is wrong") {
            Progress::Wait(pause) => tokio::time::sleep(pause).await,
            progress => assert_eq!(progress, Progress::Moved),
        }
    }
    assert_eq!(world.emulator.calls("commitSubmission"), 1, "the one that was refused");
}
