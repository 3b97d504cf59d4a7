//! What may be sent again, when, and after how long. No clock, no I/O.

use std::time::Duration;

/// Whether the server may be asked for the same thing twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Idempotency {
    /// Nothing changes on the server, however often it is sent.
    Read,
    /// Sending it twice does what sending it once does: changes with the same body.
    Repeatable,
    /// Each time it arrives something new may come of it: creates, commits, submits.
    Once,
}

/// How far an attempt that failed has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// It failed on this machine; sending it again does not help.
    Local,
    /// The request has surely not left: nobody could be connected to.
    NotSent,
    /// The server said that it did not even begin: 429, 503 with `Retry-After`, 401.
    TurnedAway,
    /// The server looked at the request and refused it; it will refuse it again.
    Refused,
    /// The server may have acted: 5xx, a time-out, a connection that broke.
    Unknown,
    /// The server has acted: a success whose answer could not be read.
    Acted,
}

impl Reach {
    /// Whether the server may have done what was asked.
    #[must_use]
    pub(crate) fn may_have_been_applied(self) -> bool {
        matches!(self, Self::Unknown | Self::Acted)
    }
}

/// What is to be done after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Send it again after this time.
    After(Duration),
    /// Give the failure to the caller.
    Stop,
}

/// What the policy has to know of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Failed {
    pub(crate) reach: Reach,
    pub(crate) throttled: bool,
    pub(crate) retry_after: Option<Duration>,
}

/// How often and how patiently a request is sent again.
///
/// ```
/// use std::time::Duration;
///
/// use hardware_dashboard::RetryPolicy;
///
/// let patient = RetryPolicy::default().max_attempts(10).max_delay(Duration::from_secs(300));
/// let hasty = RetryPolicy::default()
///     .first_delay(Duration::from_millis(200))
///     .throttled_delay(Duration::from_secs(5))
///     .max_retry_after(Duration::from_secs(30));
/// let once = RetryPolicy::never();
/// assert_eq!(once, RetryPolicy::default().max_attempts(1).transfer_attempts(1));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    max_attempts: u32,
    transfer_attempts: u32,
    first_delay: Duration,
    throttled_delay: Duration,
    max_delay: Duration,
    max_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 6,
            // Even with the least jitter they outlast a server that is away for five minutes.
            transfer_attempts: 18,
            first_delay: Duration::from_secs(1),
            // Calls are counted by the minute, so that the second pause outlasts the count.
            throttled_delay: Duration::from_secs(15),
            max_delay: Duration::from_secs(60),
            max_retry_after: Duration::from_secs(600),
        }
    }
}

impl RetryPolicy {
    /// A policy that sends nothing again, but for what [`max_attempts`](Self::max_attempts) does not
    /// count.
    #[must_use]
    pub fn never() -> Self {
        Self::default().max_attempts(1).transfer_attempts(1)
    }

    /// Attempts in all, the first one included: 6 by default.
    ///
    /// A call that is answered with 401 is sent once more with a new token, whatever this says: the
    /// service has done nothing yet, and the token may have been revoked.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts;
        self
    }

    /// The same for a piece of a file on its way to or from blob storage: 18 by default, since a
    /// transfer of hours shall outlast a line that is down for minutes. Each piece that arrives
    /// begins to count anew.
    #[must_use]
    pub fn transfer_attempts(mut self, attempts: u32) -> Self {
        self.transfer_attempts = attempts;
        self
    }

    /// The pause after the first failure: a second by default. It doubles with each further one.
    #[must_use]
    pub fn first_delay(mut self, delay: Duration) -> Self {
        self.first_delay = delay;
        self
    }

    /// The same for a 429 without `Retry-After`: 15 seconds by default.
    #[must_use]
    pub fn throttled_delay(mut self, delay: Duration) -> Self {
        self.throttled_delay = delay;
        self
    }

    /// The longest pause that back-off alone asks for: a minute by default.
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// A `Retry-After` longer than this is not waited for: ten minutes by default.
    ///
    /// A call that another one's 429 holds back does not wait longer either (or
    /// [`max_delay`](Self::max_delay) where that is longer): it fails without being sent, and
    /// [`Error::is_throttled`](crate::Error::is_throttled).
    #[must_use]
    pub fn max_retry_after(mut self, delay: Duration) -> Self {
        self.max_retry_after = delay;
        self
    }

    /// The policy for the pieces of a file.
    pub(crate) fn for_transfers(&self) -> Self {
        self.clone().max_attempts(self.transfer_attempts)
    }

    /// Decides what follows failed attempt number `attempt` (the first is 1).
    ///
    /// `jitter` is between 0 and 1 and comes from the caller.
    pub(crate) fn verdict(
        &self,
        idempotency: Idempotency,
        failed: Failed,
        attempt: u32,
        jitter: f64,
    ) -> Verdict {
        let may_repeat = match failed.reach {
            Reach::NotSent | Reach::TurnedAway => true,
            Reach::Unknown => idempotency != Idempotency::Once,
            Reach::Local | Reach::Refused | Reach::Acted => false,
        };
        if !may_repeat || attempt >= self.max_attempts {
            return Verdict::Stop;
        }
        match failed.retry_after {
            Some(wait) if wait > self.max_retry_after => Verdict::Stop,
            _ => Verdict::After(self.pause(failed, attempt, jitter)),
        }
    }

    /// How long the server should be left alone after failed attempt number `attempt`, whether it is
    /// repeated or not: the larger of the back-off and `Retry-After`.
    pub(crate) fn pause(&self, failed: Failed, attempt: u32, jitter: f64) -> Duration {
        let first = if failed.throttled { self.throttled_delay } else { self.first_delay };
        self.back_off(first, attempt, jitter).max(failed.retry_after.unwrap_or_default())
    }

    /// For how long a call may be held back because another one was throttled.
    pub(crate) fn longest_hold(&self) -> Duration {
        self.max_retry_after.max(self.max_delay)
    }

    /// Half of the exponential pause is fixed and half is chance: many clients that failed together
    /// do not come back together, and none comes back at once.
    fn back_off(&self, first: Duration, attempt: u32, jitter: f64) -> Duration {
        let doubled = first.saturating_mul(1 << attempt.saturating_sub(1).min(20));
        doubled.min(self.max_delay).mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn failed(reach: Reach) -> Failed {
        Failed { reach, throttled: false, retry_after: None }
    }

    fn verdict(idempotency: Idempotency, reach: Reach) -> Verdict {
        RetryPolicy::default().verdict(idempotency, failed(reach), 1, 1.0)
    }

    #[test]
    fn what_the_server_may_have_done_is_never_sent_again_unless_it_is_repeatable() {
        use Idempotency::{Once, Read, Repeatable};
        for (reach, repeatable, once) in [
            (Reach::NotSent, Verdict::After(SECOND), Verdict::After(SECOND)),
            (Reach::TurnedAway, Verdict::After(SECOND), Verdict::After(SECOND)),
            (Reach::Unknown, Verdict::After(SECOND), Verdict::Stop),
            (Reach::Local, Verdict::Stop, Verdict::Stop),
            (Reach::Refused, Verdict::Stop, Verdict::Stop),
            (Reach::Acted, Verdict::Stop, Verdict::Stop),
        ] {
            assert_eq!(verdict(Read, reach), repeatable, "{reach:?}");
            assert_eq!(verdict(Repeatable, reach), repeatable, "{reach:?}");
            assert_eq!(verdict(Once, reach), once, "{reach:?}");
        }
    }

    #[test]
    fn the_pause_doubles_up_to_its_limit_and_jitter_takes_at_most_half() {
        let policy = RetryPolicy::default().max_attempts(100);
        for (attempt, jitter, seconds) in
            [(1, 1.0, 1.0), (1, 0.0, 0.5), (3, 1.0, 4.0), (7, 1.0, 60.0), (99, 0.0, 30.0)]
        {
            let verdict =
                policy.verdict(Idempotency::Repeatable, failed(Reach::Unknown), attempt, jitter);
            assert_eq!(verdict, Verdict::After(Duration::from_secs_f64(seconds)), "{attempt}");
        }
    }

    #[test]
    fn the_larger_of_back_off_and_retry_after_is_waited_for() {
        let policy = RetryPolicy::default();
        let after = |seconds| {
            let retry_after = Some(Duration::from_secs(seconds));
            let failed = Failed { retry_after, ..failed(Reach::TurnedAway) };
            policy.verdict(Idempotency::Once, failed, 2, 1.0)
        };
        assert_eq!(after(0), Verdict::After(2 * SECOND));
        assert_eq!(after(30), Verdict::After(30 * SECOND));
        assert_eq!(after(601), Verdict::Stop);
    }

    #[test]
    fn attempts_end() {
        let policy = RetryPolicy::default();
        let last = policy.max_attempts;
        let verdict = policy.verdict(Idempotency::Repeatable, failed(Reach::NotSent), last, 0.5);
        assert_eq!(verdict, Verdict::Stop);
        assert_eq!(RetryPolicy::never().max_attempts, 1);
    }

    #[test]
    fn a_transfer_outlasts_five_minutes_even_with_the_least_jitter() {
        let policy = RetryPolicy::default().for_transfers();
        let waited: Duration = (1..)
            .map_while(|attempt| {
                let failed = failed(Reach::NotSent);
                match policy.verdict(Idempotency::Repeatable, failed, attempt, 0.0) {
                    Verdict::After(pause) => Some(pause),
                    Verdict::Stop => None,
                }
            })
            .sum();
        assert!(waited > Duration::from_secs(300), "{waited:?}");
    }

    #[test]
    fn a_throttled_call_outlasts_the_minute_that_is_counted_even_with_the_least_jitter() {
        let policy = RetryPolicy::default();
        let throttled = Failed { throttled: true, ..failed(Reach::TurnedAway) };
        let mut waited = Duration::ZERO;
        let mut attempt = 1;
        while let Verdict::After(pause) = policy.verdict(Idempotency::Once, throttled, attempt, 0.0)
        {
            waited += pause;
            attempt += 1;
        }
        assert!(waited > Duration::from_secs(60), "{waited:?}");
    }
}
