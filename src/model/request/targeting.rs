//! Which machines a label is for.

use crate::model::{
    AudienceId, ChidDistributionState, CoEngDriverPublishInfo, Guid, InServicePublishInfo,
    NewChidTarget, NewHardwareIdTarget, NewTargeting, OsCode, TargetingAction, UpdateChidTarget,
    UpdateHardwareIdTarget,
};

/// ```
/// use hardware_dashboard::model::{InServicePublishInfo, NewHardwareIdTarget, NewTargeting};
///
/// let id = NewHardwareIdTarget::new(
///     "amd64",
///     "echo.inf",
///     "WINDOWS_v100_X64_GE_FULL",
///     r"USB\VID_1209&PID_0001",
/// );
/// assert_eq!(id.pnp_string, r"usb\vid_1209&pid_0001");
/// let targeting = NewTargeting::new([id])
///     .chids(["5b1f0d3e-9a47-5c82-b6d1-7e2f4a90c3b8".parse()?])
///     .in_service_publish_info(InServicePublishInfo::default().flooring("CO").ceiling("GE"));
/// # Ok::<(), hardware_dashboard::model::ParseGuidError>(())
/// ```
///
/// Builds that are not released yet, for testers only:
///
/// ```
/// use hardware_dashboard::model::{CoEngDriverPublishInfo, NewTargeting};
///
/// let builds = CoEngDriverPublishInfo::default().flooring_build_number(27_000);
/// let targeting = NewTargeting::new([])
///     .co_eng_driver_publish_info(builds)
///     .restricted_to_audiences(["e82b6c17-45d9-4a3e-9c70-f1a6b3d8250e".into()]);
/// assert!(targeting.in_service_publish_info.is_none());
/// ```
impl NewTargeting {
    /// The machines that have one of these hardware ids. They must be combinations that the driver
    /// metadata holds, which knows them all: [`DriverMetadata::hardware_ids`].
    ///
    /// [`DriverMetadata::hardware_ids`]: crate::model::DriverMetadata::hardware_ids
    #[must_use]
    pub fn new(hardware_ids: impl IntoIterator<Item = NewHardwareIdTarget>) -> Self {
        Self { hardware_ids: Some(hardware_ids.into_iter().collect()), ..Self::default() }
    }

    /// Only machines with one of these computer hardware ids; for Windows 10 and later only.
    #[must_use]
    pub fn chids(mut self, chids: impl IntoIterator<Item = Guid>) -> Self {
        self.chids = Some(chids.into_iter().map(NewChidTarget::new).collect());
        self
    }

    /// Only builds of Windows that are not released yet, in this range.
    #[must_use]
    pub fn co_eng_driver_publish_info(mut self, builds: CoEngDriverPublishInfo) -> Self {
        self.co_eng_driver_publish_info = Some(builds);
        self
    }

    /// Only released versions of Windows in this range.
    #[must_use]
    pub fn in_service_publish_info(mut self, releases: InServicePublishInfo) -> Self {
        self.in_service_publish_info = Some(releases);
        self
    }

    /// Only machines of these audiences.
    #[must_use]
    pub fn restricted_to_audiences(
        mut self,
        audiences: impl IntoIterator<Item = AudienceId>,
    ) -> Self {
        self.restricted_to_audiences = Some(audiences.into_iter().collect());
        self
    }
}

/// See the example of [`NewTargeting`].
impl NewHardwareIdTarget {
    /// A combination that the driver metadata holds. The hardware id is brought into lower case, which
    /// the service wants.
    #[must_use]
    pub fn new(
        bundle_id: impl Into<String>,
        inf_id: impl Into<String>,
        operating_system_code: impl Into<OsCode>,
        pnp_string: impl AsRef<str>,
    ) -> Self {
        Self {
            bundle_id: bundle_id.into(),
            inf_id: inf_id.into(),
            operating_system_code: operating_system_code.into(),
            pnp_string: pnp_string.as_ref().to_lowercase(),
            distribution_state: None,
        }
    }
}

/// ```
/// use hardware_dashboard::model::{Guid, NewChidTarget};
///
/// let chid: Guid = "5b1f0d3e-9a47-5c82-b6d1-7e2f4a90c3b8".parse()?;
/// assert_eq!(NewChidTarget::new(chid.clone()).chid, chid);
/// # Ok::<(), hardware_dashboard::model::ParseGuidError>(())
/// ```
impl NewChidTarget {
    /// The computers with this CHID.
    #[must_use]
    pub fn new(chid: Guid) -> Self {
        // As Microsoft's own client sends it.
        Self { chid, distribution_state: Some(ChidDistributionState::PendingAdd) }
    }
}

/// A change of a label's targets says what is to be done with each of them. A
/// [`ShippingLabelUpdate`](crate::model::ShippingLabelUpdate) makes these.
///
/// ```
/// use hardware_dashboard::model::{NewHardwareIdTarget, TargetingAction, UpdateHardwareIdTarget};
///
/// let id = NewHardwareIdTarget::new("amd64", "echo.inf", "win11-24h2-x64", r"usb\vid_1209");
/// let update = UpdateHardwareIdTarget::new(TargetingAction::Remove, id);
/// assert_eq!(update.action, TargetingAction::Remove);
/// ```
impl UpdateHardwareIdTarget {
    /// Does this with a hardware id of a label.
    #[must_use]
    pub fn new(action: TargetingAction, target: NewHardwareIdTarget) -> Self {
        let NewHardwareIdTarget { bundle_id, inf_id, operating_system_code, pnp_string, .. } =
            target;
        Self { action, bundle_id, inf_id, operating_system_code, pnp_string }
    }
}

/// A change of a label's targets says what is to be done with each of them. A
/// [`ShippingLabelUpdate`](crate::model::ShippingLabelUpdate) makes these.
///
/// ```
/// use hardware_dashboard::model::{TargetingAction, UpdateChidTarget};
///
/// let chid = "5b1f0d3e-9a47-5c82-b6d1-7e2f4a90c3b8".parse()?;
/// assert_eq!(UpdateChidTarget::new(TargetingAction::Add, chid).action, TargetingAction::Add);
/// # Ok::<(), hardware_dashboard::model::ParseGuidError>(())
/// ```
impl UpdateChidTarget {
    /// Does this with a CHID of a label.
    #[must_use]
    pub fn new(action: TargetingAction, chid: Guid) -> Self {
        let adds = action == TargetingAction::Add;
        let distribution_state = adds.then_some(ChidDistributionState::PendingAdd);
        Self { action, chid, distribution_state }
    }
}

/// ```
/// use hardware_dashboard::model::InServicePublishInfo;
///
/// let releases = InServicePublishInfo::default().flooring("CO").ceiling("GE");
/// assert_eq!(releases.flooring.as_deref(), Some("CO"));
/// ```
impl InServicePublishInfo {
    /// The earliest release, such as `RS5`, `VB` or `CO`.
    #[must_use]
    pub fn flooring(mut self, release: impl Into<String>) -> Self {
        self.flooring = Some(release.into());
        self
    }

    /// The latest release.
    #[must_use]
    pub fn ceiling(mut self, release: impl Into<String>) -> Self {
        self.ceiling = Some(release.into());
        self
    }
}

/// ```
/// use hardware_dashboard::model::CoEngDriverPublishInfo;
///
/// let builds = CoEngDriverPublishInfo::default()
///     .flooring_build_number(22621)
///     .ceiling_build_number(26100);
/// assert_ne!(builds, CoEngDriverPublishInfo::default());
/// ```
impl CoEngDriverPublishInfo {
    /// The earliest build.
    #[must_use]
    pub fn flooring_build_number(mut self, build: i64) -> Self {
        self.flooring_build_number = Some(build.into());
        self
    }

    /// The latest build.
    #[must_use]
    pub fn ceiling_build_number(mut self, build: i64) -> Self {
        self.ceiling_build_number = Some(build.into());
        self
    }
}
