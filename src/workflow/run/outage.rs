//! Failures that pass by themselves: a run outlasts them.

use http::StatusCode;

use super::{Progress, Run};
use crate::{
    error::{Error, Kind, Result, Stage},
    report::Event,
    workflow::plan::Step,
};

/// After so many failures in a row that may pass by themselves, they seem to stay.
const MAX_FAILURES: u8 = 10;

/// The same before the service has said anything at all, for answers that nobody can read: a page of
/// some proxy is not asked for again by the client.
const MAX_GARBLED: u8 = 2;

/// After so many SAS URLs that were refused, it is not their age.
const MAX_REFUSED_URLS: u8 = 3;

impl Run {
    /// An outage that comes between is no end: the submission goes on.
    pub(super) fn outlast(&mut self, step: Step, error: Error) -> Result<Progress> {
        // What may have been done is looked for, unless that has failed too often; an upload may be
        // repeated.
        let is_open = error.may_have_been_applied() && step != Step::Upload;
        if is_open || self.failures >= self.patience(step, &error) {
            self.failures = 0;
            return Err(error);
        }
        // Those of looks are not counted to an end.
        self.failures = self.failures.saturating_add(1).min(u8::MAX - 1);
        self.handed_over = false;
        self.forget_view();
        if has_ended(&error) {
            tracing::info!(%error, "the SAS URL was refused: asking for a new one");
            return Ok(Progress::Moved);
        }
        let pause = self.waiting.pause(&self.polling, fastrand::f64());
        self.tell(Event::Retrying { operation: step.operation(), reason: &error, pause });
        Ok(Progress::Wait(pause))
    }

    /// How many failures in a row such an error may be the last of.
    fn patience(&self, step: Step, error: &Error) -> u8 {
        let looks = matches!(step, Step::ReadSubmission | Step::ReadLabel | Step::ReadPackage);
        let passes = error.is_passing() || error.is_invalid_state() || is_garbled(error);
        if has_ended(error) {
            MAX_REFUSED_URLS
        } else if self.in_touch && passes && looks {
            u8::MAX
        } else if self.in_touch && passes {
            MAX_FAILURES
        } else if is_garbled(error) {
            MAX_GARBLED
        } else {
            0
        }
    }
}

/// Whether a SAS URL seems to have ended, so that a new one shall be asked for.
fn has_ended(error: &Error) -> bool {
    let moves_a_file = matches!(error.stage(), Stage::Upload | Stage::Download);
    moves_a_file && error.status() == Some(StatusCode::FORBIDDEN)
}

/// Whether somebody on the way has answered in the place of the service or of blob storage.
fn is_garbled(error: &Error) -> bool {
    let is_page = error.status().is_some_and(|status| status.is_success());
    is_page || error.is_decode() || (error.kind() == Kind::Corrupt && !error.is_file())
}
