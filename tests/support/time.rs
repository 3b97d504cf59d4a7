//! Time that does not depend on the machine, for tests with real connections.

use std::{thread, time::Duration};

use tokio::{task::spawn_blocking, time::sleep};

/// What the machine is left, in real time.
const MOMENT: Duration = Duration::from_millis(1);

/// Lets paused time pass in steps of this length, and says so after each.
///
/// Paused time jumps to the next timer whenever nothing is to be done, be it that a packet is still on
/// its way through the kernel. So the machine is left a moment in each step, in which time stands still.
pub(crate) fn pass(step: Duration, passed: impl Fn() + Send + 'static) {
    tokio::spawn(async move {
        loop {
            sleep(step).await;
            spawn_blocking(|| thread::sleep(MOMENT)).await.expect("nothing is done");
            passed();
        }
    });
}
