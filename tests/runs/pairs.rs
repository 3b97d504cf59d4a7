//! Two answers of one run are lost: of two calls that make something, of one and of its repetition, of
//! one and of the look for what came of it.

use hardware_dashboard_emulator::{Exchange, Fault, FaultKind};

use super::{
    matrix::{STEP, all_survive, operation, recorded},
    orders::Order,
};
use crate::support;

/// A call whose answer is lost before it is done, or after.
fn lost() -> [FaultKind; 2] {
    [FaultKind::CloseBeforeReading, FaultKind::CloseAfterActing]
}

/// Whether a request does something at the service.
fn acts(exchange: &Exchange) -> bool {
    exchange.method() != "GET" && operation(exchange) != "token"
}

/// The second fault of a pair whose first one meets the request of this place.
fn second_faults(recorded: &[Exchange], place: usize, first: &FaultKind) -> Vec<Fault> {
    let later = recorded[place + 1..].iter().filter(|exchange| acts(exchange));
    let mut faults: Vec<_> = later
        .flat_map(|exchange| lost().map(|kind| Fault::on(operation(exchange), kind)))
        .collect();
    // The first one is the request of the number `place + 1`.
    let next = (place + 2).try_into().expect("a number");
    faults.extend(lost().map(|kind| Fault::on("any", kind).nth(next)));
    // Only what was not done is sent again.
    if *first == FaultKind::CloseBeforeReading {
        let again = |kind| Fault::on(operation(&recorded[place]), kind).nth(2);
        faults.extend(lost().map(again));
    }
    faults
}

/// Every pair of lost answers that can happen in this run.
fn pairs(recorded: &[Exchange]) -> Vec<Vec<Fault>> {
    let mut pairs = Vec::new();
    for (place, exchange) in recorded.iter().enumerate().filter(|(_, exchange)| acts(exchange)) {
        for kind in lost() {
            let first = Fault::on(operation(exchange), kind.clone());
            let seconds = second_faults(recorded, place, &kind).into_iter();
            pairs.extend(seconds.map(|second| vec![first.clone(), second]));
        }
    }
    pairs
}

#[tokio::test(start_paused = true)]
async fn two_lost_answers_are_survived_too() {
    support::pass(STEP, || ());
    let mut total = 0;
    for order in Order::ALL {
        let pairs = pairs(&recorded(order).await);
        let expected = pairs.len();
        assert_eq!(all_survive(order, pairs).await, expected, "{order:?}");
        println!("{order:?}: {expected} pairs of lost answers");
        total += expected;
    }
    println!("{total} pairs in all");
    // All orders but the one that makes nothing lose some answers.
    assert!(total > 200, "{total}");
}
