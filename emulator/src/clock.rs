//! The emulator's own time: real, faster than real, or stepped by a test.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};

/// The fastest clock: more than thirty years in a second.
const FASTEST: f64 = 1e9;

/// The end of time, the beginning of the year 9000: dates after it can still be told.
const END: DateTime<Utc> = DateTime::from_timestamp(221_845_392_000, 0).expect("a date");

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

impl State {
    /// The emulated time at a moment of real time.
    fn at(&self, moment: Instant) -> DateTime<Utc> {
        later(self.base, moment.saturating_duration_since(self.origin).mul_f64(self.factor))
    }
}

impl Clock {
    /// Runs as the wall clock does.
    #[must_use]
    pub fn real() -> Self {
        Self::speed(1.0)
    }

    /// Runs `factor` times as fast as the wall clock, from now on: up to a billion times, and with
    /// a factor that is not above 0 not at all.
    #[must_use]
    pub fn speed(factor: f64) -> Self {
        let factor = if factor > 0.0 { factor.min(FASTEST) } else { 0.0 };
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner).at(Instant::now())
    }

    /// Moves the time forward by `step`, on top of what passes by itself. In the year 9000 time
    /// ends.
    pub fn advance(&self, step: Duration) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.base = later(state.base, step);
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

fn later(time: DateTime<Utc>, passed: Duration) -> DateTime<Utc> {
    let passed = TimeDelta::from_std(passed).ok();
    passed.and_then(|passed| time.checked_add_signed(passed)).map_or(END, |time| time.min(END))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_faster_clock_gains_time() {
        for (clock, passed) in [
            (Clock::real(), TimeDelta::seconds(1)),
            (Clock::speed(600.0), TimeDelta::minutes(10)),
            (Clock::stepped(), TimeDelta::zero()),
        ] {
            let state = clock.0.lock().unwrap();
            let later = state.at(state.origin + Duration::from_secs(1));
            assert_eq!(later - state.base, passed);
        }
    }

    #[test]
    fn no_setting_breaks_the_clock() {
        for factor in [-1.0, 0.0, f64::NAN, f64::NEG_INFINITY] {
            let clock = Clock::speed(factor);
            assert_eq!(clock.now(), clock.now(), "{factor}");
        }
        let clock = Clock::speed(f64::INFINITY);
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), END);
        assert_eq!(END.to_rfc3339(), "9000-01-01T00:00:00+00:00");
    }

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
