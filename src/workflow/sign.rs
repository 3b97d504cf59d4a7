//! The order to have a package signed.

use std::path::PathBuf;

use crate::{blob::Existing, model::NewProduct};

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
#[derive(Clone, Debug)]
pub struct Sign {
    pub(super) product: NewProduct,
    pub(super) submission_name: String,
    pub(super) package: PathBuf,
    pub(super) target: PathBuf,
    pub(super) existing: Existing,
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
            target: target.into(),
            existing: Existing::Keep,
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
        self.existing = if yes { Existing::Replace } else { Existing::Keep };
        self
    }
}
