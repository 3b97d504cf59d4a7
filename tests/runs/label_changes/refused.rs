//! Changes that cannot be made, and say why.

use hardware_dashboard::workflow::{LabelChange, cancel_label, revise_label};
use hardware_dashboard_emulator::{Fault, FaultKind};

use super::subject::{Change, Subject};

#[tokio::test]
async fn a_label_whose_workflow_runs_takes_no_update() {
    let subject = Subject::new(Change::Cancel).await;
    let update = revise_label(&subject.handler(), &subject.update(), &subject.world.polling).await;
    let error = update.expect_err("the label waits for its approval");
    assert!(error.is_validation() && !error.may_have_been_applied(), "{error:?}");
    assert!(error.hint().contains("while its workflow runs"), "{}", error.hint());
    assert_eq!(subject.world.emulator.calls("updateShippingLabel"), 1);
}

#[tokio::test]
async fn a_label_that_was_cancelled_takes_no_update() {
    let subject = Subject::new(Change::Cancel).await;
    subject.make().await.expect("nothing is wrong");
    subject.check("the cancellation").await;
    let update = revise_label(&subject.handler(), &subject.update(), &subject.world.polling).await;
    let error = update.expect_err("it reaches nobody");
    assert!(error.is_workflow_failed() && error.hint().contains("another"), "{error:?}");
    assert_eq!(subject.world.emulator.calls("updateShippingLabel"), 0);
}

#[tokio::test]
async fn a_label_that_is_published_is_not_taken_back() {
    let subject = Subject::new(Change::Update).await;
    let cancelled = cancel_label(&subject.handler(), &subject.world.polling).await;
    let error = cancelled.expect_err("it is out");
    assert!(error.is_invalid_state() && !error.may_have_been_applied(), "{error:?}");
    assert!(error.hint().contains("is published"), "{}", error.hint());
    assert_eq!(subject.world.emulator.calls("cancelShippingLabel"), 1);
}

/// The service does not say that an earlier call is the reason: it may have been.
#[tokio::test]
async fn a_refusal_after_a_lost_answer_says_that_it_may_have_been_made() {
    let subject = Subject::new(Change::Update).await;
    let lost = Fault::on("cancelShippingLabel", FaultKind::CloseBeforeReading);
    subject.world.emulator.inject(lost).expect("it can happen");
    let cancelled = cancel_label(&subject.handler(), &subject.world.polling).await;
    let error = cancelled.expect_err("it is out");
    assert!(error.is_invalid_state() && error.may_have_been_applied(), "{error:?}");
    assert_eq!(subject.world.emulator.calls("cancelShippingLabel"), 2);
}

#[tokio::test]
async fn answers_that_are_always_lost_end_in_the_error() {
    for change in [Change::Update, Change::Cancel] {
        let subject = Subject::new(change).await;
        let page = FaultKind::HtmlPage { status: 200, after_acting: false };
        let lost = Fault::on(change.operation(), page).forever();
        subject.world.emulator.inject(lost).expect("it can happen");
        let error = subject.make().await.expect_err("nobody hears it");
        assert!(error.may_have_been_applied(), "{change:?}: {error:?}");
        assert_eq!(subject.world.emulator.calls(change.operation()), 3, "{change:?}");
        subject.world.emulator.clear_faults();
        let made = subject.make().await.expect("nothing is wrong any more");
        assert_eq!(made, LabelChange::Made);
        subject.check(&format!("{change:?} when the answers come again")).await;
    }
}

#[tokio::test]
async fn an_update_of_nothing_is_not_sent() {
    let subject = Subject::new(Change::Update).await;
    let before = subject.world.emulator.exchanges().len();
    let nothing = Default::default();
    let update = revise_label(&subject.handler(), &nothing, &subject.world.polling).await;
    assert!(update.expect_err("there is nothing in it").is_input());
    assert_eq!(subject.world.emulator.exchanges().len(), before);
}
