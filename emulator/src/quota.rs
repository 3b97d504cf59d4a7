//! The quota: how many requests an account may make in a minute.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use http::{StatusCode, header};

use crate::{Clock, answer::Answer};

const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// What is left of each account's minute.
#[derive(Debug)]
pub(crate) struct Quota {
    /// Without a number everything is allowed.
    allowed: Option<u32>,
    /// By the account's place.
    minutes: Mutex<HashMap<usize, Minute>>,
}

/// A minute that began with a request.
#[derive(Clone, Copy, Debug)]
struct Minute {
    ends: DateTime<Utc>,
    used: u32,
}

/// The quota is used up for so many seconds of real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UsedUp {
    seconds: u64,
}

impl Quota {
    pub(crate) fn new(allowed: Option<u32>) -> Self {
        Self { allowed, minutes: Mutex::default() }
    }

    /// Takes one request from what the account has left.
    pub(crate) fn take(&self, account: usize, clock: &Clock) -> Result<(), UsedUp> {
        let Some(allowed) = self.allowed else { return Ok(()) };
        let now = clock.now();
        let mut minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = minutes.entry(account).or_insert(Minute { ends: now + MINUTE, used: 0 });
        if now >= minute.ends {
            *minute = Minute { ends: now + MINUTE, used: 0 };
        }
        if minute.used >= allowed {
            return Err(UsedUp { seconds: clock.real_seconds(minute.ends - now) });
        }
        minute.used += 1;
        Ok(())
    }
}

impl UsedUp {
    /// 429, with `Retry-After` if it is to say when to come back.
    pub(crate) fn into_answer(self, says_when: bool) -> Answer {
        let status = StatusCode::TOO_MANY_REQUESTS;
        if !says_when {
            return Answer::gateway(status, "Rate limit is exceeded. Try again later.");
        }
        let message = format!("Rate limit is exceeded. Try again in {} seconds.", self.seconds);
        Answer::gateway(status, message).with_header(header::RETRY_AFTER, self.seconds.into())
    }
}
