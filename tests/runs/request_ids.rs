//! The id of a request is in the journal before the request is sent.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use hardware_dashboard::{Event, workflow::Journal};
use hardware_dashboard_emulator::{Fault, FaultKind};
use serde_json::Value;
use uuid::Uuid;

use super::orders::{Order, World};
use crate::support::{Watch, often};

/// What the journal held before and after a call: the operation, and the id of its request.
type Noted = Vec<(String, Option<Uuid>)>;

/// The id of the call that is open in a journal.
fn open_id(journal: &Path) -> Option<Uuid> {
    let text = fs::read(journal).expect("the journal is there");
    let journal: Value = serde_json::from_slice(&text).expect("it is whole");
    let slots = journal["known"].as_object().expect("slots").values();
    let open: Vec<_> = slots.filter_map(|slot| slot.get("intended")).collect();
    assert!(open.len() <= 1, "{open:?}");
    let id = open.first()?["requestId"].as_str()?;
    Some(id.parse().expect("a GUID"))
}

/// Makes a run; gives what its journal held at each of its notes, of intents or of outcomes.
async fn noted(world: &World, intents: bool) -> Noted {
    let path = world.path("run.journal");
    let noted = Arc::new(Mutex::new(Noted::new()));
    let (kept, journal, clock) = (noted.clone(), path.clone(), world.emulator.clock().clone());
    let watch = Watch(move |event: &Event<'_>| match event {
        Event::Noted { operation, intent } if *intent == intents => {
            let noted = ((*operation).to_owned(), open_id(&journal));
            kept.lock().expect("nobody panics").push(noted);
        }
        // Driver metadata for a partner takes hours.
        Event::Waiting(_) => clock.advance(Duration::from_secs(1800)),
        _ => {}
    });
    let run = world.begin(world.client().with_reporter(Arc::new(watch))).polling(often());
    let run = run.journal(Journal::create(&path).expect("a journal"));
    run.expect("it can be written").until_done().await.expect("nothing is wrong");
    std::mem::take(&mut *noted.lock().expect("nobody panics"))
}

/// The ids of the requests that the service has received for this operation.
fn received(world: &World, operation: &str) -> Vec<Uuid> {
    let exchanges = world.emulator.exchanges();
    let of_it = exchanges.iter().filter(|exchange| exchange.operation() == Some(operation));
    let ids = of_it.map(|exchange| exchange.request_id().expect("it has an id"));
    ids.map(|id| id.parse().expect("a GUID")).collect()
}

#[tokio::test]
async fn the_journal_holds_the_id_under_which_the_service_receives_the_call() {
    for order in Order::ALL {
        let world = World::new(order).await;
        let mut calls = noted(&world, true).await;
        // Nothing hangs on the ids of an upload: it may be repeated.
        calls.retain(|(operation, _)| operation != "upload");
        for (operation, id) in &calls {
            let last = received(&world, operation).pop();
            assert!(id.is_some() && *id == last, "{order:?}, {operation}: {id:?}, {last:?}");
        }
        assert_eq!(calls.is_empty(), order == Order::Attach, "{order:?}");
    }
}

#[tokio::test]
async fn further_attempts_count_on_from_the_id_that_was_noted() {
    let world = World::new(Order::SignAttestation).await;
    // The token is refused, the next attempt is throttled, and the answer to the third is lost.
    let faults = [FaultKind::ExpiredToken, FaultKind::status(429), FaultKind::CloseAfterActing];
    for (nth, kind) in (1..).zip(faults) {
        let fault = Fault::on("createSubmission", kind).nth(nth);
        world.emulator.inject(fault).expect("it can happen");
    }
    let outcomes = noted(&world, false).await;
    let ids = received(&world, "createSubmission");
    let first = ids.first().expect("it was sent").as_u128();
    let counted: Vec<_> = (0..3).map(|further| Uuid::from_u128(first + further)).collect();
    assert_eq!(ids, counted);
    let lost = outcomes.iter().find(|(operation, _)| operation == "createSubmission");
    assert_eq!(lost.and_then(|(_, id)| *id), ids.last().copied(), "that of the lost answer");
    world.check("found").await;
}
