//! Many runs at once, within the calls that an account may make.

use std::{num::NonZeroU32, path::Path, time::Duration};

use hardware_dashboard::{
    Client,
    model::NewProduct,
    workflow::{Batch, Outcome, Run, Sign},
};
use hardware_dashboard_emulator::{Clock, Emulator, Fault, FaultKind};
use tokio::time::Instant;

use super::quick;
use crate::support::{self, OS_CODE, often, write_echo_cabinet};

const RUNS: usize = 200;

/// Calls of a minute.
const QUOTA: u32 = 300;

/// In such steps time passes, for the runs and for the emulator.
const STEP: Duration = Duration::from_millis(500);

fn run(client: &Client, folder: &Path, number: usize) -> Run {
    let product = NewProduct::attestation(format!("Echo {number}"), vec![OS_CODE.into()]);
    let target = folder.join(format!("signed-{number}.zip"));
    let order = Sign::new(product, folder.join("echo.cab"), target);
    Run::sign(client.clone(), order).expect("the order is good")
}

fn paced(emulator: &Emulator) -> Client {
    let client = support::client(emulator).http(|http| http.tls_certs_only([]));
    // A little less: the minute of the service and ours do not begin together.
    let pace = NonZeroU32::new(QUOTA - QUOTA / 30).expect("more than 30 calls");
    client.calls_per_minute(pace).build().expect("a client")
}

/// Time is paused, so that all of it is what the service, its quota and the pace of the client take,
/// and nothing is the machine's.
#[tokio::test(start_paused = true)]
async fn two_hundred_runs_keep_within_the_quota() {
    let clock = Clock::stepped();
    let builder = support::emulator().clock(clock.clone()).quota(QUOTA);
    // Seven steps take ten minutes, of which the last third of the last one is not waited for.
    let emulator = builder.step_duration(Duration::from_secs(90)).start().await;
    let emulator = emulator.expect("the emulator starts");
    support::pass(STEP, move || clock.advance(STEP));
    let folder = tempfile::tempdir().expect("a folder can be made");
    write_echo_cabinet(folder.path());
    let client = paced(&emulator);
    let mut batch = Batch::new().at_once(RUNS);
    for number in 0..RUNS {
        batch.add(run(&client, folder.path(), number)).expect("a new name");
    }
    let begun = Instant::now();
    let summary = batch.until_done().await;
    assert_eq!(summary.done(), RUNS, "{:?}", summary.failures().next());
    for call in ["createProduct", "createSubmission", "commitSubmission"] {
        let refused = emulator.exchanges();
        let refused = refused.iter().filter(|exchange| exchange.operation() == Some(call));
        let refused = refused.filter(|exchange| exchange.status() == Some(429)).count();
        assert_eq!(emulator.calls(call) - refused, RUNS, "{call}");
    }
    check_pace(&emulator, begun.elapsed());
}

/// The batch came close to what the quota and a submission's own time allow, and hardly any call was
/// one too many.
fn check_pace(emulator: &Emulator, makespan: Duration) {
    let exchanges = emulator.exchanges();
    let is_api = |operation: &str| operation != "token" && !operation.contains("Bl");
    let counted = exchanges.iter().filter(|exchange| exchange.operation().is_some_and(is_api));
    let statuses: Vec<_> = counted.filter_map(|exchange| exchange.status()).collect();
    let refused = statuses.iter().filter(|status| **status == 429).count();
    let (calls, share) = (statuses.len(), refused as f64 / statuses.len() as f64);
    let makespan = makespan.as_secs_f64() / 60.0;
    // No run can be committed with fewer calls: list, product, submission, commit.
    let bound = 4.0 * RUNS as f64 / f64::from(QUOTA) + 10.0;
    let ratio = makespan / bound;
    println!(
        "{RUNS} runs made {calls} calls in {makespan:.1} minutes, {ratio:.2} times the bound of \
         {bound:.1}; {:.2} % of the answers were 429",
        share * 100.0
    );
    assert!(ratio <= 1.15, "{makespan} minutes for {bound}");
    assert!(share < 0.02, "{refused} of {calls} calls were too many");
}

#[tokio::test]
async fn a_run_that_fails_disturbs_no_other() {
    let refused = FaultKind::status(403);
    let emulator = quick().fault(Fault::on("createProduct", refused).nth(3)).start().await;
    let emulator = emulator.expect("the emulator starts");
    let folder = tempfile::tempdir().expect("a folder can be made");
    write_echo_cabinet(folder.path());
    let client = support::client(&emulator).build().expect("a client");
    let mut batch = Batch::new().at_once(3);
    for number in 0..8 {
        batch.add(run(&client, folder.path(), number).polling(often())).expect("a new name");
    }
    let summary = batch.until_done().await;
    assert_eq!((summary.done(), summary.still_running()), (7, 0));
    let failures: Vec<_> = summary.failures().collect();
    assert!(matches!(failures[..], [(_, error)] if error.is_forbidden()), "{failures:?}");
    let failed = failures[0].0;
    assert_eq!(batch.runs()[failed].state().product_id(), None);
    let again = batch.until_done().await;
    assert_eq!(again.done(), 8);
    assert!(matches!(&again.outcomes()[failed], Ok(Outcome::Done(_))));
    assert_eq!(emulator.calls("createProduct"), 9);
}
