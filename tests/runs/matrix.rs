//! Every request of every order meets every fault that the emulator has for it.

use std::{collections::BTreeMap, time::Duration};

use futures_util::{StreamExt as _, stream};
use hardware_dashboard::workflow::Outcome;
use hardware_dashboard_emulator::{Exchange, Fault, FaultKind, RetryAfter};

use super::orders::{Order, World};
use crate::support::{self, often};

/// How long a client waits for an answer that does not come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(4);

/// After how long a lost answer is taken for one that nothing comes of. A call whose answer was
/// merely slow has acted by then.
pub(crate) const SETTLE: Duration = Duration::from_secs(8);

/// How long a case may take. Time passes only while nothing can be done.
pub(super) const LIMIT: Duration = Duration::from_secs(1800);

/// In such steps time passes.
pub(crate) const STEP: Duration = Duration::from_millis(100);

/// Cases that run at once: most of their time goes by in stalls, which cost the less the more meet.
pub(super) const AT_ONCE: usize = 24;

pub(crate) fn kinds() -> Vec<FaultKind> {
    let page = |status, after_acting| FaultKind::HtmlPage { status, after_acting };
    let busy = FaultKind::Status {
        status: 503,
        retry_after: Some(RetryAfter::Seconds(0)),
        after_acting: false,
        code: None,
        message: None,
    };
    vec![
        FaultKind::CloseBeforeReading,
        FaultKind::CloseAfterActing,
        FaultKind::status(429),
        FaultKind::throttled(RetryAfter::Seconds(1)),
        FaultKind::status(500),
        FaultKind::status(502),
        FaultKind::status(503),
        busy,
        FaultKind::status_after_acting(500),
        FaultKind::status_after_acting(502),
        page(200, false),
        page(200, true),
        page(502, false),
        page(502, true),
        FaultKind::TruncatedBody,
        FaultKind::SlowBody { piece_bytes: 256, pause_milliseconds: 1 },
        FaultKind::Stall { after_acting: false },
        FaultKind::Stall { after_acting: true },
        FaultKind::ExpiredToken,
        FaultKind::ExpiredSas,
    ]
}

/// The requests of an order to which nothing happens.
pub(crate) async fn recorded(order: Order) -> Vec<Exchange> {
    let world = World::new(order).await;
    let before = world.emulator.exchanges().len();
    let outcome = world.run().await;
    assert!(matches!(outcome, Ok(Outcome::Done(_) | Outcome::Shipped { .. })), "{outcome:?}");
    let made = world.emulator.exchanges().split_off(before);
    world.check(&format!("{order:?} without a fault")).await;
    made
}

pub(crate) fn operation(exchange: &Exchange) -> &str {
    exchange.operation().expect("only known requests are made")
}

/// Every fault that can happen to so many requests of each kind.
pub(super) fn faults(requests: &BTreeMap<&str, u64>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (operation, times) in requests {
        for nth in 1..=*times {
            let met = |kind| Fault::on(*operation, kind).nth(nth);
            faults.extend(kinds().into_iter().map(met));
        }
    }
    faults
}

/// Whether the faults can happen to such requests at all.
pub(super) async fn survives(order: Order, faults: Vec<Fault>) -> bool {
    let mut world = World::new(order).await;
    if faults.iter().any(|fault| matches!(fault.kind(), FaultKind::Stall { .. })) {
        world.patience = PATIENCE;
        world.polling = often().max(Duration::from_millis(500)).settle(SETTLE);
    }
    let what = format!("{order:?}, {faults:?}");
    if !faults.into_iter().all(|fault| world.emulator.inject(fault).is_ok()) {
        return false;
    }
    let outcome = tokio::time::timeout(LIMIT, world.run()).await;
    let outcome = outcome.unwrap_or_else(|_| panic!("{what}: no end"));
    assert!(
        matches!(outcome, Ok(Outcome::Done(_) | Outcome::Shipped { .. })),
        "{what}: {outcome:?}"
    );
    let unfired = world.emulator.unfired_faults();
    assert!(unfired.is_empty(), "it did not happen: {what}");
    world.check(&what).await;
    world.check_folder(&what);
    true
}

/// How many of these cases there are, for some faults cannot happen to some requests.
pub(super) async fn all_survive(order: Order, cases: Vec<Vec<Fault>>) -> usize {
    let cases = stream::iter(cases).map(|faults| survives(order, faults));
    let tried: Vec<bool> = cases.buffer_unordered(AT_ONCE).collect().await;
    tried.into_iter().filter(|can_happen| *can_happen).count()
}

async fn every_fault(order: Order) {
    let recorded = recorded(order).await;
    let mut requests = BTreeMap::new();
    for exchange in &recorded {
        *requests.entry(operation(exchange)).or_default() += 1;
    }
    let cases = faults(&requests).into_iter().map(|fault| vec![fault]).collect();
    let tried = all_survive(order, cases).await;
    println!(
        "{order:?}: {tried} faults at {} requests of {} kinds",
        recorded.len(),
        requests.len()
    );
    // All but the two that are for the API or for blob storage alone happen to each.
    assert!(tried >= recorded.len() * (kinds().len() - 2), "{order:?}: {tried} of {requests:?}");
}

/// A test an order, so that they run beside one another.
macro_rules! orders {
    ($($name:ident: $order:ident,)+) => {
        $(#[tokio::test(start_paused = true)]
        async fn $name() {
            support::pass(STEP, || ());
            every_fault(Order::$order).await;
        })+

        #[test]
        fn every_order_is_tried() {
            let tried = [$(Order::$order),+];
            assert!(Order::ALL.iter().all(|order| tried.contains(order)));
        }
    };
}

orders! {
    signing_by_attestation_survives_every_fault: SignAttestation,
    signing_by_hlk_survives_every_fault: SignHlk,
    signing_by_hck_survives_every_fault: SignHck,
    signing_and_publishing_survive_every_fault: SignAndPublish,
    signing_and_sharing_survive_every_fault: SignAndShare,
    updating_survives_every_fault: Update,
    updating_from_the_shell_survives_every_fault: UpdateFromShell,
    publishing_survives_every_fault: Publish,
    publishing_what_was_shared_survives_every_fault: PublishShared,
    sharing_survives_every_fault: Share,
    preproduction_survives_every_fault: Preprod,
    attaching_survives_every_fault: Attach,
}
