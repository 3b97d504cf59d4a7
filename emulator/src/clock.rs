//! The emulator's own time: real, faster than real, or stepped by a test.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};

/// The time that tokens, SAS URLs and workflows of one emulator live by.
///
/// Clones share the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// Emulated time at `origin`.
    base: DateTime<Utc>,
    origin: Instant,
    /// How many emulated seconds pass in a real one; 0 for a stepped clock.
    factor: f64,
}

impl Clock {
    /// Runs as the wall clock does.
    #[must_use]
    pub fn real() -> Self {
        Self::speed(1.0)
    }

    /// Runs `factor` times as fast as the wall clock, from now on.
    #[must_use]
    pub fn speed(factor: f64) -> Self {
        Self::new(Utc::now(), factor)
    }

    /// Stands still at the present time until [`advance`](Self::advance) is called.
    #[must_use]
    pub fn stepped() -> Self {
        Self::new(Utc::now(), 0.0)
    }

    fn new(base: DateTime<Utc>, factor: f64) -> Self {
        Self(Arc::new(Mutex::new(State { base, origin: Instant::now(), factor })))
    }

    /// The emulated time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.base + delta(state.origin.elapsed().mul_f64(state.factor))
    }

    /// Moves the time forward by `step`, on top of what passes by itself.
    pub fn advance(&self, step: Duration) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.base += delta(step);
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
