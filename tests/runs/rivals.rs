//! Two jobs that make a product of the same name in the same moment, and lose their answers: request by
//! request in every order. Neither takes the other's submission for its own.
//!
//! `HARDWARE_DASHBOARD_SEED=7` plays one of the games, `HARDWARE_DASHBOARD_SCHEDULES=5000` plays more.

mod gate;

use std::{env, time::Duration};

use futures_util::{StreamExt as _, stream};
use hardware_dashboard::workflow::{Progress, Run};
use hardware_dashboard_emulator::{Emulator, Fault, FaultKind};

use self::gate::{Gate, Gated};
use super::{has_acted, quick};
use crate::support::{self, often};

/// How many games there are, when nobody asks for more.
const GAMES: u64 = 250;

/// Games that are played at once: most of their time is pauses.
const AT_ONCE: usize = 16;

/// How often a run is gone on with after an error.
const ROUNDS: usize = 3;

/// The first calls of both that may lose their answers.
const CALLS: std::ops::RangeInclusive<u64> = 1..=3;

fn fault(random: &mut fastrand::Rng, call: &str, nth: u64) -> Option<Fault> {
    let after_acting = random.bool();
    let kind = match random.u8(..5) {
        0 => return None,
        1 => FaultKind::HtmlPage { status: 200, after_acting },
        2 if after_acting => FaultKind::status_after_acting(502),
        2 => FaultKind::status(502),
        _ if after_acting => FaultKind::CloseAfterActing,
        _ => FaultKind::CloseBeforeReading,
    };
    Some(Fault::on(call, kind).nth(nth))
}

/// Goes on until the run has a submission, or does not come further.
async fn goes_on(mut run: Run) -> Run {
    for _ in 0..ROUNDS {
        while run.state().submission_id().is_none() {
            match run.poll().await {
                Ok(Progress::Wait(pause)) => tokio::time::sleep(pause).await,
                Ok(_) => {}
                Err(_) => break,
            }
        }
    }
    run
}

fn rival(emulator: &Emulator, folder: &std::path::Path) -> Gated<Run> {
    let (gate, arrivals) = Gate::new();
    // By its name, which the gate resolves: for an address nobody is asked.
    let base = emulator.api_base_url().replace("127.0.0.1", "localhost");
    let client = support::client(emulator).api_base_url(base).http({
        let gate = gate.clone();
        move |http| http.dns_resolver(gate.clone()).pool_max_idle_per_host(0).tls_certs_only([])
    });
    let run = support::begin(client.build().expect("a client"), folder);
    let run = run.polling(often().settle(Duration::from_millis(20)));
    Gated::start(gate, arrivals, goes_on(run))
}

/// Whether a run's submission is its own: a product takes the first one only.
fn check(emulator: &Emulator, run: &Run, what: &str) {
    let (Some(product), Some(_)) = (run.state().product_id(), run.state().submission_id()) else {
        return;
    };
    let path = format!("/products/{product}/submissions");
    let exchanges = emulator.exchanges();
    let first = exchanges.iter().find(|call| {
        let makes = call.operation() == Some("createSubmission") && call.path().ends_with(&path);
        makes && has_acted(call)
    });
    let maker = first.and_then(|call| call.correlation_id()).expect("somebody made it");
    assert_eq!(maker, run.state().correlation_id().to_string(), "{what}: it is the other's");
}

/// How many of the two have come to a submission.
async fn play(seed: u64) -> usize {
    let mut random = fastrand::Rng::with_seed(seed);
    let emulator = quick().start().await.expect("the emulator starts");
    let mut faults = Vec::new();
    for call in ["createProduct", "createSubmission"] {
        faults.extend(CALLS.filter_map(|nth| fault(&mut random, call, nth)));
    }
    let what = format!("HARDWARE_DASHBOARD_SEED={seed}: {faults:?}");
    for fault in faults {
        emulator.inject(fault).expect("it can happen");
    }
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder can be made"));
    let mut rivals = folders.each_ref().map(|folder| rival(&emulator, folder.path()));
    for rival in &mut rivals {
        rival.until_next_request().await;
    }
    while rivals.iter().any(Gated::is_waiting) {
        let next = random.usize(..2);
        let next = if rivals[next].is_waiting() { next } else { 1 - next };
        rivals[next].let_through().await;
    }
    let [one, other] = rivals.map(Gated::into_end);
    if one.state().submission_id().is_some() {
        assert_ne!(one.state().submission_id(), other.state().submission_id(), "{what}");
    }
    check(&emulator, &one, &what);
    check(&emulator, &other, &what);
    usize::from(one.state().submission_id().is_some())
        + usize::from(other.state().submission_id().is_some())
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}

#[tokio::test]
async fn no_run_takes_the_submission_of_another_for_its_own() {
    let the_only = number("HARDWARE_DASHBOARD_SEED");
    let seeds = match the_only {
        Some(seed) => seed..seed + 1,
        None => 0..number("HARDWARE_DASHBOARD_SCHEDULES").unwrap_or(GAMES),
    };
    let games = stream::iter(seeds).map(play).buffer_unordered(AT_ONCE);
    let ends: Vec<usize> = games.collect().await;
    let [none, one, both] = [0, 1, 2].map(|made| ends.iter().filter(|end| **end == made).count());
    println!(
        "{} games: both came to a submission in {both}, one in {one}, none in {none}",
        ends.len()
    );
    // Games that all end alike would show nothing.
    assert!(the_only.is_some() || (both > 0 && one > 0), "both: {both}, one: {one}");
}
