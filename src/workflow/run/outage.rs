//! Failures that pass by themselves: a run outlasts them.

use super::{Progress, Run};
use crate::{
    error::{Error, Kind, Result},
    report::Event,
    workflow::plan::Step,
};

/// After so many failures in a row that may pass by themselves, they seem to stay.
pub(in crate::workflow) const MAX_FAILURES: u8 = 10;

/// The same for what nobody can read: the next answer may not be a page of some proxy.
pub(in crate::workflow) const MAX_GARBLED: u8 = 2;

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
        let counts = !(self.waiting.has_seen_something() && step.looks());
        self.failures += u8::from(counts);
        self.handed_over = false;
        self.forget_view();
        let pause = self.waiting.pause(&self.polling, fastrand::f64());
        self.tell(Event::Retrying { operation: step.operation(), reason: &error, pause });
        self.setback = Some((step, error));
        Ok(Progress::Wait(pause))
    }

    /// A step that was taken ends what has failed before, but a look between two uploads that fail does
    /// not make them good.
    pub(super) fn recover(&mut self, step: Step) {
        self.failures = if step.looks() { self.failures } else { 0 };
        self.setback.take_if(|(failed, _)| failed.looks() || !step.looks());
    }

    /// How many failures in a row such an error may be the last of.
    fn patience(&self, step: Step, error: &Error) -> u8 {
        let passes = is_outlasted(error);
        if self.waiting.has_seen_something() && passes && step.looks() {
            u8::MAX
        } else if is_garbled(error) {
            MAX_GARBLED
        } else if self.in_touch && passes && !error.is_throttled() {
            // How long a throttled call is tried is for the client's policy to say.
            MAX_FAILURES
        } else {
            0
        }
    }
}

/// Whether a look that fails so is no reason to give up what has been seen before.
pub(in crate::workflow) fn is_outlasted(error: &Error) -> bool {
    error.is_passing() || error.is_invalid_state() || is_garbled(error)
}

/// Whether somebody on the way has answered in the place of the service or of blob storage.
pub(in crate::workflow) fn is_garbled(error: &Error) -> bool {
    let is_page = error.status().is_some_and(|status| status.is_success());
    is_page || error.is_decode() || (error.kind() == Kind::Corrupt && !error.is_file())
}
