//! What is done to things of the service as they arrive.

use crate::{
    model::{Audience, PreprodPackage, Product, ShippingLabel, Submission, WorkflowStatus},
    redact,
};

/// A thing of the service, on its way to the caller.
pub(crate) trait Arrived {
    /// Takes the id from the self link where the field is missing, and makes the service's texts safe
    /// to print: a SAS URL may stand in them.
    fn arrived(self) -> Self;
}

/// A thing that was just made, whose id must be known.
pub(crate) trait Made: Arrived {
    fn has_id(&self) -> bool;
}

macro_rules! made {
    ($($thing:ident),+) => {
        $(impl Made for $thing {
            fn has_id(&self) -> bool {
                self.id.is_some()
            }
        })+
    };
}

made!(PreprodPackage, Product, ShippingLabel, Submission);

impl Arrived for Product {
    fn arrived(mut self) -> Self {
        self.id = self.id_or_link();
        self.message = self.message.as_deref().map(redact::text);
        self
    }
}

impl Arrived for Submission {
    fn arrived(mut self) -> Self {
        self.id = self.id_or_link();
        self.workflow_status = self.workflow_status.map(safe_status);
        if let Some(downloads) = &mut self.downloads {
            downloads.messages = downloads.messages.take().map(safe_texts);
        }
        self
    }
}

impl Arrived for ShippingLabel {
    fn arrived(mut self) -> Self {
        self.id = self.id_or_link();
        self.workflow_status = self.workflow_status.map(safe_status);
        self
    }
}

impl Arrived for Audience {
    fn arrived(self) -> Self {
        self
    }
}

impl Arrived for PreprodPackage {
    fn arrived(mut self) -> Self {
        if let Some(error) = &mut self.error {
            error.message = error.message.as_deref().map(redact::text);
        }
        self
    }
}

fn safe_status(mut status: WorkflowStatus) -> WorkflowStatus {
    status.messages = status.messages.map(safe_texts);
    status
}

fn safe_texts(texts: Vec<String>) -> Vec<String> {
    texts.iter().map(|text| redact::text(text)).collect()
}
