//! What a run knows of what it has done: the part of its journal that decides what comes next.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{reconcile::Found, view::SubmissionView};
use crate::model::{PreprodPackageId, ProductId, ShippingLabelId, SubmissionId};

/// What a run knows of what it has done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Known {
    pub(super) product: Mutation<ProductId>,
    /// It was found in a list when the answer was lost: it may be another's of the same name.
    #[serde(default)]
    pub(super) product_adopted: bool,
    pub(super) submission: Mutation<SubmissionId>,
    /// What the package was when the first of it was to be sent.
    #[serde(default)]
    pub(super) fingerprint: Option<Fingerprint>,
    /// The shell of the update is on disk, under its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) shell: Option<Saved>,
    pub(super) uploaded: bool,
    pub(super) commit: Mutation<()>,
    /// The driver metadata of a submission that a partner has shared was asked for.
    pub(super) metadata: Mutation<()>,
    /// The signed file is on disk, under its name.
    pub(super) file: Option<Saved>,
    pub(super) label: Mutation<ShippingLabelId>,
    /// The preproduction package.
    pub(super) package: Mutation<PreprodPackageId>,
    /// Preproduction packages that may lie at the service without anybody knowing their ids.
    pub(super) spare_packages: u32,
}

impl Known {
    /// What is known of a submission that is there already.
    pub(super) fn of_submission(product: ProductId, submission: SubmissionId) -> Self {
        Self {
            product: Mutation::Done(product),
            submission: Mutation::Done(submission),
            ..Self::default()
        }
    }

    /// What a submission shows tells of a commit whose answer was lost; whether it did.
    pub(super) fn saw(&mut self, submission: SubmissionView) -> bool {
        let is_open = matches!(submission, SubmissionView::Open { .. });
        let tells = self.commit.is_intended() && !is_open;
        if tells {
            self.commit.answered(Answer::Done(()));
        }
        tells
    }

    /// Whether a call is noted of which no answer is known.
    pub(super) fn has_intent(&self) -> bool {
        let Self { product, submission, commit, metadata, label, .. } = self;
        let made = product.is_intended() || submission.is_intended() || label.is_intended();
        made || commit.is_intended() || metadata.is_intended()
    }

    /// The `MS-RequestId` of the call of which no answer is known.
    pub(super) fn open_request_id(&self) -> Option<Uuid> {
        let Self { product, submission, commit, metadata, label, package, .. } = self;
        let made = product.request_id().or(submission.request_id()).or(label.request_id());
        let sent = commit.request_id().or(metadata.request_id()).or(package.request_id());
        made.or(sent)
    }
}

/// What tells a package from any other one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Fingerprint {
    pub(super) bytes: u64,
    /// In hexadecimal, as people compare it.
    pub(super) sha256: String,
}

/// A file that is complete on disk.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Saved {
    pub(super) bytes: u64,
    pub(super) md5: [u8; 16],
}

/// A call that must not be done twice, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Mutation<T> {
    /// Surely not done.
    #[default]
    NotSent,
    /// It will be sent, or was sent and no answer came.
    Intended(Intent<T>),
    /// Done; this came of it.
    Done(T),
}

/// What was noted before a call was sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Intent<T> {
    /// When, by this machine's clock: for people, nothing is decided by it.
    pub(super) at: DateTime<Utc>,
    /// What of this kind and name was there already; `None` where the service could not list it.
    pub(super) there: Option<Vec<T>>,
    /// The `MS-RequestId` of the first attempt, which further ones count on from; of that whose answer
    /// was lost as soon as this is known. The first version of the journal noted only the latter.
    pub(super) request_id: Option<Uuid>,
}

/// When a call is sent, and under which `MS-RequestId`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sending {
    pub(super) at: DateTime<Utc>,
    pub(super) request_id: Uuid,
}

impl Sending {
    pub(super) fn now() -> Self {
        Self { at: Utc::now(), request_id: Uuid::new_v4() }
    }
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer<T> {
    Done(T),
    /// It may have been done.
    Lost(Option<Uuid>),
    /// Surely not done.
    Refused,
}

impl<T: Clone> Mutation<T> {
    /// What came of it, when that is known.
    pub(super) fn done(&self) -> Option<T> {
        match self {
            Self::Done(made) => Some(made.clone()),
            Self::NotSent | Self::Intended(_) => None,
        }
    }

    pub(super) fn is_intended(&self) -> bool {
        matches!(self, Self::Intended(_))
    }

    fn request_id(&self) -> Option<Uuid> {
        match self {
            Self::Intended(intent) => intent.request_id,
            Self::NotSent | Self::Done(_) => None,
        }
    }

    /// To be noted before the call is sent.
    pub(super) fn intend(&mut self, sending: Sending, there: Option<Vec<T>>) {
        let Sending { at, request_id } = sending;
        *self = Self::Intended(Intent { at, there, request_id: Some(request_id) });
    }

    /// To be noted after the call.
    pub(super) fn answered(&mut self, answer: Answer<T>) {
        match (self, answer) {
            (this, Answer::Done(made)) => *this = Self::Done(made),
            (this, Answer::Refused) => *this = Self::NotSent,
            (Self::Intended(intent), Answer::Lost(Some(request_id))) => {
                intent.request_id = Some(request_id);
            }
            (_, Answer::Lost(_)) => {}
        }
    }

    /// To be noted after the service was looked at for what an unanswered call has made.
    pub(super) fn found(&mut self, found: &Found<T>) {
        match found {
            Found::One(made) => *self = Self::Done(made.clone()),
            Found::Nothing => *self = Self::NotSent,
            Found::Several(_) | Found::NotYet => {}
        }
    }
}
