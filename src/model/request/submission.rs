//! Requests about submissions.

use crate::model::{NewSubmission, SubmissionType, UpdateSubmission};

/// ```
/// use hardware_dashboard::model::{NewSubmission, SubmissionType};
///
/// assert_eq!(NewSubmission::initial("Echo 1.2").type_, SubmissionType::Initial);
/// assert_eq!(NewSubmission::derived("Echo 1.2, more ids").type_, SubmissionType::Derived);
/// ```
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

/// ```
/// use hardware_dashboard::model::UpdateSubmission;
///
/// assert_eq!(UpdateSubmission::rename("Echo 1.3").name, "Echo 1.3");
/// ```
impl UpdateSubmission {
    /// Gives a submission another name; nothing else of it can be changed.
    #[must_use]
    pub fn rename(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}
