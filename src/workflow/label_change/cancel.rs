//! Taking a label back.

use super::Change;
use crate::{
    error::Result, model::ShippingLabel, shipping_label::ShippingLabelHandler,
    workflow::view::LabelView,
};

pub(super) struct Cancellation;

impl Change for Cancellation {
    const OPERATION: &'static str = "cancelShippingLabel";

    /// A cancelled label reads as failed, and one that has failed goes nowhere either.
    fn is_shown(&self, seen: &ShippingLabel) -> Result<bool> {
        Ok(LabelView::of(seen) == LabelView::Failed)
    }

    async fn send(&self, label: &ShippingLabelHandler, _: &ShippingLabel) -> Result<()> {
        label.cancel().await
    }

    fn advice(&self, seen: &ShippingLabel) -> String {
        let advice = match LabelView::of(seen) {
            LabelView::Finished => {
                "The label is published or shared, and can be taken back in a gradual rollout only. \
                 An update can remove its targets."
            }
            LabelView::Working => {
                "A label can be taken back when it has come to Microsoft's approval: wait until then, \
                 and cancel it again."
            }
            LabelView::InApproval | LabelView::Failed => {
                "A label can be taken back while it waits for Microsoft's approval or rolls out \
                 gradually. It may have been cancelled already, which can take over a day to show."
            }
        };
        advice.to_owned()
    }
}
