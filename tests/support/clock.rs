//! Time that nobody waits for.
//!
//! The clock of the tests is a real one: nothing that is on its way through a socket is late by it,
//! however slow the machine is. It leaps only where a test knows what everybody waits for. A paused clock
//! would leap whenever this process has nothing to do, also while the system still carries bytes.

use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::{advance, pause, resume, sleep};

/// Lets so much time pass at once.
pub(crate) fn leap(time: Duration) {
    pause();
    // The clock has moved when it was asked to; what is left would only let others have their turn.
    let _ = advance(time).now_or_never();
    resume();
}

/// Lets the others work until this holds.
pub(crate) async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        turn().await;
    }
}

/// Lets the others have their turn.
pub(crate) async fn turn() {
    sleep(Duration::from_millis(1)).await;
}
