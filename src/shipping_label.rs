//! Shipping labels: what sends a signed driver to Windows Update or to a partner.

use crate::{
    blob::Sas,
    client::{Client, Operation, Raw},
    error::{Error, Kind, Result, Stage},
    list::List,
    model::{
        NewShippingLabel, ProductId, SafeUrl, ShippingLabel, ShippingLabelId, ShippingLabelUpdate,
        SubmissionId, UpdateShippingLabel,
    },
};

/// The shipping labels of a submission. See [`SubmissionHandler::shipping_labels`].
///
/// [`SubmissionHandler::shipping_labels`]: crate::SubmissionHandler::shipping_labels
///
/// ```no_run
/// use futures_util::TryStreamExt;
/// use hardware_dashboard::{
///     Result, SubmissionHandler,
///     model::{NewShippingLabel, ReceiverPublisherId},
/// };
///
/// # async fn example(submission: SubmissionHandler) -> Result<()> {
/// let labels = submission.shipping_labels();
/// let mut list = labels.list();
/// while let Some(label) = list.try_next().await? {
///     println!("{:?} goes to {:?}", label.name, label.destination);
/// }
///
/// let partner = ReceiverPublisherId::new(27258209);
/// let label = NewShippingLabel::another_partner("For Fabrikam", partner, None);
/// println!("made {:?}", labels.create(&label).await?.id);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ShippingLabelsHandler {
    client: Client,
    product: ProductId,
    submission: SubmissionId,
}

impl ShippingLabelsHandler {
    pub(crate) fn new(client: Client, product: ProductId, submission: SubmissionId) -> Self {
        Self { client, product, submission }
    }

    /// All shipping labels of the submission, page by page, with their targeting.
    #[must_use]
    pub fn list(&self) -> List<ShippingLabel> {
        let (product, submission) = (self.product, self.submission);
        let send = move |raw: Raw| async move {
            raw.list_shipping_labels(&product, &submission, None, None, None).await
        };
        let list = self.client.list(Operation::LIST_SHIPPING_LABELS, send);
        list.on_every_page("includeTargetingInfo", "true")
    }

    /// Makes a shipping label. Never sent twice by itself; its future should not be [dropped].
    ///
    /// # Errors
    ///
    /// Fails as every call does, and when the label breaks a documented rule; then nothing was sent.
    /// When [`Error::may_have_been_applied`] says so, list the labels of
    /// the submission before you try again.
    ///
    /// [`Error::may_have_been_applied`]: crate::Error::may_have_been_applied
    /// [dropped]: crate::handling_errors#a-change-that-may-have-been-applied
    pub async fn create(&self, label: &NewShippingLabel) -> Result<ShippingLabel> {
        label.check()?;
        let (product, submission) = (&self.product, &self.submission);
        let send =
            |raw: Raw| async move { raw.create_shipping_label(product, submission, label).await };
        self.client.create(Operation::CREATE_SHIPPING_LABEL, send).await
    }
}

/// One shipping label. See [`SubmissionHandler::shipping_label`].
///
/// [`SubmissionHandler::shipping_label`]: crate::SubmissionHandler::shipping_label
///
/// ```no_run
/// use hardware_dashboard::{
///     Result, SubmissionHandler,
///     model::{NewHardwareIdTarget, ShippingLabelId, ShippingLabelUpdate},
/// };
///
/// # async fn example(submission: SubmissionHandler) -> Result<()> {
/// let label = submission.shipping_label(ShippingLabelId::new(1152921504606971000));
/// println!("{:?}", label.get().await?.targeting);
///
/// let id = NewHardwareIdTarget::new("amd64", "echo.inf", "win11-24h2-x64", r"usb\vid_1209");
/// let update = ShippingLabelUpdate::new().add_hardware_ids([id]);
/// label.update(update.business_justification("A new board revision")).await?;
///
/// // The driver is not to go out after all:
/// label.cancel().await?;
/// # Ok(())
/// # }
/// ```
///
/// [`update_exactly`](Self::update_exactly) sends a request just as it is:
///
/// ```no_run
/// # use hardware_dashboard::{Result, ShippingLabelHandler, model::*};
/// # async fn example(label: ShippingLabelHandler, update: ShippingLabelUpdate) -> Result<()> {
/// let current = label.get().await?;
/// label.update_exactly(&update.into_request(Some(&current))?).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ShippingLabelHandler {
    client: Client,
    product: ProductId,
    submission: SubmissionId,
    id: ShippingLabelId,
}

impl ShippingLabelHandler {
    pub(crate) fn new(
        client: Client,
        product: ProductId,
        submission: SubmissionId,
        id: ShippingLabelId,
    ) -> Self {
        Self { client, product, submission, id }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Reads the label, with its targeting and how far its workflow is.
    ///
    /// # Errors
    ///
    /// Fails as every call does; [`Error::is_not_found`] when there is no such label.
    ///
    /// [`Error::is_not_found`]: crate::Error::is_not_found
    pub async fn get(&self) -> Result<ShippingLabel> {
        let (product, submission, id) = (&self.product, &self.submission, &self.id);
        let send = |raw: Raw| async move {
            raw.get_shipping_label(product, submission, id, Some(true)).await
        };
        self.client.read(Operation::GET_SHIPPING_LABEL, send).await
    }

    /// Changes the targeting of the label. Audiences that shall stay are read first and sent again:
    /// the service removes those that are left out.
    ///
    /// These are two calls, and the service knows nothing that would hold them together: an audience
    /// that somebody adds in between is lost. [`AudienceChange::Replace`] and
    /// [`AudienceChange::Remove`] read nothing.
    ///
    /// [`AudienceChange::Replace`]: crate::model::AudienceChange::Replace
    /// [`AudienceChange::Remove`]: crate::model::AudienceChange::Remove
    ///
    /// # Errors
    ///
    /// Fails as every call does, and, before anything is sent, when the update changes nothing, breaks a
    /// documented rule, or keeps audiences that the service does not tell.
    ///
    /// The service refuses an update while the label's workflow runs, with 422 and `InvalidInput`. An
    /// update starts the workflow: when the answer to a first attempt was lost, the repeated one may be
    /// refused so although the first was applied. [`Error::may_have_been_applied`] says yes then: read
    /// the label, and look for the targets.
    ///
    /// [`Error::may_have_been_applied`]: crate::Error::may_have_been_applied
    pub async fn update(&self, update: ShippingLabelUpdate) -> Result<()> {
        let current = if update.needs_current() { Some(self.get().await?) } else { None };
        self.update_exactly(&update.into_request(current.as_ref())?).await
    }

    /// Changes the targeting of the label, exactly as `changes` says: audiences that are left out
    /// are **removed** by the service.
    ///
    /// # Errors
    ///
    /// Fails as every call does. What [`update`](Self::update) tells of a refusal while the workflow runs
    /// holds here too.
    pub async fn update_exactly(&self, changes: &UpdateShippingLabel) -> Result<()> {
        let (product, submission, id) = (&self.product, &self.submission, &self.id);
        let send = |raw: Raw| async move {
            raw.update_shipping_label(product, submission, id, changes).await
        };
        self.client.call(Operation::UPDATE_SHIPPING_LABEL, send).await
    }

    /// Fetches the text of the error report of a label that failed; `None` when there is none.
    ///
    /// # Errors
    ///
    /// Fails as every call does, and when the report cannot be fetched.
    pub async fn error_report(&self) -> Result<Option<String>> {
        let Some(url) = self.get().await?.error_report_url().cloned() else { return Ok(None) };
        self.read_report(&url).await.map(Some)
    }

    /// The same of a label that was just read.
    pub(crate) async fn read_report(&self, url: &SafeUrl) -> Result<String> {
        let label = self.clone();
        let renew = move || {
            let label = label.clone();
            async move {
                let seen = label.get().await?;
                seen.error_report_url().cloned().ok_or_else(|| {
                    Error::new(
                        Stage::Download,
                        Kind::Decode,
                        "the label has no error report any more",
                    )
                })
            }
        };
        let blobs = self.client.blobs();
        blobs.text(blobs.blob(Sas::renewable(Stage::Download, url, renew)?)).await
    }

    /// Takes the label back, which works while it waits for Microsoft's approval or rolls out
    /// gradually, and may take over a day. Never sent twice by itself; its future should not be
    /// [dropped].
    ///
    /// # Errors
    ///
    /// Fails as every call does.
    ///
    /// [dropped]: crate::handling_errors#a-change-that-may-have-been-applied
    pub async fn cancel(&self) -> Result<()> {
        let (product, submission, id) = (&self.product, &self.submission, &self.id);
        let send =
            |raw: Raw| async move { raw.cancel_shipping_label(product, submission, id).await };
        self.client.call(Operation::CANCEL_SHIPPING_LABEL, send).await
    }
}
