//! Every request of every order meets every fault that the emulator has for it.

use std::{collections::BTreeMap, time::Duration};

use futures_util::{StreamExt as _, stream};
use hardware_dashboard::workflow::Outcome;
use hardware_dashboard_emulator::{Fault, FaultKind, RetryAfter};

use super::orders::{Order, World};
use crate::support::often;

/// Requests of one kind beyond these, which are looks at the service, all meet the same.
const OCCURRENCES: u64 = 2;

/// How long a client waits for an answer that does not come.
const PATIENCE: Duration = Duration::from_secs(4);

/// After how long a lost answer is taken for one that nothing comes of. A call whose answer was
/// merely slow has acted by then.
const SETTLE: Duration = Duration::from_secs(8);

/// How long a case may take, on however slow a machine.
const LIMIT: Duration = Duration::from_secs(1800);

/// Cases that run at once: most of their time goes by in stalls.
const AT_ONCE: usize = 24;

fn kinds() -> Vec<FaultKind> {
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

/// The requests of an order to which nothing happens, and how often each is made.
async fn requests(order: Order) -> BTreeMap<String, u64> {
    let world = World::new(order).await;
    let before = world.emulator.exchanges().len();
    let outcome = world.run().await;
    assert!(matches!(outcome, Ok(Outcome::Done(_) | Outcome::Shipped { .. })), "{outcome:?}");
    let mut requests = BTreeMap::new();
    for exchange in &world.emulator.exchanges()[before..] {
        let operation = exchange.operation().expect("only known requests are made");
        *requests.entry(operation.to_owned()).or_default() += 1;
    }
    world.check(&format!("{order:?} without a fault")).await;
    requests
}

/// Every fault that can happen to the requests of an order.
fn faults(requests: &BTreeMap<String, u64>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (operation, times) in requests {
        for nth in 1..=(*times).min(OCCURRENCES) {
            faults.extend(kinds().into_iter().map(|kind| Fault::on(operation, kind).nth(nth)));
        }
    }
    faults
}

/// Whether the fault can happen to such a request at all.
async fn survives(order: Order, fault: Fault) -> bool {
    let mut world = World::new(order).await;
    if let FaultKind::Stall { .. } = fault.kind() {
        world.patience = PATIENCE;
        world.polling = often().max(Duration::from_millis(500)).settle(SETTLE);
    }
    if world.emulator.inject(fault.clone()).is_err() {
        return false;
    }
    let what = format!("{order:?}, {fault:?}");
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

async fn every_fault(order: Order) {
    let requests = requests(order).await;
    let cases = stream::iter(faults(&requests)).map(|fault| survives(order, fault));
    let tried: Vec<bool> = cases.buffer_unordered(AT_ONCE).collect().await;
    let tried = tried.into_iter().filter(|can_happen| *can_happen).count();
    println!("{order:?}: {tried} faults at {} kinds of requests", requests.len());
    assert!(tried > requests.len() * 10, "{order:?}: {tried} of {requests:?}");
}

/// A test an order, so that they run beside one another.
macro_rules! orders {
    ($($name:ident: $order:ident,)+) => {
        $(#[tokio::test]
        async fn $name() {
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
    publishing_survives_every_fault: Publish,
    publishing_what_was_shared_survives_every_fault: PublishShared,
    sharing_survives_every_fault: Share,
    preproduction_survives_every_fault: Preprod,
    attaching_survives_every_fault: Attach,
}
