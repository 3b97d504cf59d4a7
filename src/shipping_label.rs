//! Shipping labels: what sends a signed driver to Windows Update or to a partner.

use crate::{
    client::{Client, Operation, Raw},
    error::Result,
    list::List,
    model::{
        NewShippingLabel, ProductId, ShippingLabel, ShippingLabelId, SubmissionId,
        UpdateShippingLabel,
    },
    product::without_id,
};

/// The shipping labels of a submission. See [`SubmissionHandler::shipping_labels`].
///
/// [`SubmissionHandler::shipping_labels`]: crate::SubmissionHandler::shipping_labels
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
        list.parameter("includeTargetingInfo", "true")
    }

    /// Makes a shipping label. Never sent twice by itself.
    ///
    /// # Errors
    ///
    /// Fails as every call does. When [`Error::may_have_been_applied`] says so, list the labels of
    /// the submission before you try again.
    ///
    /// [`Error::may_have_been_applied`]: crate::Error::may_have_been_applied
    pub async fn create(&self, label: &NewShippingLabel) -> Result<ShippingLabel> {
        let (product, submission) = (&self.product, &self.submission);
        let send =
            |raw: Raw| async move { raw.create_shipping_label(product, submission, label).await };
        let operation = Operation::CREATE_SHIPPING_LABEL;
        let mut made = self.client.call(operation, send).await?;
        made.id = made.id_or_link();
        match made.id {
            Some(_) => Ok(made),
            None => Err(without_id(operation)),
        }
    }
}

/// One shipping label. See [`SubmissionHandler::shipping_label`].
///
/// [`SubmissionHandler::shipping_label`]: crate::SubmissionHandler::shipping_label
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
        let mut label = self.client.call(Operation::GET_SHIPPING_LABEL, send).await?;
        label.id = label.id_or_link();
        Ok(label)
    }

    /// Changes the targeting of the label, exactly as `changes` says: audiences that are left out
    /// are **removed** by the service.
    ///
    /// # Errors
    ///
    /// Fails as every call does. The service refuses it while the label's workflow runs.
    pub async fn update(&self, changes: &UpdateShippingLabel) -> Result<()> {
        let (product, submission, id) = (&self.product, &self.submission, &self.id);
        let send = |raw: Raw| async move {
            raw.update_shipping_label(product, submission, id, changes).await
        };
        self.client.call(Operation::UPDATE_SHIPPING_LABEL, send).await
    }

    /// Takes the label back, which works while it waits for Microsoft's approval or rolls out
    /// gradually, and may take over a day. Never sent twice by itself.
    ///
    /// # Errors
    ///
    /// Fails as every call does.
    pub async fn cancel(&self) -> Result<()> {
        let (product, submission, id) = (&self.product, &self.submission, &self.id);
        let send =
            |raw: Raw| async move { raw.cancel_shipping_label(product, submission, id).await };
        self.client.call(Operation::CANCEL_SHIPPING_LABEL, send).await
    }
}
