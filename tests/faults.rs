//! Every operation meets every fault: what the error says, and how often the call was sent.

pub(crate) mod call;
mod case;
mod refused;
mod unreachable;
mod world;

use std::sync::Arc;

use hardware_dashboard::{Client, Stage};
use tokio::task::JoinSet;

use self::{
    case::{CASES, Case, Effect, Outcome},
    world::World,
};
use crate::{
    spec::Spec,
    support::{Told, predicates},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_meets_every_fault() {
    let mut tables = JoinSet::new();
    for (operation, line) in Spec::read().operations() {
        let effect = Effect::of_method(&line);
        tables.spawn(async move { (operation.clone(), table(operation.leak(), effect).await) });
    }
    let (mut count, mut wrong) = (0, Vec::new());
    while let Some(table) = tables.join_next().await {
        let (operation, problems) = table.expect("a table is worked through");
        count += CASES.len();
        wrong.extend(problems.into_iter().map(|problem| format!("{operation}: {problem}")));
    }
    println!("{count} pairs of operation and fault");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(count, 22 * CASES.len());
}

/// Everything that goes wrong in another way than it shall.
async fn table(operation: &'static str, effect: Effect) -> Vec<String> {
    let world = World::make().await;
    let client = world.client(operation);
    let mut problems = Vec::new();
    for case in CASES {
        let client = match case {
            case if case.stalls() => world.hasty_client(operation),
            // Calls that were throttled go out slowly for a while.
            case if case.is_throttled() => world.client(operation),
            _ => client.clone(),
        };
        let found = check(&world, operation, effect, case, client).await;
        problems.extend(found.into_iter().map(|problem| format!("{}: {problem}", case.name)));
    }
    problems.extend(world.emulator.spec_violations());
    problems
}

async fn check(
    world: &World,
    operation: &'static str,
    effect: Effect,
    case: &Case,
    client: Client,
) -> Vec<String> {
    let target = world.target(operation).await;
    world.warm_up(&client).await;
    let count = || (world.emulator.calls(operation), world.emulator.calls("token"));
    let before = count();
    let faults = (case.faults)(operation);
    let ordered = faults.len();
    for fault in faults {
        world.emulator.inject(fault).expect("the fault can happen");
    }
    let told = Told::default();
    let client = client.with_reporter(Arc::new(told.clone()));
    let result = call::make(operation, &client, &target).await;
    let after = count();
    let mut problems = Vec::new();
    let mut same = |what: &str, found: String, expected: String| {
        if found != expected {
            problems.push(format!("{what} is {found}, not {expected}"));
        }
    };
    let expected = (case.expected)(effect, operation);
    same("the number of calls", (after.0 - before.0).to_string(), expected.calls.to_string());
    same("the number of tokens", (after.1 - before.1).to_string(), expected.tokens.to_string());
    same("the number of pauses", told.pauses().len().to_string(), expected.pauses.to_string());
    if let Some(least) = expected.least_pause {
        same("a pause of that length", (told.pauses() >= vec![least]).to_string(), "true".into());
    }
    match (&result, expected.outcome) {
        (Ok(()), Outcome::Done) => {}
        (Ok(()), Outcome::Fails { .. }) => same("the call", "done".into(), "failed".into()),
        (Err(error), Outcome::Done) => same("the call", format!("{error:?}"), "done".into()),
        (Err(error), Outcome::Fails { holds, status, retry_after }) => {
            same("what holds", format!("{:?}", predicates(error)), format!("{holds:?}"));
            let found = error.status().map(|status| status.as_u16());
            same("the status", format!("{found:?}"), format!("{status:?}"));
            same("the stage", error.stage().to_string(), Stage::Api(operation).to_string());
            let told = error.retry_after().map(|pause| pause.as_secs());
            let fits = match (told, retry_after) {
                // The date is counted from the answer's own, which a server makes once a second.
                (Some(told), Some(meant)) => (meant - 60..=meant + 2).contains(&told),
                (told, meant) => told == meant,
            };
            same("that Retry-After fits", format!("{fits} ({told:?})"), format!("true ({told:?})"));
            let ids = (error.correlation_id(), error.request_id().map(|id| id.to_string()));
            let last = world.last_request_id(operation);
            same(
                "the ids",
                format!("{ids:?}"),
                format!("{:?}", (Some(client.correlation_id()), last)),
            );
        }
    }
    let due = ordered - ordered.min(expected.calls);
    let unfired = world.emulator.unfired_faults();
    if unfired.len() != due {
        problems.push(format!("these did not happen: {unfired:?}"));
    }
    world.emulator.clear_faults();
    problems
}
