//! How often the service is looked at while it works.

use std::time::Duration;

use crate::{
    model::{
        CommitStatus, PreprodPackage, PreprodSigningStatus, Submission, WorkflowState,
        WorkflowStatus, WorkflowStep,
    },
    redact,
    report::Event,
};

/// How often the service is looked at while it works, and for how long.
///
/// The first pause is `first`; it doubles up to six times that while the service has hardly begun: no
/// submission is done within its first five minutes. After thirty times `first` it is twice `first`,
/// and where nothing changes for long it grows up to `max`; when something has changed it is short
/// again.
///
/// ```
/// use std::time::Duration;
///
/// use hardware_dashboard::workflow::Polling;
///
/// let calm = Polling::default()
///     .first(Duration::from_secs(30))
///     .max(Duration::from_secs(600))
///     .settle(Duration::from_secs(300))
///     .max_wait(Duration::from_secs(24 * 3600));
/// assert_ne!(calm, Polling::default());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Polling {
    first: Duration,
    max: Duration,
    pub(super) max_wait: Duration,
    pub(super) settle: Duration,
}

impl Polling {
    /// The first pause, by which the others are measured: ten seconds by default.
    #[must_use]
    pub fn first(mut self, pause: Duration) -> Self {
        self.first = pause;
        self
    }

    /// The longest pause: five minutes by default. It is never shorter than the first one.
    #[must_use]
    pub fn max(mut self, pause: Duration) -> Self {
        self.max = pause;
        self
    }

    /// For how long a run waits before it is [`StillRunning`](super::Outcome::StillRunning), and who
    /// waits by ids alone ([`Waited`](super::Waited)): a week by default. A submission takes minutes
    /// when all goes by itself, and up to five business days when a person looks at it.
    #[must_use]
    pub fn max_wait(mut self, time: Duration) -> Self {
        self.max_wait = time;
        self
    }

    /// For how long a call whose answer was lost may still act: three minutes by default, longer than
    /// a gateway holds a request. Only when nothing came of it for so long it is sent again.
    #[must_use]
    pub fn settle(mut self, time: Duration) -> Self {
        self.settle = time;
        self
    }
}

impl Default for Polling {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(10),
            max: Duration::from_secs(300),
            max_wait: Duration::from_secs(7 * 24 * 3600),
            settle: Duration::from_secs(180),
        }
    }
}

/// What was seen last, and for how long it has been waited.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    commit: Option<CommitStatus>,
    step: Option<WorkflowStep>,
    state: Option<WorkflowState>,
    signing: Option<PreprodSigningStatus>,
    messages: Vec<String>,
    /// All pauses so far.
    waited: Duration,
    /// The pauses since something changed.
    unchanged: Duration,
    pauses: u32,
}

impl Waiting {
    /// The pause before the next look. `jitter` is between 0 and 1.
    pub(super) fn pause(&mut self, polling: &Polling, jitter: f64) -> Duration {
        let pause = self.next_pause(polling.first).min(polling.max.max(polling.first));
        let pause = pause.mul_f64(0.95 + 0.05 * jitter.clamp(0.0, 1.0));
        self.waited = self.waited.saturating_add(pause);
        self.unchanged = self.unchanged.saturating_add(pause);
        self.pauses = self.pauses.saturating_add(1);
        pause
    }

    fn next_pause(&self, unit: Duration) -> Duration {
        let begins = unit.saturating_mul(1 << self.pauses.min(10)).min(unit.saturating_mul(6));
        let steady = unit.saturating_mul(2);
        let has_hardly_begun = self.waited < unit.saturating_mul(30);
        let pause = if has_hardly_begun { begins } else { steady };
        pause.saturating_add(self.unchanged.saturating_sub(unit.saturating_mul(60)) / 8)
    }

    pub(super) fn has_seen_something(&self) -> bool {
        self.commit.is_some() || self.step.is_some() || self.signing.is_some()
    }

    /// Takes a new view in and tells what is new in it.
    pub(super) fn note<'a>(&mut self, seen: &'a Submission) -> Vec<Event<'a>> {
        let mut events = Vec::new();
        let status = seen.commit_status.as_ref();
        if let Some(status) = status.filter(|status| self.commit.as_ref() != Some(status)) {
            self.commit = Some(status.clone());
            events.push(Event::CommitStatus(status));
        }
        self.note_step(seen.workflow_status.as_ref(), &mut events);
        self.note_messages(seen.messages(), &mut events);
        self.changed(events)
    }

    /// The same for a workflow alone.
    pub(super) fn note_status<'a>(&mut self, status: Option<&'a WorkflowStatus>) -> Vec<Event<'a>> {
        let mut events = Vec::new();
        self.note_step(status, &mut events);
        let messages = status.and_then(|status| status.messages.as_ref());
        self.note_messages(messages.into_iter().flatten().map(String::as_str), &mut events);
        self.changed(events)
    }

    /// The same for a preproduction package.
    pub(super) fn note_signing<'a>(&mut self, seen: &'a PreprodPackage) -> Vec<Event<'a>> {
        let status = seen.signing_status.as_ref();
        let new = status.filter(|status| self.signing.as_ref() != Some(status));
        self.signing = status.cloned();
        self.changed(new.map(Event::Signing).into_iter().collect())
    }

    fn note_step<'a>(&mut self, status: Option<&'a WorkflowStatus>, events: &mut Vec<Event<'a>>) {
        let Some(status) = status else { return };
        if let (Some(step), Some(state)) = (&status.current_step, &status.state)
            && (self.step.as_ref(), self.state.as_ref()) != (Some(step), Some(state))
        {
            (self.step, self.state) = (Some(step.clone()), Some(state.clone()));
            events.push(Event::Workflow { step, state });
        }
    }

    fn note_messages<'a>(
        &mut self,
        messages: impl Iterator<Item = &'a str>,
        events: &mut Vec<Event<'_>>,
    ) {
        for message in messages.map(redact::text) {
            if !self.messages.contains(&message) {
                self.messages.push(message.clone());
                events.push(Event::Message(message));
            }
        }
    }

    fn changed<'a>(&mut self, events: Vec<Event<'a>>) -> Vec<Event<'a>> {
        if !events.is_empty() {
            self.unchanged = Duration::ZERO;
        }
        events
    }
}

#[cfg(test)]
mod tests;
