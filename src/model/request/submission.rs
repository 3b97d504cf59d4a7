//! Requests about submissions.

use crate::model::{NewSubmission, SubmissionType, UpdateSubmission};

impl NewSubmission {
    /// The first submission of a product.
    #[must_use]
    pub fn initial(name: impl Into<String>) -> Self {
        Self { name: name.into(), type_: SubmissionType::Initial }
    }

    /// An update (DUA) of a finished initial submission.
    #[must_use]
    pub fn derived(name: impl Into<String>) -> Self {
        Self { name: name.into(), type_: SubmissionType::Derived }
    }
}

impl UpdateSubmission {
    /// Gives a submission another name; nothing else of it can be changed.
    #[must_use]
    pub fn rename(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}
