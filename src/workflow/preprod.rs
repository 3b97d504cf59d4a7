//! The order to have a package signed for test machines.

use std::path::PathBuf;

use super::order::{Order, Target};

/// The order to have a package signed for preproduction: for test machines, within minutes and
/// without a product.
///
/// ```
/// use hardware_dashboard::workflow::Preprod;
///
/// let order = Preprod::new("echo.cab", "echo-test.zip").overwrite(true);
/// ```
#[derive(Clone, Debug)]
pub struct Preprod {
    package: PathBuf,
    target: Target,
}

impl Preprod {
    /// Has `package` signed, into the file `target`.
    #[must_use]
    pub fn new(package: impl Into<PathBuf>, target: impl Into<PathBuf>) -> Self {
        Self { package: package.into(), target: Target::new(target) }
    }

    /// Whether a file that is at the target already is replaced. It is kept by default.
    #[must_use]
    pub fn overwrite(mut self, yes: bool) -> Self {
        self.target.overwrite = yes;
        self
    }

    pub(super) fn into_order(self) -> Order {
        Order {
            preprod: true,
            package: Some(self.package),
            target: Some(self.target),
            ..Order::default()
        }
    }
}
