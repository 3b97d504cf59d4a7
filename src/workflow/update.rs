//! The order to have an update of a signed driver signed.

use std::path::PathBuf;

use super::{
    order::{Order, Target},
    shipment::Shipment,
};
use crate::model::{NewSubmission, ProductId};

/// The order to have an update (DUA) of a product signed, whose initial submission is finished. Not
/// for attestation, test-signed and extension-INF products, which the service refuses.
///
/// The package is made from the shell of the product: the `derivedPackage` download of its initial
/// submission.
///
/// ```
/// use hardware_dashboard::{model::ProductId, workflow::Update};
///
/// let product = ProductId::new(14631253285588838);
/// let order = Update::new(product, "Echo 1.2, more ids", "dua.hlkx", "signed.zip");
/// ```
#[derive(Clone, Debug)]
pub struct Update {
    pub(super) product: ProductId,
    name: String,
    package: PathBuf,
    target: Target,
    shipment: Option<Shipment>,
}

impl Update {
    /// Has `package` signed as an update of `product`, into the file `target`.
    #[must_use]
    pub fn new(
        product: ProductId,
        name: impl Into<String>,
        package: impl Into<PathBuf>,
        target: impl Into<PathBuf>,
    ) -> Self {
        let (name, package) = (name.into(), package.into());
        Self { product, name, package, target: Target::new(target), shipment: None }
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
            submission: Some(NewSubmission::derived(self.name)),
            package: Some(self.package),
            target: Some(self.target),
            shipment: self.shipment,
            ..Order::default()
        }
    }
}
