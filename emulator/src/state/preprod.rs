//! A package for preproduction tests.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::BlobName;

/// A package that was submitted for preproduction signing.
#[derive(Debug)]
pub(crate) struct PreprodPackage {
    pub(crate) id: String,
    pub(crate) submitted: DateTime<Utc>,
    /// How long it waits, and then how long it is worked on.
    pub(crate) step: Duration,
    /// Set when the package is processed.
    pub(crate) outcome: Option<PreprodOutcome>,
}

/// The signed files, or why there are none.
pub(crate) type PreprodOutcome = Result<PreprodAsset, String>;

/// A result of a preproduction package.
#[derive(Clone, Debug)]
pub(crate) struct PreprodAsset {
    pub(crate) id: String,
    /// SHA-256 of the content, in hex.
    pub(crate) hash: String,
    pub(crate) blob: BlobName,
}

/// What a preproduction package shows.
#[derive(Debug)]
pub(crate) enum PreprodStatus<'a> {
    NotStarted,
    Processing,
    Succeeded(&'a PreprodAsset),
    Failed(&'a str),
}

impl PreprodStatus<'_> {
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::NotStarted => "NotStarted",
            Self::Processing => "Processing",
            Self::Succeeded(_) => "Succeeded",
            Self::Failed(_) => "Failed",
        }
    }
}

impl PreprodPackage {
    pub(crate) fn started(&self) -> DateTime<Utc> {
        self.submitted + TimeDelta::from_std(self.step).unwrap_or(TimeDelta::MAX)
    }

    /// When the outcome begins to show.
    pub(crate) fn finished(&self) -> DateTime<Utc> {
        self.started() + TimeDelta::from_std(self.step).unwrap_or(TimeDelta::MAX)
    }

    pub(crate) fn status(&self, now: DateTime<Utc>) -> PreprodStatus<'_> {
        match &self.outcome {
            _ if now < self.started() => PreprodStatus::NotStarted,
            Some(Ok(asset)) if now >= self.finished() => PreprodStatus::Succeeded(asset),
            Some(Err(message)) if now >= self.finished() => PreprodStatus::Failed(message),
            _ => PreprodStatus::Processing,
        }
    }

    /// When what it shows last changed.
    pub(crate) fn last_modified(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self.status(now) {
            PreprodStatus::NotStarted => self.submitted,
            PreprodStatus::Processing => self.started(),
            PreprodStatus::Succeeded(_) | PreprodStatus::Failed(_) => self.finished(),
        }
    }
}
