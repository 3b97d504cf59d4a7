//! Pauses and standstills of minutes, leapt over when nothing is on its way that could be late.

use std::time::Duration;

use tokio::time::Instant;

use crate::support::{Told, clock};

/// Less than any client waits for something that may still come.
const STEP: Duration = Duration::from_secs(15);

/// Lets so much time pass. It leaps from the end of one pause to that of the next, whenever as many
/// pauses go on as pieces are `missing`: then nobody has sent anything that is not answered.
pub(super) async fn pass(time: Duration, told: &Told, missing: impl Fn() -> usize) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        let waits = told.waits();
        match waits.iter().min() {
            Some(next) if waits.len() == missing() => {
                clock::leap((*next).min(end).saturating_duration_since(Instant::now()));
            }
            _ => {}
        }
        clock::turn().await;
    }
}

/// Lets time pass until the client gives up waiting for an answer that will not come, and for nothing
/// else; tells how long that was.
pub(super) async fn pass_until_given_up(told: &Told) -> Duration {
    let start = Instant::now();
    while told.pauses().is_empty() {
        clock::leap(STEP);
        clock::turn().await;
    }
    start.elapsed()
}
