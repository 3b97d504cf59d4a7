//! The order to make a shipping label when the submission is ready for it.

use serde::{Deserialize, Serialize};

use super::plan::WantedLabel;
use crate::{
    error::{Error, Result},
    metadata::{HardwareIds, Pattern},
    model::{DriverMetadata, NewShippingLabel, ShippingDestination},
};

/// A shipping label that a run makes when the submission is ready for it.
///
/// A label to Windows Update whose targeting names no hardware ids gets those of the driver metadata:
/// all of them, or those that [`os`](Self::os), [`inf`](Self::inf) and [`pnp`](Self::pnp) leave.
///
/// ```
/// use hardware_dashboard::{
///     model::{MsApprovalInfo, NewShippingLabel, NewTargeting, PublishingSpecifications},
///     workflow::Shipment,
/// };
///
/// let info = MsApprovalInfo::default().business_justification("Fixes a resume failure.");
/// let label = NewShippingLabel::windows_update(
///     "Echo 1.2, retail",
///     NewTargeting::default(),
///     PublishingSpecifications::automatic(info),
/// );
/// let shipment = Shipment::new(label).os("WINDOWS_v100_X64_*").inf("echo.inf").until_finished();
/// // Of a submission that a partner has shared:
/// let of_a_partners = shipment.metadata_on_request();
/// ```
///
/// A run can go on to it when it has had the driver signed:
///
/// ```
/// use hardware_dashboard::{model::ProductId, workflow::{Shipment, Update}};
///
/// fn new_version(product: ProductId, shipment: Shipment) -> Update {
///     Update::new(product, "Echo 1.3", "dua.hlkx", "signed.zip").then_ship(shipment)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Shipment {
    pub(super) label: NewShippingLabel,
    os: Vec<String>,
    inf: Vec<String>,
    pnp: Vec<String>,
    bundle: Vec<String>,
    until_finished: bool,
    on_request: bool,
}

impl Shipment {
    /// Makes this label.
    #[must_use]
    pub fn new(label: NewShippingLabel) -> Self {
        Self {
            label,
            os: Vec::new(),
            inf: Vec::new(),
            pnp: Vec::new(),
            bundle: Vec::new(),
            until_finished: false,
            on_request: false,
        }
    }

    /// Targets only systems whose OS code fits; `*` stands for any characters and `?` for one. Said
    /// more than once, what fits any of them is targeted; so it is with the others.
    #[must_use]
    pub fn os(mut self, glob: impl Into<String>) -> Self {
        self.os.push(glob.into());
        self
    }

    /// Targets only what INF files with fitting names install; wildcards as in [`os`](Self::os).
    #[must_use]
    pub fn inf(mut self, glob: impl Into<String>) -> Self {
        self.inf.push(glob.into());
        self
    }

    /// Targets only fitting hardware ids; wildcards as in [`os`](Self::os).
    #[must_use]
    pub fn pnp(mut self, glob: impl Into<String>) -> Self {
        self.pnp.push(glob.into());
        self
    }

    /// Targets only hardware ids of bundles whose ids fit; wildcards as in [`os`](Self::os).
    #[must_use]
    pub fn bundle(mut self, glob: impl Into<String>) -> Self {
        self.bundle.push(glob.into());
        self
    }

    /// Waits until the driver is published. Without this a run ends when Microsoft looks at the label,
    /// which a person does and which can take weeks.
    #[must_use]
    pub fn until_finished(mut self) -> Self {
        self.until_finished = true;
        self
    }

    /// Has the driver metadata made first, which takes hours: for a submission that a partner has
    /// shared with this account.
    #[must_use]
    pub fn metadata_on_request(mut self) -> Self {
        self.on_request = true;
        self
    }

    pub(super) fn wanted(&self) -> WantedLabel {
        WantedLabel {
            metadata: self.needs_metadata(),
            on_request: self.on_request,
            until_finished: self.until_finished || !self.is_to_windows_update(),
        }
    }

    pub(super) fn is_to_windows_update(&self) -> bool {
        self.label.destination == ShippingDestination::WindowsUpdate
    }

    fn needs_metadata(&self) -> bool {
        let targeting = self.label.targeting.as_ref();
        self.is_to_windows_update()
            || targeting.is_some_and(|targeting| targeting.hardware_ids.is_some())
    }

    /// What can be seen to be wrong before there is any driver metadata.
    pub(super) fn check(&self) -> Result<()> {
        if self.label.name.trim().is_empty() {
            return Err(Error::input("the name of the shipping label is empty")
                .with_hint("Give it a name by which you find it on the dashboard."));
        }
        if self.chooses() { Ok(()) } else { self.label.check() }
    }

    /// Whether the hardware ids are chosen from the driver metadata.
    fn chooses(&self) -> bool {
        let targeting = self.label.targeting.as_ref();
        let named = targeting.and_then(|targeting| targeting.hardware_ids.as_ref());
        self.is_to_windows_update() && named.is_none_or(Vec::is_empty)
    }

    fn choose<'a>(&self, metadata: &'a DriverMetadata) -> HardwareIds<'a> {
        let globs = |globs: &[String]| globs.iter().map(|glob| Pattern::glob(glob)).collect();
        let [os, inf, pnp, bundle]: [Vec<Pattern>; 4] =
            [&self.os, &self.inf, &self.pnp, &self.bundle].map(|all| globs(all));
        let ids = os.into_iter().fold(metadata.hardware_ids(), HardwareIds::os);
        let ids = inf.into_iter().fold(ids, HardwareIds::inf);
        let ids = pnp.into_iter().fold(ids, HardwareIds::pnp);
        bundle.into_iter().fold(ids, HardwareIds::bundle)
    }

    /// The label to send, whose hardware ids this driver metadata holds.
    pub(super) fn with(&self, metadata: &DriverMetadata) -> Result<NewShippingLabel> {
        let mut label = self.label.clone();
        if self.chooses() {
            let targets = self.choose(metadata).targets();
            if targets.is_empty() {
                return Err(Error::input("no hardware id of the driver metadata is chosen")
                    .with_hint("Look at the patterns for OS code, INF and hardware id."));
            }
            label.targeting.get_or_insert_default().hardware_ids = Some(targets);
        }
        metadata.check_label(&label)?;
        Ok(label)
    }
}
