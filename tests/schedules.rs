//! Runs of which anything may go wrong several times, at random: each is made again by its seed.
//!
//! `HARDWARE_DASHBOARD_SEED=7` makes one of them, `HARDWARE_DASHBOARD_SCHEDULES=100000` makes more.

use std::{collections::BTreeMap, env, thread, time::Duration};

use futures_util::{StreamExt as _, stream};
use hardware_dashboard::{
    Error,
    workflow::{Journal, Outcome, Run},
};
use hardware_dashboard_emulator::{Fault, FaultKind};
use tokio::{runtime::Builder, time::timeout};

use crate::{
    runs::{
        matrix::{PATIENCE, SETTLE, STEP, kinds, operation, recorded},
        orders::{Order, World},
    },
    support::{self, often},
};

/// How many schedules there are, when nobody asks for more.
const SCHEDULES: u64 = 2000;

/// Faults of a schedule.
const FAULTS: std::ops::RangeInclusive<usize> = 1..=6;

/// A run that goes on so often has lost its way.
const MAX_ROUNDS: usize = 20;

/// How long a schedule may take. Time passes only while nothing can be done.
const LIMIT: Duration = Duration::from_secs(2 * 3600);

/// Each has a share of the schedules, and a time of its own.
const THREADS: u64 = 2;

/// Runs of a thread that go on at once: most of their time is pauses, which cost the less the more meet.
const AT_ONCE: usize = 48;

/// From so few schedules nothing can be told of how often each kind of fault happens.
const ENOUGH: usize = 1000;

/// What can go wrong in a run of each order.
struct Faults {
    kinds: Vec<FaultKind>,
    orders: Vec<Possible>,
}

/// The faults of which a run of this order has requests.
struct Possible {
    order: Order,
    /// By the place of the kind: how many requests of a run to which nothing happens it could meet.
    requests: Vec<(usize, u64)>,
}

impl Faults {
    async fn of_all_orders() -> Self {
        let kinds = kinds();
        let mut orders = Vec::new();
        for order in Order::ALL {
            orders.push(Possible::of(order, &kinds).await);
        }
        Self { kinds, orders }
    }

    /// The places of the kinds, and the faults. A fault is drawn for one of the first requests that it
    /// can meet, of which there are as many in each run.
    fn schedule(&self, random: &mut fastrand::Rng) -> (Order, Vec<(usize, Fault)>) {
        let possible = random.choice(&self.orders).expect("there are orders");
        let faults = (0..random.usize(FAULTS)).map(|_| {
            let (kind, requests) = random.choice(&possible.requests).expect("there are kinds");
            let fault = Fault::on("any", self.kinds[*kind].clone());
            (*kind, fault.nth(random.u64(1..=*requests)).times(random.u64(1..=2)))
        });
        let faults = faults.collect();
        (possible.order, faults)
    }
}

impl Possible {
    async fn of(order: Order, kinds: &[FaultKind]) -> Self {
        let recorded = recorded(order).await;
        let world = World::new(order).await;
        let count = |kind: &FaultKind| {
            let met = |exchange: &&_| {
                world.emulator.inject(Fault::on(operation(exchange), kind.clone())).is_ok()
            };
            u64::try_from(recorded.iter().filter(met).count()).expect("a number")
        };
        let requests = kinds.iter().map(count).enumerate().filter(|(_, requests)| *requests > 0);
        Self { order, requests: requests.collect() }
    }
}

/// What came of schedules.
#[derive(Default)]
struct Tally {
    schedules: usize,
    resumed: usize,
    drawn: usize,
    /// How many faults happened, by the place of their kind.
    happened: BTreeMap<usize, usize>,
}

impl Tally {
    fn add(mut self, other: Self) -> Self {
        self.schedules += other.schedules;
        self.resumed += other.resumed;
        self.drawn += other.drawn;
        for (kind, times) in other.happened {
            *self.happened.entry(kind).or_default() += times;
        }
        self
    }

    /// A test whose faults do not happen would say nothing.
    fn check(&self, faults: &Faults) {
        let Self { schedules, resumed, drawn, happened } = self;
        let all: usize = happened.values().sum();
        let mean = all as f64 / *schedules as f64;
        println!(
            "{schedules} schedules survived, {resumed} of them resumed after an error; {all} of \
             {drawn} faults happened, {mean:.2} a run"
        );
        for (kind, times) in happened {
            println!("{times:5} times {:?}", faults.kinds[*kind]);
        }
        if *schedules >= ENOUGH {
            assert!(all * 4 >= drawn * 3, "{all} of {drawn} faults happened");
            assert!((2.5..=6.0).contains(&mean), "{mean} faults a run");
            let rare = (0..faults.kinds.len()).find(|kind| {
                let happened = happened.get(kind).copied().unwrap_or_default();
                happened * faults.kinds.len() * 2 < all
            });
            assert_eq!(rare.map(|kind| &faults.kinds[kind]), None, "it hardly happened");
        }
    }
}

/// Goes on after errors as a program would: with the journal, in a new run.
async fn go_on(world: &World) -> Result<usize, Error> {
    let path = world.path("run.journal");
    let journal = Journal::create(&path)?;
    let mut run = world.begin(world.client()).journal(journal)?.polling(world.polling.clone());
    for round in 1.. {
        match run.until_done().await {
            Ok(Outcome::Done(_) | Outcome::Shipped { .. }) => return Ok(round),
            Ok(outcome) => panic!("{outcome:?}"),
            Err(error) if round == MAX_ROUNDS => return Err(error),
            Err(_) => {
                drop(run);
                run = Run::resume(world.client(), Journal::open(&path)?)?;
                run = run.polling(world.polling.clone());
            }
        }
    }
    unreachable!("the last round returns")
}

async fn survives(seed: u64, faults: &Faults) -> Tally {
    let (order, drawn) = faults.schedule(&mut fastrand::Rng::with_seed(seed));
    let what = format!("HARDWARE_DASHBOARD_SEED={seed}: {order:?}, {drawn:?}");
    let mut world = World::new(order).await;
    world.patience = PATIENCE;
    world.polling = often().max(Duration::from_millis(500)).settle(SETTLE);
    for (_, fault) in &drawn {
        world.emulator.inject(fault.clone()).expect("it can happen");
    }
    let rounds = timeout(LIMIT, go_on(&world)).await;
    let rounds = rounds.unwrap_or_else(|_| panic!("{what}: no end"));
    let rounds = rounds.unwrap_or_else(|error| panic!("{what}: {error:?}"));
    world.check(&what).await;
    let exchanges = world.emulator.exchanges();
    let met: Vec<_> = exchanges.iter().filter_map(|exchange| exchange.fault()).collect();
    assert!(!met.is_empty(), "{what}: nothing happened");
    let mut tally = Tally { schedules: 1, drawn: drawn.len(), ..Tally::default() };
    tally.resumed += usize::from(rounds > 1);
    for (kind, _) in drawn.iter().filter(|(_, fault)| met.contains(&fault)) {
        *tally.happened.entry(*kind).or_default() += 1;
    }
    tally
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}

/// Lets a time of its own pass for what is done.
fn at_its_own_time<T>(work: impl AsyncFnOnce() -> T) -> T {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        support::pass(STEP, || ());
        work().await
    })
}

async fn all_survive(seeds: impl Iterator<Item = u64>, faults: &Faults) -> Tally {
    let runs = stream::iter(seeds).map(|seed| survives(seed, faults)).buffer_unordered(AT_ONCE);
    runs.fold(Tally::default(), async |sum, run| sum.add(run)).await
}

#[test]
fn no_schedule_of_faults_loses_or_doubles_anything() {
    let seeds = match number("HARDWARE_DASHBOARD_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("HARDWARE_DASHBOARD_SCHEDULES").unwrap_or(SCHEDULES),
    };
    let faults = &at_its_own_time(Faults::of_all_orders);
    let tally = thread::scope(|scope| {
        let shares = (0..THREADS).map(|thread| {
            let seeds = seeds.clone().filter(move |seed| seed % THREADS == thread);
            scope.spawn(|| at_its_own_time(async || all_survive(seeds, faults).await))
        });
        let shares: Vec<_> = shares.collect();
        let shares = shares.into_iter().map(|share| share.join().expect("all survive"));
        shares.fold(Tally::default(), Tally::add)
    });
    tally.check(faults);
}
