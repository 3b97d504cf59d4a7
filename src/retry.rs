//! What may be sent again, when, and after how long. No clock, no I/O.

use std::time::Duration;

/// Whether the server may be asked for the same thing twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// Nothing changes on the server, however often it is sent.
    Read,
    /// Sending it twice does what sending it once does: changes with the same body.
    Repeatable,
    /// Each time it arrives something new may come of it: creates, commits, submits.
    Once,
}

/// How far an attempt that failed has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
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
    pub fn may_have_been_applied(self) -> bool {
        matches!(self, Self::Unknown | Self::Acted)
    }
}

/// What is to be done after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Send it again after this time.
    After(Duration),
    /// Give the failure to the caller.
    Stop,
}

/// How often and how patiently a request is sent again.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Attempts in all, the first one included.
    pub max_attempts: u32,
    /// The pause after the first failure. It doubles with each further one.
    pub first_delay: Duration,
    /// The longest pause that back-off alone asks for.
    pub max_delay: Duration,
    /// A `Retry-After` longer than this is not waited for.
    pub max_retry_after: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 6,
            first_delay: Duration::from_secs(1),
            max_delay: Duration::from_secs(60),
            max_retry_after: Duration::from_secs(600),
        }
    }
}

impl RetryPolicy {
    /// Decides what follows failed attempt number `attempt` (the first is 1).
    ///
    /// `jitter` is between 0 and 1 and comes from the caller. The pause is the larger of the back-off
    /// and the server's `Retry-After`.
    #[must_use]
    pub fn verdict(
        &self,
        idempotency: Idempotency,
        reach: Reach,
        retry_after: Option<Duration>,
        attempt: u32,
        jitter: f64,
    ) -> Verdict {
        let may_repeat = match reach {
            Reach::NotSent | Reach::TurnedAway => true,
            Reach::Unknown => idempotency != Idempotency::Once,
            Reach::Refused | Reach::Acted => false,
        };
        if !may_repeat || attempt >= self.max_attempts {
            return Verdict::Stop;
        }
        let back_off = self.back_off(attempt, jitter);
        match retry_after {
            Some(wait) if wait > self.max_retry_after => Verdict::Stop,
            Some(wait) => Verdict::After(wait.max(back_off)),
            None => Verdict::After(back_off),
        }
    }

    /// Half of the exponential pause is fixed and half is chance: many clients that failed together
    /// do not come back together, and none comes back at once.
    fn back_off(&self, attempt: u32, jitter: f64) -> Duration {
        let doubled = self.first_delay.saturating_mul(1 << attempt.saturating_sub(1).min(20));
        doubled.min(self.max_delay).mul_f64(0.5 + 0.5 * jitter.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn verdict(idempotency: Idempotency, reach: Reach) -> Verdict {
        RetryPolicy::default().verdict(idempotency, reach, None, 1, 1.0)
    }

    #[test]
    fn what_the_server_may_have_done_is_never_sent_again_unless_it_is_repeatable() {
        use Idempotency::{Once, Read, Repeatable};
        for (reach, repeatable, once) in [
            (Reach::NotSent, Verdict::After(SECOND), Verdict::After(SECOND)),
            (Reach::TurnedAway, Verdict::After(SECOND), Verdict::After(SECOND)),
            (Reach::Unknown, Verdict::After(SECOND), Verdict::Stop),
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
        let policy = RetryPolicy { max_attempts: 100, ..RetryPolicy::default() };
        for (attempt, jitter, seconds) in
            [(1, 1.0, 1.0), (1, 0.0, 0.5), (3, 1.0, 4.0), (7, 1.0, 60.0), (99, 0.0, 30.0)]
        {
            let verdict =
                policy.verdict(Idempotency::Repeatable, Reach::Unknown, None, attempt, jitter);
            assert_eq!(verdict, Verdict::After(Duration::from_secs_f64(seconds)), "{attempt}");
        }
    }

    #[test]
    fn the_larger_of_back_off_and_retry_after_is_waited_for() {
        let policy = RetryPolicy::default();
        let after = |seconds| {
            let hint = Some(Duration::from_secs(seconds));
            policy.verdict(Idempotency::Once, Reach::TurnedAway, hint, 2, 1.0)
        };
        assert_eq!(after(0), Verdict::After(2 * SECOND));
        assert_eq!(after(30), Verdict::After(30 * SECOND));
        assert_eq!(after(601), Verdict::Stop);
    }

    #[test]
    fn attempts_end() {
        let policy = RetryPolicy::default();
        let last = policy.max_attempts;
        let verdict = policy.verdict(Idempotency::Repeatable, Reach::NotSent, None, last, 0.5);
        assert_eq!(verdict, Verdict::Stop);
    }
}
