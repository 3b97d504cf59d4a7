//! Many runs at once, within the calls that an account may make.

use std::{num::NonZeroU32, path::Path, time::Duration};

use hardware_dashboard::{
    Client,
    model::NewProduct,
    workflow::{Batch, Outcome, Polling, Run, Sign},
};
use hardware_dashboard_emulator::{Clock, Emulator, Fault, FaultKind};

use super::quick;
use crate::support::{self, OS_CODE, often, write_echo_cabinet};

/// How much faster the emulator's time goes: a submission of ten minutes takes twenty seconds.
const SPEED: u32 = 30;

const RUNS: usize = 200;

/// Calls of a minute of the emulator's.
const QUOTA: u32 = 300;

fn run(client: &Client, folder: &Path, number: usize) -> Run {
    let product = NewProduct::attestation(format!("Echo {number}"), vec![OS_CODE.into()]);
    let target = folder.join(format!("signed-{number}.zip"));
    let order = Sign::new(product, folder.join("echo.cab"), target);
    Run::sign(client.clone(), order).expect("the order is good")
}

fn paced(emulator: &Emulator) -> Client {
    let calls = QUOTA * SPEED;
    let client = support::client(emulator).http(|http| http.tls_certs_only([]));
    // A little less: the minute of the service and ours do not begin together.
    let pace = NonZeroU32::new(calls - calls / 30).expect("more than 30 calls");
    client.calls_per_minute(pace).build().expect("a client")
}

/// The usual rhythm, in the emulator's time.
fn scaled() -> Polling {
    let (first, max) = (Duration::from_secs(10) / SPEED, Duration::from_secs(300) / SPEED);
    Polling::default().first(first).max(max).max_wait(Duration::from_secs(3600))
}

#[tokio::test]
async fn two_hundred_runs_keep_within_the_quota() {
    let clock = Clock::speed(SPEED.into());
    let builder = support::emulator().clock(clock.clone()).quota(QUOTA);
    // Seven steps take ten minutes, of which the last third of the last one is not waited for.
    let emulator = builder.step_duration(Duration::from_secs(90)).start().await;
    let emulator = emulator.expect("the emulator starts");
    let folder = tempfile::tempdir().expect("a folder can be made");
    write_echo_cabinet(folder.path());
    let client = paced(&emulator);
    let mut batch = Batch::new().at_once(RUNS);
    for number in 0..RUNS {
        batch.add(run(&client, folder.path(), number).polling(scaled())).expect("a new name");
    }
    let begun = clock.now();
    let summary = batch.until_done().await;
    let makespan = (clock.now() - begun).as_seconds_f64() / 60.0;
    assert_eq!(summary.done(), RUNS, "{:?}", summary.failures().next());
    for call in ["createProduct", "createSubmission", "commitSubmission"] {
        let refused = emulator.exchanges();
        let refused = refused.iter().filter(|exchange| exchange.operation() == Some(call));
        let refused = refused.filter(|exchange| exchange.status() == Some(429)).count();
        assert_eq!(emulator.calls(call) - refused, RUNS, "{call}");
    }
    tell(&emulator, makespan);
}

/// How close the batch came to what the quota and a submission's own time allow, and how many calls
/// were too many: the aim is less than one in fifty. Both depend on the machine, which has to do the
/// service's work too, so that only what no pacing can have let through is a failure.
fn tell(emulator: &Emulator, makespan: f64) {
    let exchanges = emulator.exchanges();
    let is_api = |operation: &str| operation != "token" && !operation.contains("Bl");
    let counted = exchanges.iter().filter(|exchange| exchange.operation().is_some_and(is_api));
    let statuses: Vec<_> = counted.filter_map(|exchange| exchange.status()).collect();
    let refused = statuses.iter().filter(|status| **status == 429).count();
    let (calls, share) = (statuses.len(), refused as f64 / statuses.len() as f64);
    // No run can be committed with fewer calls: list, product, submission, commit.
    let bound = 4.0 * RUNS as f64 / f64::from(QUOTA) + 10.0;
    println!(
        "{RUNS} runs made {calls} calls in {makespan:.1} minutes, {:.2} times the bound of \
         {bound:.1}; {:.2} % of the answers were 429",
        makespan / bound,
        share * 100.0
    );
    assert!(share < 0.2, "{refused} of {calls} calls were too many");
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
