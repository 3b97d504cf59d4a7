//! What is done to things of the service as they arrive.

use crate::{
    model::{Audience, PreprodPackage, Product, ShippingLabel, Submission, WorkflowStatus},
    redact,
};

/// A thing of the service, on its way to the caller.
pub(crate) trait Arrived {
    /// Takes the id from the self link where the field is missing, and makes the service's texts safe
    /// to print: a SAS URL may stand in them.
    ///
    /// In place: these things are large, and a list has many of them.
    fn arrive(&mut self);
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
    fn arrive(&mut self) {
        self.id = self.id_or_link();
        make_safe(&mut self.message);
    }
}

impl Arrived for Submission {
    fn arrive(&mut self) {
        self.id = self.id_or_link();
        make_status_safe(&mut self.workflow_status);
        make_all_safe(self.downloads.as_mut().and_then(|downloads| downloads.messages.as_mut()));
    }
}

impl Arrived for ShippingLabel {
    fn arrive(&mut self) {
        self.id = self.id_or_link();
        make_status_safe(&mut self.workflow_status);
    }
}

impl Arrived for Audience {
    fn arrive(&mut self) {}
}

impl Arrived for PreprodPackage {
    fn arrive(&mut self) {
        if let Some(error) = &mut self.error {
            make_safe(&mut error.message);
        }
    }
}

fn make_status_safe(status: &mut Option<WorkflowStatus>) {
    make_all_safe(status.as_mut().and_then(|status| status.messages.as_mut()));
}

fn make_all_safe(texts: Option<&mut Vec<String>>) {
    texts.into_iter().flatten().for_each(redact::make_safe);
}

fn make_safe(text: &mut Option<String>) {
    text.iter_mut().for_each(redact::make_safe);
}
