//! What came of the attempts at a change so far.

use std::time::Duration;

use tokio::time::Instant;

use super::LabelChange;
use crate::{
    error::{Error, Result},
    workflow::{
        polling::{Polling, Waiting},
        run::{
            mutation::MAX_LOST,
            outage::{MAX_FAILURES, MAX_GARBLED, is_garbled},
        },
    },
};

#[derive(Debug)]
pub(super) struct Attempts<'a> {
    polling: &'a Polling,
    waiting: Waiting,
    /// Answers that were lost.
    lost: u8,
    /// When the label was first looked at since an answer was lost.
    open_since: Option<Instant>,
    /// Failures that seemed to pass by themselves.
    failures: u8,
    /// The service has answered.
    in_touch: bool,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(polling: &'a Polling) -> Self {
        let (waiting, open_since) = (Waiting::default(), None);
        Self { polling, waiting, lost: 0, open_since, failures: 0, in_touch: false }
    }

    /// Whether nothing more can come of a call whose answer was lost. To be asked before the look.
    pub(super) fn is_settled(&mut self) -> bool {
        if self.lost == 0 {
            return true;
        }
        let since = *self.open_since.get_or_insert_with(Instant::now);
        since.elapsed() >= self.polling.settle
    }

    /// Notes that the service has shown the label.
    pub(super) fn answered(&mut self) {
        self.in_touch = true;
    }

    /// Notes that the change may have been made; its error when that has happened too often.
    pub(super) fn lost(&mut self, error: Error) -> Result<()> {
        self.lost += 1;
        self.open_since = None;
        if self.lost >= MAX_LOST { Err(error) } else { Ok(()) }
    }

    /// Gives a failure back that may pass by itself; any other, and one too many, is the end.
    pub(super) fn outlast(&mut self, error: Error) -> Result<Error> {
        let patience = if is_garbled(&error) {
            MAX_GARBLED
        } else if self.in_touch && error.is_passing() && !error.is_throttled() {
            MAX_FAILURES
        } else {
            0
        };
        if self.failures >= patience {
            return Err(error);
        }
        self.failures += 1;
        Ok(error)
    }

    pub(super) fn pause(&mut self) -> Duration {
        self.waiting.pause(self.polling, fastrand::f64())
    }

    /// What the label shows came of a call of this process, or was there before.
    pub(super) fn outcome(&self) -> LabelChange {
        if self.lost > 0 { LabelChange::Made } else { LabelChange::AlreadySo }
    }

    /// An error says when something may have come of an earlier call.
    pub(super) fn sign(&self, error: Error) -> Error {
        if self.lost > 0 { error.after_an_unclear_attempt() } else { error }
    }
}
