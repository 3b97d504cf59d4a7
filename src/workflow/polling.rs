//! How often the service is looked at while it works.

use std::time::Duration;

use crate::{
    model::{CommitStatus, Submission, WorkflowState, WorkflowStep},
    redact,
    report::Event,
};

/// How often the service is looked at while it works, and for how long.
///
/// The pause begins at `first`, grows by half with each look that shows nothing new, and stays below
/// `max`; when something has changed it is `first` again.
///
/// ```
/// use std::time::Duration;
///
/// use hardware_dashboard::workflow::Polling;
///
/// let calm = Polling::default()
///     .first(Duration::from_secs(30))
///     .max(Duration::from_secs(600))
///     .max_wait(Duration::from_secs(24 * 3600));
/// assert_ne!(calm, Polling::default());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Polling {
    first: Duration,
    max: Duration,
    pub(super) max_wait: Duration,
}

impl Polling {
    /// The pause after something has changed: ten seconds by default.
    #[must_use]
    pub fn first(mut self, pause: Duration) -> Self {
        self.first = pause;
        self
    }

    /// The longest pause: two minutes by default. It is never shorter than the first one.
    #[must_use]
    pub fn max(mut self, pause: Duration) -> Self {
        self.max = pause;
        self
    }

    /// For how long a run waits before it is [`StillRunning`](super::Outcome::StillRunning): a week
    /// by default. A submission takes minutes when all goes by itself, and up to five business days
    /// when a person looks at it.
    #[must_use]
    pub fn max_wait(mut self, time: Duration) -> Self {
        self.max_wait = time;
        self
    }
}

impl Default for Polling {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(10),
            max: Duration::from_secs(120),
            max_wait: Duration::from_secs(7 * 24 * 3600),
        }
    }
}

/// What was seen last, and how long nothing has changed.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    commit: Option<CommitStatus>,
    step: Option<WorkflowStep>,
    state: Option<WorkflowState>,
    messages: Vec<String>,
    unchanged: u32,
}

impl Waiting {
    /// The pause before the next look. `jitter` is between 0 and 1.
    pub(super) fn pause(&mut self, polling: &Polling, jitter: f64) -> Duration {
        let grown = 1.5_f64.powi(self.unchanged.min(30) as i32);
        self.unchanged = self.unchanged.saturating_add(1);
        let pause = polling.first.mul_f64(grown).min(polling.max.max(polling.first));
        pause.mul_f64(0.9 + 0.1 * jitter.clamp(0.0, 1.0))
    }

    pub(super) fn has_seen_something(&self) -> bool {
        self.commit.is_some() || self.step.is_some()
    }

    /// Takes a new view in and tells what is new in it.
    pub(super) fn note<'a>(&mut self, seen: &'a Submission) -> Vec<Event<'a>> {
        let mut events = Vec::new();
        if let Some(status) =
            seen.commit_status.as_ref().filter(|s| self.commit.as_ref() != Some(s))
        {
            self.commit = Some(status.clone());
            events.push(Event::CommitStatus(status));
        }
        if let (Some(step), Some(state)) = (seen.current_step(), seen.step_state())
            && (self.step.as_ref(), self.state.as_ref()) != (Some(step), Some(state))
        {
            (self.step, self.state) = (Some(step.clone()), Some(state.clone()));
            events.push(Event::Workflow { step, state });
        }
        for message in seen.messages().map(redact::text) {
            if !self.messages.contains(&message) {
                self.messages.push(message.clone());
                events.push(Event::Message(message));
            }
        }
        if !events.is_empty() {
            self.unchanged = 0;
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_their_limit_and_begin_anew_when_something_changes() {
        let polling = Polling::default();
        let mut waiting = Waiting::default();
        let mut pauses = (0..9).map(|_| waiting.pause(&polling, 1.0).as_secs()).collect::<Vec<_>>();
        assert_eq!(pauses.remove(0), 10);
        assert!(pauses.is_sorted(), "{pauses:?}");
        assert_eq!(pauses.last(), Some(&120));
        let seen: Submission = serde_json::from_value(serde_json::json!({
            "commitStatus": "commitComplete",
            "workflowStatus": { "currentStep": "scanning", "state": "started", "messages": ["m"] },
        }))
        .unwrap();
        assert_eq!(waiting.note(&seen).len(), 3);
        assert_eq!(waiting.pause(&polling, 1.0).as_secs(), 10);
        assert!(waiting.note(&seen).is_empty());
        assert_eq!(waiting.pause(&polling, 1.0).as_secs(), 15);
    }
}
