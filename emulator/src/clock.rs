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

    /// How many seconds of real time it takes until so much has passed here, rounded up. While a
    /// stepped clock stands still its own seconds are the answer.
    pub(crate) fn real_seconds(&self, emulated: TimeDelta) -> u64 {
        let factor = self.0.lock().unwrap_or_else(PoisonError::into_inner).factor;
        let seconds = emulated.to_std().unwrap_or_default();
        let real = if factor > 0.0 { seconds.div_f64(factor) } else { seconds };
        // A whole second at least: 0 would say that there is nothing to wait for.
        real.as_millis().div_ceil(1000).clamp(1, u128::from(u64::MAX)) as u64
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_still_to_pass_is_told_in_whole_seconds_of_real_time() {
        let minute = TimeDelta::minutes(1);
        assert_eq!(Clock::real().real_seconds(minute), 60);
        assert_eq!(Clock::speed(7.0).real_seconds(minute), 9);
        assert_eq!(Clock::speed(600.0).real_seconds(minute), 1);
        assert_eq!(Clock::stepped().real_seconds(minute), 60);
        assert_eq!(Clock::stepped().real_seconds(TimeDelta::milliseconds(1500)), 2);
        assert_eq!(Clock::stepped().real_seconds(TimeDelta::zero()), 1);
    }
}
