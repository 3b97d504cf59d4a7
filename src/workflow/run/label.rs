//! The steps of a shipping label.

use super::{Progress, Run, create::missing};
use crate::{
    error::{Error, Result},
    model::{DownloadType, NewShippingLabel, ShippingLabel},
    shipping_label::ShippingLabelHandler,
    workflow::{failure, polling::Waiting, shipment::Shipment, view::LabelView},
};

impl Run {
    pub(super) fn shipment(&self) -> Result<&Shipment> {
        self.record.order.shipment.as_ref().ok_or_else(|| missing("shipping label"))
    }

    /// The label to send, with the hardware ids of the driver metadata.
    pub(super) async fn new_label(&self) -> Result<NewShippingLabel> {
        let shipment = self.shipment()?;
        let seen = self.seen.submission.as_ref();
        let metadata = seen.and_then(|seen| seen.download_url(&DownloadType::DriverMetadata));
        if metadata.is_none() || !shipment.wanted().metadata {
            return Ok(shipment.label.clone());
        }
        shipment.with(&self.submission()?.driver_metadata().await?)
    }

    /// The label's workflow is another one than the submission's.
    pub(super) fn begin_label(&mut self) {
        self.forget_view();
        self.waiting = Waiting::default();
    }

    fn label(&self) -> Result<ShippingLabelHandler> {
        let label = self.record.known.label.done().ok_or_else(|| missing("shipping label"))?;
        Ok(self.submission()?.shipping_label(label))
    }

    pub(super) async fn read_label(&mut self) -> Result<Progress> {
        let seen = self.label()?.get().await?;
        let status = seen.workflow_status.as_ref();
        self.waiting.note_status(status).into_iter().for_each(|event| self.tell(event));
        self.view.label = Some(LabelView::of(&seen));
        self.seen.label = Some(seen);
        Ok(Progress::Moved)
    }

    /// Why the service gave it up.
    pub(super) async fn label_failure(&self) -> Error {
        let nothing = ShippingLabel::default();
        let seen = self.seen.label.as_ref().unwrap_or(&nothing);
        match self.label() {
            Ok(label) => failure::of_label(&label, seen).await,
            Err(error) => error,
        }
    }
}
