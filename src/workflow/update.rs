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
/// submission. A run can fetch it first, and stops then until the package is there:
///
/// ```no_run
/// use hardware_dashboard::{
///     Client, Result,
///     model::ProductId,
///     workflow::{Journal, Outcome, Run, Update},
/// };
///
/// # async fn example(client: Client) -> Result<()> {
/// let product = ProductId::new(14631253285588838);
/// let order = Update::new(product, "Echo 1.2, more ids", "dua.hlkx", "signed.zip");
/// let run = Run::update(client, order.shell("shell.hlkx"))?;
/// let mut run = run.journal(Journal::create("dua.journal")?)?;
/// if let Outcome::PackageWanted { shell } = run.until_done().await? {
///     println!("make dua.hlkx from {}, and go on with dua.journal", shell.display());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Update {
    pub(super) product: ProductId,
    name: String,
    shell: Option<Target>,
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
        Self { product, name, shell: None, package, target: Target::new(target), shipment: None }
    }

    /// Whether a file that is at the target already is replaced. It is kept by default.
    #[must_use]
    pub fn overwrite(mut self, yes: bool) -> Self {
        self.target.overwrite = yes;
        self
    }

    /// Fetches the shell to this file before the package is uploaded, which need not be there until
    /// then: a run stops with [`Outcome::PackageWanted`] and is gone on with when it was made.
    ///
    /// [`Outcome::PackageWanted`]: super::Outcome::PackageWanted
    #[must_use]
    pub fn shell(mut self, path: impl Into<PathBuf>) -> Self {
        self.shell = Some(Target::new(path));
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
            shell: self.shell,
            package: Some(self.package),
            target: Some(self.target),
            shipment: self.shipment,
            ..Order::default()
        }
    }
}
