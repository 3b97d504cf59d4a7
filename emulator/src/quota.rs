//! The quota: how many requests an account may make in a minute.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::{Clock, answer::Answer};

const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// How much each account may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Limit {
    pub(crate) requests_per_minute: u32,
    /// Whether a refusal says when to come back.
    #[serde(default = "says_when")]
    pub(crate) retry_after: bool,
}

/// What is left of each account's minute.
#[derive(Debug, Default)]
pub(crate) struct Quota(Mutex<Minutes>);

#[derive(Debug, Default)]
struct Minutes {
    /// Without a limit everything is allowed.
    limit: Option<Limit>,
    /// By the account's place.
    of_accounts: HashMap<usize, Minute>,
}

/// A minute that began with a request.
#[derive(Clone, Copy, Debug)]
struct Minute {
    ends: DateTime<Utc>,
    used: u32,
}

/// The quota is used up for so many seconds of real time, of which the refusal may not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UsedUp {
    seconds: Option<u64>,
}

fn says_when() -> bool {
    true
}

impl Quota {
    pub(crate) fn new(limit: Option<Limit>) -> Self {
        Self(Mutex::new(Minutes { limit, of_accounts: HashMap::new() }))
    }

    /// Sets another limit, or none, and lets every account begin anew.
    pub(crate) fn set(&self, limit: Option<Limit>) {
        *self.lock() = Minutes { limit, of_accounts: HashMap::new() };
    }

    pub(crate) fn limit(&self) -> Option<Limit> {
        self.lock().limit
    }

    /// Takes one request from what the account has left.
    pub(crate) fn take(&self, account: usize, clock: &Clock) -> Result<(), UsedUp> {
        let mut minutes = self.lock();
        let Some(limit) = minutes.limit else { return Ok(()) };
        let now = clock.now();
        let fresh = Minute { ends: now + MINUTE, used: 0 };
        let minute = minutes.of_accounts.entry(account).or_insert(fresh);
        if now >= minute.ends {
            *minute = fresh;
        }
        if minute.used >= limit.requests_per_minute {
            let seconds = clock.real_seconds(minute.ends - now);
            return Err(UsedUp { seconds: limit.retry_after.then_some(seconds) });
        }
        minute.used += 1;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Minutes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UsedUp {
    /// 429, with `Retry-After` if it is to say when to come back.
    pub(crate) fn into_answer(self) -> Answer {
        let status = StatusCode::TOO_MANY_REQUESTS;
        let Some(seconds) = self.seconds else {
            return Answer::gateway(status, "Rate limit is exceeded. Try again later.");
        };
        let message = format!("Rate limit is exceeded. Try again in {seconds} seconds.");
        Answer::gateway(status, message).with_header(header::RETRY_AFTER, seconds.into())
    }
}
