//! Runs of which anything may go wrong several times, at random: each is made again by its seed.
//!
//! `HARDWARE_DASHBOARD_SEED=7` makes one of them, `HARDWARE_DASHBOARD_SCHEDULES=100000` makes more.

use std::{env, time::Duration};

use futures_util::{StreamExt as _, stream};
use hardware_dashboard::{
    Error,
    workflow::{Journal, Outcome, Run},
};
use hardware_dashboard_emulator::{Fault, FaultKind};
use tokio::time::timeout;

use crate::{
    runs::orders::{Order, World},
    support::often,
};

/// How many schedules there are, when nobody asks for more.
const SCHEDULES: u64 = 2000;

/// Faults of a schedule.
const FAULTS: std::ops::RangeInclusive<usize> = 1..=6;

/// A fault meets one of so many first requests.
const REQUESTS: u64 = 24;

/// A run that goes on so often has lost its way.
const MAX_ROUNDS: usize = 20;

/// How long a schedule may take, on however slow a machine.
const LIMIT: Duration = Duration::from_secs(3600);

/// Runs that go on at once: most of their time is pauses.
const AT_ONCE: usize = 48;

/// What happens to a request; the calls to which it cannot happen are passed over.
fn kind(random: &mut fastrand::Rng) -> FaultKind {
    let (status, after_acting) = (*random.choice(&[500, 502, 503]).expect("one"), random.bool());
    match random.u8(..20) {
        // Rare, for a client slows down after it for a good while.
        0 => FaultKind::status(429),
        1 | 2 => FaultKind::CloseBeforeReading,
        3..=6 => FaultKind::CloseAfterActing,
        7 | 8 => FaultKind::status(status),
        9..=12 => FaultKind::status_after_acting(status),
        13 | 14 => FaultKind::HtmlPage { status: 200, after_acting },
        15 => FaultKind::HtmlPage { status, after_acting },
        16 | 17 => FaultKind::TruncatedBody,
        18 => FaultKind::ExpiredToken,
        _ => FaultKind::ExpiredSas,
    }
}

fn schedule(random: &mut fastrand::Rng) -> (Order, Vec<Fault>) {
    let order = random.choice(Order::ALL).expect("there are orders");
    let faults = (0..random.usize(FAULTS)).map(|_| {
        let fault = Fault::on("any", kind(random));
        fault.nth(random.u64(1..=REQUESTS)).times(random.u64(1..=2))
    });
    let faults = faults.collect();
    (order, faults)
}

/// Goes on after errors as a program would: with the journal, in a new run.
async fn go_on(world: &World) -> Result<usize, Error> {
    let path = world.path("run.journal");
    let journal = Journal::create(&path)?;
    let mut run = world.begin(world.client()).journal(journal)?.polling(often());
    for round in 1.. {
        match run.until_done().await {
            Ok(Outcome::Done(_) | Outcome::Shipped { .. }) => return Ok(round),
            Ok(outcome) => panic!("{outcome:?}"),
            Err(error) if round == MAX_ROUNDS => return Err(error),
            Err(_) => {
                drop(run);
                run = Run::resume(world.client(), Journal::open(&path)?)?.polling(often());
            }
        }
    }
    unreachable!("the last round returns")
}

async fn survives(seed: u64) -> usize {
    let (order, faults) = schedule(&mut fastrand::Rng::with_seed(seed));
    let what = format!("HARDWARE_DASHBOARD_SEED={seed}: {order:?}, {faults:?}");
    let world = World::new(order).await;
    for fault in faults {
        world.emulator.inject(fault).expect("it can happen");
    }
    let rounds = timeout(LIMIT, go_on(&world)).await;
    let rounds = rounds.unwrap_or_else(|_| panic!("{what}: no end"));
    let rounds = rounds.unwrap_or_else(|error| panic!("{what}: {error:?}"));
    world.check(&what).await;
    rounds
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_schedule_of_faults_loses_or_doubles_anything() {
    let seeds = match number("HARDWARE_DASHBOARD_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("HARDWARE_DASHBOARD_SCHEDULES").unwrap_or(SCHEDULES),
    };
    let runs = stream::iter(seeds).map(|seed| tokio::spawn(survives(seed)));
    let rounds = runs.buffer_unordered(AT_ONCE).map(|run| run.expect("it survives"));
    let rounds: Vec<usize> = rounds.collect().await;
    let resumed = rounds.iter().filter(|rounds| **rounds > 1).count();
    println!("{} schedules survived, {resumed} of them resumed after an error", rounds.len());
}
