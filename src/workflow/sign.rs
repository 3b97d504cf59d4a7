//! The order to have a package signed.

use std::path::PathBuf;

use super::{
    order::{Order, Target},
    shipment::Shipment,
};
use crate::model::{NewProduct, NewSubmission};

/// The order to have a package signed: what it is, where it is, and where the signed one shall go.
///
/// ```
/// use hardware_dashboard::{model::NewProduct, workflow::Sign};
///
/// let product = NewProduct::attestation("Echo 1.2", vec!["WINDOWS_v100_X64_GE_FULL".into()]);
/// let order = Sign::new(product, "echo.cab", "echo-signed.zip")
///     .submission_name("Echo 1.2, build 4711")
///     .overwrite(true);
/// ```
///
/// When the answer to createProduct was lost and the product was found in the list, the submission's name
/// gets a mark, as in `Echo 1.2 (5d0c93ae)`: another job that found the same product does not take the
/// submission for its own then.
#[derive(Clone, Debug)]
pub struct Sign {
    product: NewProduct,
    submission_name: String,
    package: PathBuf,
    target: Target,
    shipment: Option<Shipment>,
}

impl Sign {
    /// Has `package` signed as `product`, into the file `target`.
    #[must_use]
    pub fn new(
        product: NewProduct,
        package: impl Into<PathBuf>,
        target: impl Into<PathBuf>,
    ) -> Self {
        Self {
            submission_name: product.product_name.clone(),
            product,
            package: package.into(),
            target: Target::new(target),
            shipment: None,
        }
    }

    /// The name of the submission; the product's by default.
    #[must_use]
    pub fn submission_name(mut self, name: impl Into<String>) -> Self {
        self.submission_name = name.into();
        self
    }

    /// Whether a file that is at the target already is replaced. It is kept by default.
    #[must_use]
    pub fn overwrite(mut self, yes: bool) -> Self {
        self.target.overwrite = yes;
        self
    }

    /// Publishes or shares it when it is signed. What is attestation-signed is not published to
    /// retail Windows Update.
    #[must_use]
    pub fn then_ship(mut self, shipment: Shipment) -> Self {
        self.shipment = Some(shipment);
        self
    }

    pub(super) fn into_order(self) -> Order {
        Order {
            product: Some(self.product),
            submission: Some(NewSubmission::initial(self.submission_name)),
            package: Some(self.package),
            target: Some(self.target),
            shipment: self.shipment,
            ..Order::default()
        }
    }
}
