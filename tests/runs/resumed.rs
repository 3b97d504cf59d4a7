//! Runs that are gone on with: from a journal, by another hand, beside a file that is there.

use std::{fs, time::Duration};

use hardware_dashboard::{
    Stage,
    model::NewProduct,
    workflow::{Attach, Journal, Outcome, Polling, Reached, Run, Sign, Update},
};
use hardware_dashboard_emulator::{Fault, FaultKind, Step};

use super::{
    orders::{Order, SHELL, World},
    quick,
};
use crate::support::{OS_CODE, SIGNED, often, predicates};

/// Stops as soon as it would have to wait.
fn impatient() -> Polling {
    often().max_wait(Duration::ZERO)
}

#[tokio::test]
async fn a_run_whose_time_is_over_is_resumed_by_its_journal() {
    let world = World::new(Order::SignAttestation).await;
    let path = world.path("run.journal");
    let journal = Journal::create(&path).expect("a journal");
    let run = world.begin(world.client()).journal(journal).expect("it can be written");
    let mut run = run.polling(impatient());
    assert_eq!(run.until_done().await.expect("nothing is wrong"), Outcome::StillRunning);
    let (correlation, submission) = (run.state().correlation_id(), run.state().submission_id());
    assert!(submission.is_some());
    let error = Journal::open(&path).expect_err("the run has it");
    assert!(error.to_string().contains("is in use"), "{error}");
    drop(run);
    for _ in 0..2 {
        // When it is done it is still there to be asked.
        let journal = Journal::open(&path).expect("a journal");
        let mut run = Run::resume(world.client(), journal).expect("a run").polling(often());
        assert_eq!(
            (run.state().correlation_id(), run.state().submission_id()),
            (correlation, submission)
        );
        let outcome = run.until_done().await.expect("nothing is wrong");
        let Outcome::Done(file) = outcome else { panic!("{outcome:?}") };
        assert_eq!(fs::metadata(&file.path).expect("a file").len(), file.bytes);
    }
    assert_eq!(world.emulator.calls("commitSubmission"), 1);
    world.check("resumed").await;
}

#[tokio::test]
async fn a_run_may_end_when_the_service_has_it_and_be_resumed() {
    for order in [Order::SignAttestation, Order::Publish, Order::Preprod] {
        let world = World::new(order).await;
        let path = world.path("run.journal");
        let journal = Journal::create(&path).expect("a journal");
        let run = world.begin(world.client()).journal(journal).expect("it can be written");
        let mut run = run.polling(often());
        let outcome = run.until_handed_over().await.expect("nothing is wrong");
        assert_eq!(outcome, Outcome::HandedOver, "{order:?}");
        let reached = match order {
            Order::SignAttestation => Reached::Committed,
            Order::Preprod => Reached::PackageSubmitted,
            _ => Reached::LabelCreated,
        };
        let seen = Journal::inspect(&path).expect("a journal");
        assert_eq!((seen.reached(), seen.is_in_use()), (reached, true), "{order:?}");
        assert!(!world.path(SIGNED).exists(), "{order:?}");
        drop(run);
        let run = Run::resume(world.client(), Journal::open(&path).expect("a journal"));
        let mut run = run.expect("a run").polling(often());
        run.until_done().await.expect("nothing is wrong");
        run.into_journal().remove().expect("it is ours");
        assert!(!path.exists(), "{order:?}");
        world.check("handed over").await;
    }
}

#[tokio::test]
async fn a_file_that_has_gone_is_fetched_again() {
    let world = World::new(Order::SignAttestation).await;
    let path = world.path("run.journal");
    let journal = Journal::create(&path).expect("a journal");
    let run = world.begin(world.client()).journal(journal).expect("it can be written");
    run.polling(often()).until_done().await.expect("nothing is wrong");
    fs::remove_file(world.path(SIGNED)).expect("it is there");
    let journal = Journal::open(&path).expect("a journal");
    let run = Run::resume(world.client(), journal).expect("a run");
    run.polling(often()).until_done().await.expect("nothing is wrong");
    world.check("fetched again").await;
}

#[tokio::test]
async fn a_file_that_was_changed_is_not_taken_for_the_signed_one() {
    let world = World::new(Order::SignAttestation).await;
    let path = world.path("run.journal");
    let journal = Journal::create(&path).expect("a journal");
    let run = world.begin(world.client()).journal(journal).expect("it can be written");
    run.polling(often()).until_done().await.expect("nothing is wrong");
    let mut changed = fs::read(world.path(SIGNED)).expect("it is there");
    *changed.last_mut().expect("it is not empty") ^= 1;
    fs::write(world.path(SIGNED), &changed).expect("there is room");
    let journal = Journal::open(&path).expect("a journal");
    let mut run = Run::resume(world.client(), journal).expect("a run").polling(often());
    let error = run.until_done().await.expect_err("it is kept");
    assert!(error.is_file() && error.to_string().contains("was kept"), "{error}");
    assert_eq!(fs::read(world.path(SIGNED)).expect("it is there"), changed);
}

#[tokio::test]
async fn a_journal_belongs_to_one_run() {
    let world = World::new(Order::SignAttestation).await;
    let path = world.path("run.journal");
    let new = || Journal::create(&path);
    let error = Run::resume(world.client(), new().expect("a journal")).expect_err("it is empty");
    assert!(error.is_input() && error.to_string().contains("no run"), "{error}");
    let error = Run::resume(world.client(), Journal::in_memory()).expect_err("it is empty");
    assert!(error.is_input(), "{error}");
    drop(world.begin(world.client()).journal(new().expect("a journal")).expect("it is written"));
    let held = Journal::open(&path).expect("a journal");
    let error = world.begin(world.client()).journal(held).expect_err("it holds another run");
    assert!(error.is_input() && error.to_string().contains("another run"), "{error}");
    assert_eq!(world.emulator.exchanges().len(), 0);
}

#[tokio::test]
async fn a_journal_takes_no_name_of_a_file_of_the_run() {
    let world = World::new(Order::UpdateFromShell).await;
    let (product, _) = world.before.expect("it is signed");
    for name in [SIGNED, SHELL, "dua.hlkx"] {
        let order = Update::new(product, "Update", world.path("dua.hlkx"), world.path(SIGNED));
        let run = Run::update(world.client(), order.shell(world.path(SHELL)));
        let journal = Journal::create(world.path(name)).expect("a journal");
        let run = run.expect("the order is good").journal(journal);
        let error = run.expect_err("it would be replaced");
        assert!(error.is_input() && error.to_string().contains("of a file of the run"), "{error}");
        assert!(!world.path(name).exists(), "{name}");
    }
}

#[tokio::test]
async fn a_foreign_file_at_the_target_is_kept_and_the_signed_one_is_known() {
    let world = World::new(Order::SignAttestation).await;
    let mut run = world.begin(world.client()).polling(impatient());
    run.until_done().await.expect("nothing is wrong");
    fs::write(world.path(SIGNED), "somebody else's").expect("there is room");
    let mut run = run.polling(often());
    for _ in 0..2 {
        let error = run.until_done().await.expect_err("it is kept");
        assert_eq!(predicates(&error), ["is_file"]);
        assert!(error.to_string().contains("was kept"), "{error}");
    }
    let kept = fs::read(world.path(SIGNED)).expect("it is there");
    assert_eq!(kept, b"somebody else's");
    fs::remove_file(world.path(SIGNED)).expect("it is there");
    run.until_done().await.expect("there is a place now");
    world.check("after it was moved away").await;
}

#[tokio::test]
async fn what_another_tool_began_is_uploaded_committed_and_fetched() {
    let world = World::new(Order::SignAttestation).await;
    // The upload fails for good, so that the submission stays open.
    let refused = Fault::on("putBlob", FaultKind::status(400)).forever();
    world.emulator.inject(refused).expect("it can happen");
    let mut begun = world.begin(world.client()).polling(often());
    begun.until_done().await.expect_err("the upload is refused");
    world.emulator.clear_faults();
    let (product, submission) =
        (begun.state().product_id().expect("made"), begun.state().submission_id());
    let order = Attach::new(product, submission.expect("made"), world.path(SIGNED));
    let mut watching = Run::attach(world.client(), order.clone()).expect("the order is good");
    watching = watching.polling(impatient());
    assert_eq!(watching.until_done().await.expect("it is open"), Outcome::StillRunning);
    let order = order.package(world.path("echo.cab"));
    let mut attached = Run::attach(world.client(), order).expect("the order is good");
    attached = attached.polling(often());
    attached.until_done().await.expect("nothing is wrong");
    world.check("attached").await;
}

#[tokio::test]
async fn a_label_that_fails_tells_the_services_reasons() {
    let builder = quick().fail_step(Step::PublishJobValidation, ["No such id."], None);
    let world = World::with(Order::Share, builder).await;
    let mut run = world.begin(world.client()).polling(often());
    let error = run.until_done().await.expect_err("the label fails");
    assert_eq!(predicates(&error), ["is_workflow_failed"]);
    assert_eq!((error.stage(), error.messages()), (Stage::Workflow, &["No such id.".into()][..]));
    assert!(error.to_string().contains("publishJobValidation"), "{error}");
    assert!(
        run.state().label_id().is_some() && error.hint().contains("another label"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_preproduction_package_that_fails_tells_the_services_reason() {
    let world = World::new(Order::Preprod).await;
    // A cabinet that holds no driver.
    let cabinet = fs::read(world.path("echo.cab")).expect("a package");
    fs::write(world.path("echo.cab"), &cabinet[..40]).expect("there is room");
    let error = world.run().await.expect_err("the package is broken");
    assert_eq!(predicates(&error), ["is_workflow_failed"]);
    assert_eq!(error.messages().len(), 1, "{error:?}");
    assert!(error.hint().contains("submit it again"), "{}", error.hint());
}

#[tokio::test]
async fn orders_that_cannot_be_are_refused_before_anything_is_sent() {
    let world = World::new(Order::SignAttestation).await;
    let (product, submission) = (1.into(), 2.into());
    let (to_update, to_partner) = (Order::Publish, Order::Share);
    let published = world.shipment(to_update);
    let shared = world.shipment(to_partner);
    for (error, word) in [
        (Run::publish(world.client(), product, submission, shared), "Windows Update"),
        (Run::share(world.client(), product, submission, published), "partner"),
    ] {
        let error = error.expect_err("it leads elsewhere");
        assert!(error.is_input() && error.to_string().contains(word), "{error}");
    }
    let product = NewProduct::attestation("Echo", vec![OS_CODE.into()]);
    let order = Sign::new(product, world.path("missing.cab"), world.path(SIGNED));
    assert!(Run::sign(world.client(), order).expect_err("there is no package").is_file());
    assert_eq!(world.emulator.exchanges().len(), 0);
}
