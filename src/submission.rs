//! Submissions: a package on its way to a signature.

mod downloads;
pub(crate) mod signed;

use std::path::Path;

use crate::{
    blob::{Sas, UploadOptions, Uploaded},
    client::{Client, Operation, Raw},
    error::{Error, Kind, Result, Stage},
    list::List,
    model::{
        NewSubmission, ProductId, SafeUrl, ShippingLabelId, Submission, SubmissionId,
        UpdateSubmission,
    },
    shipping_label::{ShippingLabelHandler, ShippingLabelsHandler},
    snapshot::Snapshot,
};

/// The submissions of a product. See [`ProductHandler::submissions`].
///
/// [`ProductHandler::submissions`]: crate::ProductHandler::submissions
///
/// ```no_run
/// use futures_util::TryStreamExt;
/// use hardware_dashboard::model::{NewSubmission, ProductId};
///
/// # async fn example(client: hardware_dashboard::Client) -> hardware_dashboard::Result<()> {
/// let submissions = client.product(ProductId::new(14631253285588838)).submissions();
/// let all: Vec<_> = submissions.list().try_collect().await?;
/// if all.is_empty() {
///     let made = submissions.create(&NewSubmission::initial("Echo 1.2")).await?;
///     println!("upload the package of {:?} to {:?}", made.id, made.upload_url());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct SubmissionsHandler {
    client: Client,
    product: ProductId,
}

impl SubmissionsHandler {
    pub(crate) fn new(client: Client, product: ProductId) -> Self {
        Self { client, product }
    }

    /// All submissions of the product, page by page. They come without downloads and workflow.
    #[must_use]
    pub fn list(&self) -> List<Submission> {
        let product = self.product;
        let send = move |raw: Raw| async move { raw.list_submissions(&product, None, None).await };
        self.client.list(Operation::LIST_SUBMISSIONS, send)
    }

    /// Makes a submission. Never sent twice by itself; its future should not be [dropped].
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
    /// [dropped]: crate::handling_errors#a-change-that-may-have-been-applied
    pub async fn create(&self, submission: &NewSubmission) -> Result<Submission> {
        let product = &self.product;
        let send = |raw: Raw| async move { raw.create_submission(product, submission).await };
        self.client.create(Operation::CREATE_SUBMISSION, send).await
    }
}

/// One submission. See [`ProductHandler::submission`].
///
/// [`ProductHandler::submission`]: crate::ProductHandler::submission
///
/// ```no_run
/// use hardware_dashboard::model::{CommitStatus, ProductId, SubmissionId};
///
/// # async fn example(client: hardware_dashboard::Client) -> hardware_dashboard::Result<()> {
/// let product = client.product(ProductId::new(14631253285588838));
/// let submission = product.submission(SubmissionId::new(1152921504621442000));
/// submission.rename("Echo 1.2, second try").await?;
///
/// // When the package has been uploaded:
/// if submission.get().await?.commit_status == Some(CommitStatus::CommitPending) {
///     submission.commit().await?;
/// }
/// let now = submission.get().await?;
/// println!("{:?} is {:?}", now.current_step(), now.step_state());
/// # Ok(())
/// # }
/// ```
///
/// The driver metadata of a submission that a partner has shared is made on demand:
///
/// ```no_run
/// # use hardware_dashboard::{Result, SubmissionHandler, model::DownloadType};
/// # async fn example(shared: SubmissionHandler) -> Result<()> {
/// if shared.get().await?.download_url(&DownloadType::DriverMetadata).is_none() {
///     shared.create_publisher_metadata().await?;
/// }
/// # Ok(())
/// # }
/// ```
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

    pub(crate) fn client(&self) -> &Client {
        &self.client
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
        self.client.read(Operation::GET_SUBMISSION, send).await
    }

    /// Gives the submission another name.
    ///
    /// # Errors
    ///
    /// Fails as every call does.
    pub async fn rename(&self, name: impl Into<String>) -> Result<()> {
        let (product, id) = (&self.product, &self.id);
        let changes = &UpdateSubmission { name: name.into() };
        let send = |raw: Raw| async move { raw.update_submission(product, id, changes).await };
        self.client.call(Operation::UPDATE_SUBMISSION, send).await
    }

    /// Has the driver metadata made of a submission that a partner has shared. It appears among the
    /// downloads hours later. Never sent twice by itself; its future should not be [dropped].
    ///
    /// # Errors
    ///
    /// Fails as every call does.
    ///
    /// [dropped]: crate::handling_errors#a-change-that-may-have-been-applied
    pub async fn create_publisher_metadata(&self) -> Result<()> {
        let (product, id) = (&self.product, &self.id);
        let send = |raw: Raw| async move { raw.create_publisher_metadata(product, id).await };
        self.client.call(Operation::CREATE_PUBLISHER_METADATA, send).await
    }

    /// The shipping labels of this submission.
    #[must_use]
    pub fn shipping_labels(&self) -> ShippingLabelsHandler {
        ShippingLabelsHandler::new(self.client.clone(), self.product, self.id)
    }

    /// One shipping label of this submission.
    #[must_use]
    pub fn shipping_label(&self, id: ShippingLabelId) -> ShippingLabelHandler {
        ShippingLabelHandler::new(self.client.clone(), self.product, self.id, id)
    }

    /// Sends the package to blob storage.
    ///
    /// When it breaks off, call it again: what has arrived is not sent again, not even from another
    /// machine. Nothing begins until [`commit`](Self::commit) is called.
    ///
    /// ```no_run
    /// use std::path::Path;
    ///
    /// use hardware_dashboard::{Result, SubmissionHandler, blob::UploadOptions};
    ///
    /// # async fn example(submission: SubmissionHandler) -> Result<()> {
    /// let sent = submission.upload(Path::new("echo.cab"), &UploadOptions::default()).await?;
    /// println!("{} of {} bytes were sent", sent.sent, sent.bytes);
    /// submission.commit().await
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Fails as every call does, when the file cannot be read or changes meanwhile, and when the
    /// submission takes no package (any more).
    pub async fn upload(&self, package: &Path, options: &UploadOptions) -> Result<Uploaded> {
        // What is no package needs no call.
        Snapshot::take(package)?;
        let url = self.upload_url().await?;
        self.upload_to(&url, package, options).await
    }

    /// The same for who knows where to. Should that end in the middle, a new URL is asked for.
    pub(crate) async fn upload_to(
        &self,
        url: &SafeUrl,
        package: &Path,
        options: &UploadOptions,
    ) -> Result<Uploaded> {
        let handler = self.clone();
        let renew = move || {
            let handler = handler.clone();
            async move { handler.upload_url().await }
        };
        let sas = Sas::renewable(Stage::Upload, url, renew)?;
        self.client.blobs().upload(package, &sas, options).await
    }

    async fn upload_url(&self) -> Result<SafeUrl> {
        let seen = self.get().await?;
        seen.upload_url().cloned().ok_or_else(|| {
            let message = "the service names no URL to upload the package to";
            Error::new(Stage::Upload, Kind::Decode, message).with_hint(
                "Look at the submission: its package may have been committed already, or it may \
                 take a moment until it is ready for one.",
            )
        })
    }

    /// Commits the uploaded package, which starts the workflow. Never sent twice by itself; its future
    /// should not be [dropped].
    ///
    /// # Errors
    ///
    /// Fails as every call does. A commit that seems to have failed may have worked: only the
    /// `commit_status` that [`get`](Self::get) reads can tell.
    ///
    /// [dropped]: crate::handling_errors#a-change-that-may-have-been-applied
    pub async fn commit(&self) -> Result<()> {
        let (product, id) = (&self.product, &self.id);
        let send = |raw: Raw| async move { raw.commit_submission(product, id).await };
        self.client.call(Operation::COMMIT_SUBMISSION, send).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_can_be_spawned() {
        fn is_send<T: Send>(_: impl FnOnce(SubmissionHandler) -> T) {}
        is_send(|handler| async move {
            handler.upload(Path::new("package.cab"), &UploadOptions::default()).await
        });
    }
}
