//! The steps of a shipping label.

use super::{Progress, Run, create::missing};
use crate::{
    error::{Error, Result},
    model::{DownloadType, NewShippingLabel, ShippingLabel},
    shipping_label::ShippingLabelHandler,
    workflow::{polling::Waiting, shipment::Shipment, view::LabelView},
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

    /// The service's own words on why it gave up.
    pub(super) async fn label_failure(&self) -> Error {
        let nothing = ShippingLabel::default();
        let seen = self.seen.label.as_ref().unwrap_or(&nothing);
        let status = seen.workflow_status.as_ref();
        let step = status.and_then(|status| status.current_step.as_ref());
        let place = match step {
            Some(step) => format!("the service failed the shipping label at the step {step}"),
            None => "the service failed the shipping label".to_owned(),
        };
        let messages = status.and_then(|status| status.messages.clone()).unwrap_or_default();
        let report = match (self.label(), seen.error_report_url()) {
            (Ok(label), Some(url)) => Some(label.read_report(url).await),
            _ => None,
        };
        self.workflow_failure(place, messages, report).with_hint(
            "A label that was cancelled reads so too. Mend what the messages name and make another \
             label; the submission itself is not over.",
        )
    }
}
