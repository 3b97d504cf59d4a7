//! One brake for all clones of a client: a 429 that one of them meets holds all of them back.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

#[derive(Debug, Default)]
pub(crate) struct Throttle {
    closed_until: Mutex<Option<Instant>>,
}

impl Throttle {
    /// Waits until calls may go out. The hold may be prolonged meanwhile.
    pub(crate) async fn wait(&self) {
        while let Some(until) = self.closed_until() {
            sleep_until(until).await;
        }
    }

    /// Lets no call out for this long. A longer hold stays.
    pub(crate) fn hold(&self, pause: Duration) {
        let until = Instant::now() + pause;
        let mut closed = self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        *closed = (*closed).max(Some(until));
    }

    fn closed_until(&self) -> Option<Instant> {
        let closed = self.closed_until.lock().unwrap_or_else(PoisonError::into_inner);
        closed.filter(|until| *until > Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_longest_hold_is_waited_for() {
        let throttle = Throttle::default();
        let start = Instant::now();
        throttle.wait().await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        throttle.hold(Duration::from_secs(30));
        throttle.hold(Duration::from_secs(5));
        throttle.wait().await;
        assert!(start.elapsed() >= Duration::from_secs(30));
    }
}
