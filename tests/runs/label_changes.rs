//! Changes to shipping labels: every request meets every fault, and the change is made once.

mod refused;
mod subject;

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use hardware_dashboard::workflow::LabelChange;
use hardware_dashboard_emulator::{Fault, FaultKind};

use self::subject::{Change, Subject};
use super::matrix::{AT_ONCE, LIMIT, PATIENCE, SETTLE, faults, kinds};
use crate::support::often;

/// The requests of a change to which nothing happens, and how often each is made.
async fn requests(change: Change) -> BTreeMap<String, u64> {
    let subject = Subject::new(change).await;
    let before = subject.world.emulator.exchanges().len();
    assert_eq!(subject.make().await.expect("nothing is wrong"), LabelChange::Made);
    let mut requests = BTreeMap::new();
    for exchange in &subject.world.emulator.exchanges()[before..] {
        let operation = exchange.operation().expect("only known requests are made");
        *requests.entry(operation.to_owned()).or_default() += 1;
    }
    subject.check(&format!("{change:?} without a fault")).await;
    requests
}

/// Whether the faults can happen to a change at all.
async fn survives(change: Change, faults: Vec<Fault>) -> bool {
    let mut subject = Subject::new(change).await;
    if faults.iter().any(|fault| matches!(fault.kind(), FaultKind::Stall { .. })) {
        subject.world.patience = PATIENCE;
        subject.world.polling = often().settle(SETTLE);
    }
    let what = format!("{change:?}, {faults:?}");
    let is_single = faults.len() == 1;
    for fault in faults {
        if subject.world.emulator.inject(fault).is_err() {
            return false;
        }
    }
    let made = tokio::time::timeout(LIMIT, subject.make()).await;
    let made = made.unwrap_or_else(|_| panic!("{what}: no end"));
    assert_eq!(made.unwrap_or_else(|error| panic!("{what}: {error:?}")), LabelChange::Made);
    subject.check(&what).await;
    // A second cancellation of a label that is on its way to be cancelled changes nothing.
    if is_single && change == Change::Update {
        assert_eq!(subject.acted(), 1, "{what}");
    }
    true
}

async fn every_fault(change: Change) {
    let requests = requests(change).await;
    let counted = requests.iter().map(|(operation, times)| (operation.as_str(), *times)).collect();
    let single = faults(&counted).into_iter().map(|fault| vec![fault]);
    let cases = single.chain(pairs(change.operation()));
    let cases = stream::iter(cases).map(|faults| survives(change, faults));
    let tried: Vec<bool> = cases.buffer_unordered(AT_ONCE).collect().await;
    let tried = tried.into_iter().filter(|can_happen| *can_happen).count();
    println!("{change:?}: {tried} faults and pairs of faults at {} requests", requests.len());
    assert!(tried > requests.len() * 10, "{change:?}: {tried} of {requests:?}");
}

/// Answers that are lost of one call and of the next, if there is a next one.
fn pairs(operation: &str) -> Vec<Vec<Fault>> {
    let loses = |kind: &FaultKind| {
        use FaultKind::{CloseAfterActing, CloseBeforeReading, HtmlPage, Status};
        matches!(
            kind,
            CloseBeforeReading
                | CloseAfterActing
                | Status { status: 502, .. }
                | HtmlPage { status: 200, .. }
        )
    };
    let lost: Vec<_> = kinds().into_iter().filter(loses).collect();
    let fault = |kind: &FaultKind, nth| Fault::on(operation, kind.clone()).nth(nth);
    let pair = |one| lost.iter().map(move |other| vec![fault(one, 1), fault(other, 2)]);
    lost.iter().flat_map(pair).collect()
}

#[tokio::test]
async fn updating_a_label_survives_every_fault() {
    every_fault(Change::Update).await;
}

#[tokio::test]
async fn cancelling_a_label_survives_every_fault() {
    every_fault(Change::Cancel).await;
}

#[tokio::test]
async fn what_is_so_already_is_not_sent_again() {
    let update = Subject::new(Change::Update).await;
    assert_eq!(update.make().await.expect("nothing is wrong"), LabelChange::Made);
    assert_eq!(update.make().await.expect("it is so"), LabelChange::AlreadySo);
    update.check("the update, twice").await;
    let cancel = Subject::new(Change::Cancel).await;
    assert_eq!(cancel.make().await.expect("nothing is wrong"), LabelChange::Made);
    cancel.check("the cancellation").await;
    assert_eq!(cancel.make().await.expect("it is so"), LabelChange::AlreadySo);
    for subject in [update, cancel] {
        assert_eq!(subject.world.emulator.calls(subject.change.operation()), 1);
    }
}

/// Until the cancellation shows nobody can tell; a second one changes nothing.
#[tokio::test]
async fn a_cancellation_may_be_sent_again_before_it_shows() {
    let subject = Subject::new(Change::Cancel).await;
    for _ in 0..2 {
        assert_eq!(subject.make().await.expect("nothing is wrong"), LabelChange::Made);
    }
    subject.check("the cancellation, twice").await;
}

/// Each process dies in the middle of a request, and the next one does what is left.
#[tokio::test]
async fn a_change_whose_process_dies_is_made_by_the_next() {
    for change in [Change::Update, Change::Cancel] {
        for after_acting in [false, true] {
            let subject = Subject::new(change).await;
            let stall = Fault::on(change.operation(), FaultKind::Stall { after_acting });
            subject.world.emulator.inject(stall).expect("it can happen");
            let dying = async {
                while !subject.world.emulator.unfired_faults().is_empty() {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                made = subject.make() => panic!("it is not answered: {made:?}"),
                () = dying => {}
            }
            subject.make().await.expect("nothing is wrong any more");
            subject.check(&format!("{change:?}, killed, done: {after_acting}")).await;
        }
    }
}
