//! Answers that are lost: what was done once is not done again.

use hardware_dashboard::{
    Stage,
    model::{NewProduct, NewSubmission},
    workflow::{Outcome, Progress},
};
use hardware_dashboard_emulator::{Fault, FaultKind};

use super::{
    Running,
    orders::{Order, World},
    quick,
};
use crate::support::{self, OS_CODE, often};

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
async fn what_a_lost_answer_told_of_is_found_or_made_anew() {
    for call in ["createProduct", "createSubmission"] {
        for kind in unclear() {
            let what = format!("{call}, {kind:?}");
            let mut running = Running::meeting(call, kind.clone()).await;
            running.succeeds(&what).await;
            assert_eq!(running.emulator.calls(call), times_sent(&kind), "{what}");
        }
    }
}

#[tokio::test]
async fn answers_that_are_always_lost_end_in_the_error() {
    let lost = Fault::on("createProduct", FaultKind::CloseBeforeReading).forever();
    let mut running = Running::with(quick().fault(lost)).await;
    for round in 1..3 {
        let error = running.run.until_done().await.expect_err("nobody hears it");
        assert!(error.may_have_been_applied() && error.is_network(), "{error:?}");
        assert_eq!(running.emulator.calls("createProduct"), 3 * round);
    }
    running.emulator.clear_faults();
    running.succeeds("when the answers come again").await;
}

#[tokio::test]
async fn two_that_may_have_come_of_one_call_are_for_a_person_to_tell_apart() {
    let mut running = Running::meeting("createProduct", FaultKind::CloseAfterActing).await;
    let progress = running.run.poll().await.expect("it is looked for");
    assert_eq!(progress, Progress::Moved);
    let other = NewProduct::attestation("Echo", vec![OS_CODE.into()]);
    let client = support::client(&running.emulator).build().expect("a client");
    let other = client.products().create(&other).await.expect("a product can be made");
    let other = other.id.expect("a product has an id").to_string();
    for _ in 0..3 {
        let error = running.run.poll().await.expect_err("only a person can tell");
        assert!(error.may_have_been_applied() && !error.is_network(), "{error:?}");
        assert_eq!(error.stage(), Stage::Workflow);
        assert!(error.to_string().contains(&other), "{error}");
        assert!(error.hint().contains("Echo"), "{}", error.hint());
    }
    assert_eq!(running.emulator.calls("createProduct"), 2, "the second one is the other's");
}

#[tokio::test]
async fn a_submission_in_a_product_that_was_adopted_is_not_taken_for_the_runs_own() {
    let mut running = Running::meeting("createProduct", FaultKind::CloseAfterActing).await;
    while running.run.state().product_id().is_none() {
        running.run.poll().await.expect("it is found");
    }
    let product = running.run.state().product_id().expect("it was found");
    let client = support::client(&running.emulator).build().expect("a client");
    let other = client.product(product).submissions().create(&NewSubmission::initial("Echo")).await;
    other.expect("a submission can be made");
    for _ in 0..2 {
        let error = running.run.until_done().await.expect_err("only a person can tell");
        assert_eq!((error.stage(), error.is_network()), (Stage::Workflow, false), "{error:?}");
        assert!(error.to_string().contains(&product.to_string()), "{error}");
    }
    assert_eq!(running.emulator.calls("createSubmission"), 1, "the other's");
    assert_eq!((running.run.state().submission_id(), running.made().await), (None, (1, 1)));
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

/// How often a call is sent that meets this: again only if it was not done.
fn times_sent(kind: &FaultKind) -> usize {
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
        assert_eq!(running.emulator.calls("commitSubmission"), times_sent(&kind), "{what}");
    }
}

/// Has a package signed at a service whose time passes only while the run waits: it cannot be done
/// before the fault was met.
async fn is_waited_out(fault: Fault, what: &str) -> World {
    let world = World::new(Order::SignAttestation).await;
    world.emulator.inject(fault).expect("it can happen");
    let outcome = world.run().await;
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{what}: {outcome:?}");
    support::check(&world.emulator);
    world.check(what).await;
    world
}

#[tokio::test]
async fn a_label_is_not_handed_over_before_it_is_known_to_be_made() {
    for order in [Order::Publish, Order::Share] {
        for kind in [FaultKind::status(502), FaultKind::CloseAfterActing] {
            let what = format!("{order:?}, {kind:?}");
            let world = World::new(order).await;
            let lost = Fault::on("createShippingLabel", kind.clone());
            world.emulator.inject(lost).expect("it can happen");
            let mut run = world.begin(world.client()).polling(often());
            let outcome = run.until_handed_over().await.expect("nothing is wrong");
            assert_eq!(outcome, Outcome::HandedOver, "{what}");
            assert!(run.state().label_id().is_some(), "{what}");
            world.check(&what).await;
        }
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
        is_waited_out(outage, &what).await;
    }
}

#[tokio::test]
async fn an_outage_of_blob_storage_that_stays_ends_in_its_error() {
    for kind in [FaultKind::status(500), FaultKind::ExpiredSas, page(200, false)] {
        let outage = Fault::on("putBlob", kind.clone()).forever();
        let mut running = Running::with(quick().fault(outage)).await;
        let error = running.run.until_done().await.expect_err("nothing can be uploaded");
        assert_eq!(error.stage(), Stage::Upload, "{kind:?}: {error:?}");
        let looks = running.emulator.calls("getSubmission");
        assert!((2..=12).contains(&looks), "{kind:?}: {looks}");
        running.emulator.clear_faults();
        running.succeeds("when the outage is over").await;
    }
}

#[tokio::test]
async fn throttled_looks_are_waited_out() {
    let throttled = Fault::on("getSubmission", FaultKind::status(429)).nth(3).times(3);
    let world = is_waited_out(throttled, "429 without Retry-After").await;
    assert!(world.emulator.calls("getSubmission") >= 6);
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
    assert_eq!((run.state().product_id(), emulator.exchanges().len()), (None, 0));
}
