//! How far a workflow is: a pure function of its plan and the time.

mod failures;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

pub(crate) use self::failures::Failures;

/// A step of a submission's or a shipping label's workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Step {
    /// A submission's package is opened and its layout checked.
    PackageInfoValidation,
    /// A submission is prepared.
    Preparation,
    /// A submission is scanned for malware.
    Scanning,
    /// A submission's drivers are validated.
    Validation,
    /// A submission's catalogs are made.
    CatalogCreation,
    /// A person looks at a submission.
    ManualReview,
    /// A submission is signed.
    Signing,
    /// A submission's results are stored.
    FinalizeIngestion,
    /// A label exists.
    Created,
    /// A label is being prepared.
    PreProcessShippingLabel,
    /// A label's preparation ends.
    FinalizePreProcessing,
    /// A label is validated.
    PublishJobValidation,
    /// The update of a label is generated.
    UpdateGeneration,
    /// A person at Microsoft looks at a label; only now it can be cancelled.
    MicrosoftApproval,
    /// A label is published.
    Publishing,
    /// A label's publication ends.
    FinalizePublishing,
    /// A label is shared.
    ProcessSharing,
    /// A label's sharing ends.
    FinalizeSharing,
}

impl Step {
    /// The steps of a submission, in their order.
    pub(crate) const SUBMISSION: [Self; 8] = [
        Self::PackageInfoValidation,
        Self::Preparation,
        Self::Scanning,
        Self::Validation,
        Self::CatalogCreation,
        Self::ManualReview,
        Self::Signing,
        Self::FinalizeIngestion,
    ];
    /// The steps of a label to Windows Update.
    pub(crate) const PUBLISH: [Self; 8] = [
        Self::Created,
        Self::PreProcessShippingLabel,
        Self::FinalizePreProcessing,
        Self::PublishJobValidation,
        Self::UpdateGeneration,
        Self::MicrosoftApproval,
        Self::Publishing,
        Self::FinalizePublishing,
    ];
    /// The steps of a label to a partner.
    pub(crate) const SHARE: [Self; 6] = [
        Self::Created,
        Self::PreProcessShippingLabel,
        Self::FinalizePreProcessing,
        Self::PublishJobValidation,
        Self::ProcessSharing,
        Self::FinalizeSharing,
    ];

    /// The step of this name on the wire, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let steps = [Self::SUBMISSION.as_slice(), &Self::PUBLISH, &Self::SHARE].concat();
        steps.into_iter().find(|step| step.as_str() == name)
    }

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PackageInfoValidation => "packageInfoValidation",
            Self::Preparation => "preparation",
            Self::Scanning => "scanning",
            Self::Validation => "validation",
            Self::CatalogCreation => "catalogCreation",
            Self::ManualReview => "manualReview",
            Self::Signing => "signing",
            Self::FinalizeIngestion => "finalizeIngestion",
            Self::Created => "created",
            Self::PreProcessShippingLabel => "preProcessShippingLabel",
            Self::FinalizePreProcessing => "finalizePreProcessing",
            Self::PublishJobValidation => "publishJobValidation",
            Self::UpdateGeneration => "updateGeneration",
            Self::MicrosoftApproval => "microsoftApproval",
            Self::Publishing => "publishing",
            Self::FinalizePublishing => "finalizePublishing",
            Self::ProcessSharing => "processSharing",
            Self::FinalizeSharing => "finalizeSharing",
        }
    }
}

/// The state of the current step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepState {
    NotStarted,
    Started,
    Failed,
    Completed,
}

impl StepState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::NotStarted => "notStarted",
            Self::Started => "started",
            Self::Failed => "failed",
            Self::Completed => "completed",
        }
    }
}

/// Where and why a workflow fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Failure {
    pub(crate) step: Step,
    #[serde(default)]
    pub(crate) messages: Vec<String>,
    /// The text behind `errorReport`.
    #[serde(default)]
    pub(crate) report: Option<String>,
}

impl Failure {
    /// A failure that was found, whose report says what its messages say.
    pub(crate) fn found(step: Step, messages: Vec<String>) -> Self {
        let mut report = format!("The step {} failed.\r\n", step.as_str());
        for message in &messages {
            report.extend(["- ", message, "\r\n"]);
        }
        Self { step, messages, report: Some(report) }
    }
}

/// A workflow as it was laid out when it began.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    begun: DateTime<Utc>,
    stages: Vec<(Step, Duration)>,
    failure: Option<Failure>,
    cancelled: Option<DateTime<Utc>>,
}

/// What a workflow shows at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress<'a> {
    pub(crate) step: Step,
    pub(crate) state: StepState,
    pub(crate) failure: Option<&'a Failure>,
    /// The last step is completed.
    pub(crate) done: bool,
    /// A cancellation has taken effect.
    pub(crate) cancelled: bool,
}

/// How long a step takes at most: a hundred years, so that dates can always be told.
pub(crate) const LONGEST_STEP: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// How long a cancellation takes to show.
const CANCELLATION: TimeDelta = TimeDelta::hours(26);

impl Plan {
    /// A plan whose steps take the given times; one that takes none is passed unseen.
    pub(crate) fn new(
        begun: DateTime<Utc>,
        stages: impl IntoIterator<Item = (Step, Duration)>,
    ) -> Self {
        Self { begun, stages: stages.into_iter().collect(), failure: None, cancelled: None }
    }

    /// Lets the workflow fail when it comes to the failure's step.
    pub(crate) fn fail(&mut self, failure: Failure) {
        self.failure = Some(failure);
    }

    /// Why the workflow is going to fail, if it is.
    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    pub(crate) fn cancel(&mut self, now: DateTime<Utc>) {
        self.cancelled.get_or_insert(now);
    }

    /// Until when the service has only received the work, and nothing depends on its outcome.
    pub(crate) fn received_until(&self) -> DateTime<Utc> {
        let first = self.stages.first().map_or(Duration::ZERO, |(_, takes)| *takes);
        self.begun + delta(first / 3)
    }

    /// When the last step's time is over, a little after it is completed.
    pub(crate) fn end(&self) -> DateTime<Utc> {
        self.begun + delta(self.stages.iter().map(|(_, takes)| *takes).sum())
    }

    /// What the workflow shows at `now`.
    pub(crate) fn at(&self, now: DateTime<Utc>) -> Progress<'_> {
        let Some(cancelled) = self.cancelled else { return self.uncancelled_at(now) };
        // A cancelled workflow stands still until the cancellation shows as a failure.
        let mut progress = self.uncancelled_at(cancelled.min(now));
        if now >= cancelled + CANCELLATION {
            progress.state = StepState::Failed;
            progress.cancelled = true;
            progress.done = false;
        }
        progress
    }

    fn uncancelled_at(&self, now: DateTime<Utc>) -> Progress<'_> {
        let elapsed = (now - self.begun).to_std().unwrap_or_default();
        let mut start = Duration::ZERO;
        let mut shown = Progress::of(Step::Created, StepState::NotStarted);
        for (index, (step, takes)) in self.stages.iter().enumerate() {
            if elapsed < start {
                break;
            }
            let first = index == 0;
            shown = Progress::of(*step, state_within(elapsed - start, *takes, first));
            start += *takes;
            if shown.state == StepState::Completed {
                shown.done = index + 1 == self.stages.len();
                if let Some(failure) = self.failure.as_ref().filter(|f| f.step == *step) {
                    return shown.failed(failure);
                }
            }
        }
        shown
    }
}

impl<'a> Progress<'a> {
    fn of(step: Step, state: StepState) -> Self {
        Self { step, state, failure: None, done: false, cancelled: false }
    }

    fn failed(self, failure: &'a Failure) -> Self {
        Self { state: StepState::Failed, failure: Some(failure), done: false, ..self }
    }
}

/// A third of a step each is shown as not started, started and completed; the first step of all
/// is started at once.
fn state_within(elapsed: Duration, takes: Duration, first: bool) -> StepState {
    if elapsed >= completed_after(takes) {
        StepState::Completed
    } else if first || elapsed >= takes / 3 {
        StepState::Started
    } else {
        StepState::NotStarted
    }
}

fn completed_after(takes: Duration) -> Duration {
    takes / 3 * 2
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests;
