//! A process is killed after each write of its journal and in each of its requests, and another one
//! goes on with the journal.

mod child;

use futures_util::{StreamExt as _, stream};
use hardware_dashboard_emulator::{Fault, FaultKind};

use self::child::{Child, End};
use crate::runs::orders::{Order, World};

/// The name of the test below, for the process that it starts of itself.
const TEST: &str = "crash::a_run_that_is_killed_at_any_point_goes_on";

/// No run has more points than this; a loop that gets here does not end.
const MANY: usize = 200;

/// Orders that are tried at once.
const AT_ONCE: usize = 5;

/// Kills after the write of this number, and again after the next one; whether there was one.
async fn is_killed_after_write(order: Order, number: usize) -> bool {
    let world = World::new(order).await;
    let was_killed = Child::start(&world, Some(number)).end(&world).await == End::Killed;
    if was_killed {
        Child::start(&world, Some(1)).end(&world).await;
    }
    finish(&world, &format!("{order:?} killed after write {number}")).await;
    was_killed
}

/// Kills in the request of this number, then in the look by which the next process begins, and then in
/// what comes after that look: the first request of each process asks for a token.
async fn is_killed_in_request(order: Order, number: usize, after_acting: bool) -> bool {
    let world = World::new(order).await;
    let what = format!("{order:?} killed in request {number}, done: {after_acting}");
    let stall = |nth: usize| {
        Fault::on("any", FaultKind::Stall { after_acting }).nth(nth.try_into().expect("a number"))
    };
    world.emulator.inject(stall(number)).expect("it can happen");
    let was_killed = Child::start(&world, None).end_or_stall(&world).await == End::Killed;
    if was_killed {
        world.emulator.inject(stall(2)).expect("it can happen");
        let second = Child::start(&world, None).end_or_stall(&world).await;
        assert_eq!(second, End::Killed, "{what}: nothing was looked at");
        world.emulator.inject(stall(3)).expect("it can happen");
        let third = Child::start(&world, None).end_or_stall(&world).await;
        // An order that ends with a label may have no more than that look before it.
        assert!(third == End::Killed || order.makes_label(), "{what}: it went too fast");
    }
    world.emulator.clear_faults();
    finish(&world, &what).await;
    was_killed
}

async fn finish(world: &World, what: &str) {
    assert_eq!(Child::start(world, None).end(world).await, End::Done, "{what}");
    world.check(what).await;
    check_journal(world);
}

/// The journal opens no door.
fn check_journal(world: &World) {
    let journal = child::journal(&world.path(""));
    let text = std::fs::read_to_string(journal).expect("the journal is there");
    for secret in [world.account().client_secret(), "sig=", "://", "Bearer"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

/// No process comes further than two writes: that of an intent, and that of its outcome.
async fn dies_by_inches(order: Order) -> usize {
    let world = World::new(order).await;
    for lives in 1..MANY {
        if Child::start(&world, Some(2)).end(&world).await == End::Done {
            world.check(&format!("{order:?} after {lives} lives")).await;
            return lives;
        }
    }
    panic!("{order:?} does not end");
}

/// Kills a run of this order at each of its points; how many there are.
async fn is_killed_everywhere(order: Order) -> usize {
    let (mut writes, mut requests) = (0, 0);
    while writes < MANY && is_killed_after_write(order, writes + 1).await {
        writes += 1;
    }
    for after_acting in [false, true] {
        let mut number = 1;
        while number < MANY && is_killed_in_request(order, number, after_acting).await {
            number += 1;
        }
        requests += number - 1;
    }
    let lives = dies_by_inches(order).await;
    println!("{order:?}: killed after {writes} writes and in {requests} requests; {lives} lives");
    assert!(requests > writes && writes > 0, "{order:?}");
    writes + requests
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_is_killed_at_any_point_goes_on() {
    if child::run().await {
        return;
    }
    // Most of the time is waited for what might still come of what was killed.
    let points = stream::iter(Order::ALL).map(is_killed_everywhere).buffer_unordered(AT_ONCE);
    let points: usize = points.fold(0, async |sum, points| sum + points).await;
    println!("killed at {points} points, and again after each");
}
