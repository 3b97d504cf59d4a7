//! The order to go on with what something else began.

use std::path::PathBuf;

use super::{
    order::{Order, Target},
    shipment::Shipment,
};
use crate::model::{ProductId, SubmissionId};

/// The order to take over a submission that another tool, or a person, has begun.
///
/// ```
/// use hardware_dashboard::{
///     model::{ProductId, SubmissionId},
///     workflow::Attach,
/// };
///
/// let (product, submission) = (ProductId::new(14631253285588838), SubmissionId::new(7));
/// // Waits for whoever commits it, and then for the service:
/// let watched = Attach::new(product, submission, "signed.zip");
/// // Uploads and commits, if that has not been done:
/// let taken_over = Attach::new(product, submission, "signed.zip").package("echo.cab");
/// ```
#[derive(Clone, Debug)]
pub struct Attach {
    pub(super) product: ProductId,
    pub(super) submission: SubmissionId,
    package: Option<PathBuf>,
    target: Target,
    shipment: Option<Shipment>,
}

impl Attach {
    /// Waits for this submission and has what was signed fetched into the file `target`.
    #[must_use]
    pub fn new(product: ProductId, submission: SubmissionId, target: impl Into<PathBuf>) -> Self {
        let target = Target::new(target);
        Self { product, submission, package: None, target, shipment: None }
    }

    /// Uploads this package and commits, if the submission still waits for that.
    #[must_use]
    pub fn package(mut self, package: impl Into<PathBuf>) -> Self {
        self.package = Some(package.into());
        self
    }

    /// Whether a file that is at the target already is replaced. It is kept by default.
    #[must_use]
    pub fn overwrite(mut self, yes: bool) -> Self {
        self.target.overwrite = yes;
        self
    }

    /// Publishes or shares it when it is signed.
    #[must_use]
    pub fn then_ship(mut self, shipment: Shipment) -> Self {
        self.shipment = Some(shipment);
        self
    }

    pub(super) fn into_order(self) -> Order {
        Order {
            package: self.package,
            target: Some(self.target),
            shipment: self.shipment,
            ..Order::default()
        }
    }
}
