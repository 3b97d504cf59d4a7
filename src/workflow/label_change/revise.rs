//! Changing the targets of a label.

use super::Change;
use crate::{
    error::{Error, Result},
    model::{ShippingLabel, ShippingLabelUpdate},
    shipping_label::ShippingLabelHandler,
    workflow::view::LabelView,
};

pub(super) struct Revision<'a>(pub(super) &'a ShippingLabelUpdate);

impl Change for Revision<'_> {
    const OPERATION: &'static str = "updateShippingLabel";

    /// The targets of a label that has failed reach nobody, however they look.
    fn is_shown(&self, seen: &ShippingLabel) -> Result<bool> {
        match LabelView::of(seen) {
            LabelView::Failed => Err(failed(seen)),
            _ => Ok(self.0.outstanding(seen).is_empty()),
        }
    }

    async fn send(&self, label: &ShippingLabelHandler, seen: &ShippingLabel) -> Result<()> {
        label.update_exactly(&self.0.outstanding(seen).into_request(Some(seen))?).await
    }

    fn advice(&self, seen: &ShippingLabel) -> String {
        let advice = match LabelView::of(seen) {
            LabelView::Working | LabelView::InApproval => {
                "The label takes no update while its workflow runs: wait until it is finished, and \
                 update it again."
            }
            LabelView::Finished | LabelView::Failed => {
                "Mend what the service finds fault with, and update it again."
            }
        };
        advice.to_owned()
    }
}

fn failed(seen: &ShippingLabel) -> Error {
    let status = seen.workflow_status.as_ref();
    let messages = status.and_then(|status| status.messages.clone()).unwrap_or_default();
    Error::workflow_failed("the shipping label reads as failed".to_owned(), messages).with_hint(
        "A label that has failed or was cancelled takes no update: make another one. The submission \
         itself is not over.",
    )
}
