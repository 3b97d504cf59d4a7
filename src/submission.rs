//! Submissions: a package on its way to a signature.

use crate::{
    client::{Client, Operation, Raw},
    error::Result,
    model::{NewSubmission, ProductId, Submission, SubmissionId},
    product::without_id,
};

/// The submissions of a product. See [`ProductHandler::submissions`].
///
/// [`ProductHandler::submissions`]: crate::ProductHandler::submissions
#[derive(Clone, Debug)]
pub struct SubmissionsHandler {
    client: Client,
    product: ProductId,
}

impl SubmissionsHandler {
    pub(crate) fn new(client: Client, product: ProductId) -> Self {
        Self { client, product }
    }

    /// Makes a submission. Never sent twice by itself.
    ///
    /// The answer usually says where to upload the package; when it does not, [`get`] does.
    ///
    /// # Errors
    ///
    /// Fails as every call does. When [`Error::may_have_been_applied`] says so, list the submissions
    /// of the product before you try again.
    ///
    /// [`get`]: SubmissionHandler::get
    /// [`Error::may_have_been_applied`]: crate::Error::may_have_been_applied
    pub async fn create(&self, submission: &NewSubmission) -> Result<Submission> {
        let (product, operation) = (&self.product, Operation::CREATE_SUBMISSION);
        let send = |raw: Raw| async move { raw.create_submission(product, submission).await };
        let mut made = self.client.call(operation, send).await?;
        made.id = made.id_or_link();
        match made.id {
            Some(_) => Ok(made),
            None => Err(without_id(operation)),
        }
    }
}

/// One submission. See [`ProductHandler::submission`].
///
/// [`ProductHandler::submission`]: crate::ProductHandler::submission
#[derive(Clone, Debug)]
pub struct SubmissionHandler {
    client: Client,
    product: ProductId,
    id: SubmissionId,
}

impl SubmissionHandler {
    pub(crate) fn new(client: Client, product: ProductId, id: SubmissionId) -> Self {
        Self { client, product, id }
    }

    /// Reads the submission, with its downloads and how far its workflow is.
    ///
    /// # Errors
    ///
    /// Fails as every call does; [`Error::is_not_found`] when there is no such submission.
    ///
    /// [`Error::is_not_found`]: crate::Error::is_not_found
    pub async fn get(&self) -> Result<Submission> {
        let (product, id) = (&self.product, &self.id);
        let send = |raw: Raw| async move { raw.get_submission(product, id).await };
        let mut submission = self.client.call(Operation::GET_SUBMISSION, send).await?;
        submission.id = submission.id_or_link();
        Ok(submission)
    }

    /// Commits the uploaded package, which starts the workflow. Never sent twice by itself.
    ///
    /// # Errors
    ///
    /// Fails as every call does. A commit that seems to have failed may have worked: only the
    /// `commit_status` that [`get`](Self::get) reads can tell.
    pub async fn commit(&self) -> Result<()> {
        let (product, id) = (&self.product, &self.id);
        let send = |raw: Raw| async move { raw.commit_submission(product, id).await };
        self.client.call(Operation::COMMIT_SUBMISSION, send).await
    }
}
