//! A submission and what became of its package.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::{Label, Source};
use crate::{
    error::ApiError,
    workflow::{Plan, Progress, StepState},
};

/// How long the making of driver metadata for a partner takes.
const PUBLISHER_METADATA: TimeDelta = TimeDelta::hours(3);

/// A submission.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) kind: SubmissionKind,
    pub(crate) created: DateTime<Utc>,
    /// Where the package is uploaded to, and from the commit on where it lies.
    pub(crate) package: BlobName,
    pub(crate) commit: Option<Commit>,
    /// Where it came from, if a partner shared it.
    pub(crate) source: Option<Source>,
    /// When the driver metadata of a shared submission was first asked for.
    pub(crate) metadata_requested: Option<DateTime<Utc>>,
    /// By id, which is also the order of creation.
    pub(crate) labels: BTreeMap<u64, Label>,
}

/// The first submission of a product, or an update of what it made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubmissionKind {
    Initial,
    Derived,
}

impl SubmissionKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::Derived => "derived",
        }
    }
}

/// A blob of the emulator's store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BlobName {
    pub(crate) container: String,
    pub(crate) blob: String,
    /// The name that a download offers.
    pub(crate) file_name: String,
}

impl BlobName {
    /// The blob of a product's container that holds `what` of a submission.
    pub(crate) fn new(product: u64, submission: u64, what: &str, extension: &str) -> Self {
        let name = match what {
            // So the service was seen to name the package, before the commit and after it.
            "Upload" | "Initial" => "initial",
            other => other,
        };
        Self {
            container: format!("product-{product}"),
            blob: format!("{submission}-{}", what.to_ascii_lowercase()),
            file_name: format!("{name}_{submission}.{extension}"),
        }
    }
}

/// The extension of the packages that a test harness makes.
pub(crate) fn file_extension(harness: &str) -> &'static str {
    match harness {
        "hlk" => "hlkx",
        "hck" => "hckx",
        _ => "cab",
    }
}

/// What a commit set going.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub(crate) plan: Plan,
    /// The commit itself fails, not only the workflow.
    pub(crate) refused: bool,
    /// Set when the package is processed.
    pub(crate) outcome: Option<Outcome>,
}

/// What the package gave.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    /// The blob behind `errorReport`.
    pub(crate) report: Option<BlobName>,
    /// There are none if the package cannot be signed.
    pub(crate) results: Option<Results>,
}

/// The results of a package that can be signed.
#[derive(Clone, Debug)]
pub(crate) struct Results {
    pub(crate) signed: BlobName,
    pub(crate) metadata: BlobName,
    /// The driver metadata itself, by which hardware ids of labels are checked.
    pub(crate) metadata_json: Arc<Value>,
    /// The shell for updates, which attestation does not give.
    pub(crate) shell: Option<BlobName>,
    pub(crate) is_extension: bool,
}

impl Commit {
    /// What the workflow shows at `now`. A commit that failed tells at once why: no step comes after.
    pub(crate) fn progress(&self, now: DateTime<Utc>) -> Progress<'_> {
        let failed = self.refused && now >= self.plan.received_until();
        self.plan.at(if failed { now.max(self.plan.end()) } else { now })
    }
}

impl Submission {
    /// What the workflow shows at `now`; `None` before the commit.
    pub(crate) fn progress(&self, now: DateTime<Utc>) -> Option<Progress<'_>> {
        self.commit.as_ref().map(|commit| commit.progress(now))
    }

    pub(crate) fn commit_status(&self, now: DateTime<Utc>) -> &'static str {
        match &self.commit {
            None => "commitPending",
            Some(commit) if now < commit.plan.received_until() => "commitReceived",
            Some(commit) if commit.refused => "commitFailed",
            Some(_) => "commitComplete",
        }
    }

    pub(crate) fn has_failed(&self, now: DateTime<Utc>) -> bool {
        self.progress(now).is_some_and(|progress| progress.state == StepState::Failed)
    }

    pub(crate) fn is_finished(&self, now: DateTime<Utc>) -> bool {
        self.results(now).is_some()
    }

    /// The results, once the workflow shows them.
    pub(crate) fn results(&self, now: DateTime<Utc>) -> Option<&Results> {
        let commit = self.commit.as_ref()?;
        let results = commit.outcome.as_ref()?.results.as_ref()?;
        commit.plan.at(now).done.then_some(results)
    }

    /// Whether the driver metadata is there: a little later than the signed package, and for a
    /// shared submission hours after it was asked for.
    pub(crate) fn shows_metadata(&self, now: DateTime<Utc>) -> bool {
        let ready = match self.source {
            None => self.commit.as_ref().map(|commit| commit.plan.end()),
            Some(_) => self.metadata_requested.map(|requested| requested + PUBLISHER_METADATA),
        };
        ready.is_some_and(|ready| ready <= now)
    }

    pub(crate) fn label(&self, id: u64) -> Result<&Label, ApiError> {
        self.labels.get(&id).ok_or_else(|| no_label(id))
    }

    pub(crate) fn label_mut(&mut self, id: u64) -> Result<&mut Label, ApiError> {
        self.labels.get_mut(&id).ok_or_else(|| no_label(id))
    }
}

fn no_label(id: u64) -> ApiError {
    ApiError::not_found("shipping label", &id.to_string())
}
