//! One brake for all clones of a client.
//!
//! A 429 that one of them meets holds all of them back. Afterwards calls go out one by one, and ever
//! faster as they succeed: a full burst would meet the next 429 at once.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// The space between calls after a first 429.
const FIRST_SPACING: Duration = Duration::from_millis(500);
const MAX_SPACING: Duration = Duration::from_secs(8);
/// Less than this is no brake.
const MIN_SPACING: Duration = Duration::from_millis(20);

#[derive(Debug, Default)]
pub(crate) struct Throttle {
    /// The space between calls that the user asked for.
    least_spacing: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The space between calls that 429s have taught us.
    spacing: Duration,
    closed_until: Option<Instant>,
    next_slot: Option<Instant>,
}

impl Throttle {
    /// Lets no more than so many calls out in a minute, evenly spaced.
    pub(crate) fn per_minute(calls: u32) -> Self {
        Self { least_spacing: Duration::from_secs(60) / calls.max(1), ..Self::default() }
    }

    /// Waits until the call may go out. The hold may be prolonged meanwhile.
    pub(crate) async fn wait(&self) {
        let mut slot = self.take_slot();
        // Most calls may go at once, and a timer would be the dearest part of them.
        while slot > Instant::now() {
            sleep_until(slot).await;
            if self.with_state(|state| state.closed_until > Some(Instant::now())) {
                slot = self.take_slot();
            }
        }
    }

    /// Lets no call out for this long, and calls more slowly afterwards. A longer hold stays.
    pub(crate) fn hold(&self, pause: Duration) {
        let until = Instant::now() + pause;
        self.with_state(|state| {
            state.closed_until = state.closed_until.max(Some(until));
            state.spacing = (state.spacing * 2).clamp(FIRST_SPACING, MAX_SPACING);
        });
    }

    /// A call has succeeded: the next ones may come a little faster.
    pub(crate) fn ease(&self) {
        self.with_state(|state| {
            state.spacing = state.spacing.mul_f64(0.9);
            if state.spacing < MIN_SPACING {
                state.spacing = Duration::ZERO;
            }
        });
    }

    fn take_slot(&self) -> Instant {
        let now = Instant::now();
        self.with_state(|state| {
            let open = state.closed_until.map_or(now, |until| until.max(now));
            let slot = state.next_slot.map_or(open, |next| next.max(open));
            state.next_slot = Some(slot + state.spacing.max(self.least_spacing));
            slot
        })
    }

    fn with_state<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// When each of so many calls goes out, counted from now.
    async fn departures(throttle: &Throttle, calls: usize) -> Vec<Duration> {
        let start = Instant::now();
        let mut departures = Vec::new();
        for _ in 0..calls {
            throttle.wait().await;
            throttle.ease();
            departures.push(start.elapsed());
        }
        departures
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_held_back_without_a_reason() {
        let departures = departures(&Throttle::default(), 100).await;
        assert_eq!(departures.last(), Some(&Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_hold_the_pace_rises_slowly_until_it_is_free_again() {
        let throttle = Throttle::default();
        throttle.hold(30 * SECOND);
        throttle.hold(5 * SECOND);
        let departures = departures(&throttle, 60).await;
        assert!(departures[0] >= 30 * SECOND, "{departures:?}");
        let spaces: Vec<_> = departures.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(spaces[0] >= FIRST_SPACING, "{spaces:?}");
        let slack = Duration::from_millis(2);
        assert!(spaces.is_sorted_by(|a, b| *b <= *a + slack), "{spaces:?}");
        assert_eq!(spaces.last(), Some(&Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_that_comes_while_waiting_is_waited_for_too() {
        let throttle = std::sync::Arc::new(Throttle::default());
        throttle.hold(SECOND);
        let other = throttle.clone();
        let start = Instant::now();
        let waiting = tokio::spawn(async move { other.wait().await });
        tokio::time::sleep(SECOND / 2).await;
        throttle.hold(10 * SECOND);
        waiting.await.unwrap();
        assert!(start.elapsed() >= 10 * SECOND, "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_number_of_calls_a_minute_is_kept() {
        let departures = departures(&Throttle::per_minute(60), 61).await;
        assert!(departures[60] >= 60 * SECOND, "{departures:?}");
    }
}
