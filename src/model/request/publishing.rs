//! How a label publishes a driver to Windows Update, and with whom it is shared.

use crate::model::{
    GoLiveDate, MsApprovalInfo, PublishingSpecifications, ReceiverPublisherId,
    RecipientSpecifications, SellerId, Timestamp,
};

/// ```
/// use hardware_dashboard::model::{
///     MsApprovalInfo, PublishingSpecifications, SellerId, Timestamp,
/// };
///
/// let optional = PublishingSpecifications::manual();
/// let on_its_own = PublishingSpecifications::automatic(
///     MsApprovalInfo::default()
///         .validations_performed("Installed and stress-tested on 40 machines for a week.")
///         .business_justification("Fixes a sleep and resume failure."),
/// );
/// assert_eq!(optional.manual_acquisition, Some(true));
/// assert_eq!(on_its_own.manual_acquisition, Some(false));
/// assert!(on_its_own.is_automatic());
///
/// let Ok(may) = "2026-05-01".parse::<Timestamp>();
/// let later = optional
///     .go_live_date(may)
///     .visible_to_accounts([SellerId::new(27258209)])
///     .is_disclosure_restricted(true)
///     .publish_to_windows10s(true);
/// assert!(!later.is_automatic());
///
/// // Of the two ways of automatic install one can be switched off.
/// let during_upgrades = PublishingSpecifications::automatic(MsApprovalInfo::default())
///     .additional_info_for_ms_approval(MsApprovalInfo::default().is_reboot_required(false))
///     .is_auto_install_during_os_upgrade(true)
///     .is_auto_install_on_applicable_systems(false);
/// assert!(during_upgrades.is_automatic());
/// ```
impl PublishingSpecifications {
    /// An optional driver: a person must ask for it. It goes live as soon as it is certified.
    #[must_use]
    pub fn manual() -> Self {
        Self::with_automatic_install(false)
    }

    /// A driver that Windows installs on its own, during an upgrade of the system and on all machines
    /// that it fits. Either of the two can be switched off, but not both. It goes live as soon as it
    /// is certified; Microsoft's reviewers need to know why.
    #[must_use]
    pub fn automatic(info: MsApprovalInfo) -> Self {
        Self { additional_info_for_ms_approval: Some(info), ..Self::with_automatic_install(true) }
    }

    fn with_automatic_install(automatic: bool) -> Self {
        Self {
            is_auto_install_during_os_upgrade: Some(automatic),
            is_auto_install_on_applicable_systems: Some(automatic),
            manual_acquisition: Some(!automatic),
            ..Self::default()
        }
    }

    /// Whether Windows installs the driver on its own, in one way or the other.
    #[must_use]
    pub fn is_automatic(&self) -> bool {
        self.is_auto_install_during_os_upgrade == Some(true)
            || self.is_auto_install_on_applicable_systems == Some(true)
    }

    /// What Microsoft's reviewers need to know. Automatic install needs it.
    #[must_use]
    pub fn additional_info_for_ms_approval(mut self, info: MsApprovalInfo) -> Self {
        self.additional_info_for_ms_approval = Some(info);
        self
    }

    /// The driver goes live no sooner than this.
    #[must_use]
    pub fn go_live_date(mut self, not_before: impl Into<Timestamp>) -> Self {
        self.go_live_date = Some(GoLiveDate::NotBefore(not_before.into()));
        self
    }

    /// Whether an automatic driver is delivered during an upgrade of the system.
    #[must_use]
    pub fn is_auto_install_during_os_upgrade(mut self, yes: bool) -> Self {
        self.is_auto_install_during_os_upgrade = Some(yes);
        self
    }

    /// Whether an automatic driver is delivered to all machines that it fits.
    #[must_use]
    pub fn is_auto_install_on_applicable_systems(mut self, yes: bool) -> Self {
        self.is_auto_install_on_applicable_systems = Some(yes);
        self
    }

    /// Whether the driver is kept out of WSUS and the Windows Update Catalog.
    #[must_use]
    pub fn is_disclosure_restricted(mut self, yes: bool) -> Self {
        self.is_disclosure_restricted = Some(yes);
        self
    }

    /// Whether the driver is published to Windows 10 S.
    #[must_use]
    pub fn publish_to_windows10s(mut self, yes: bool) -> Self {
        self.publish_to_windows10s = Some(yes);
        self
    }

    /// The accounts that may read the driver and the label.
    #[must_use]
    pub fn visible_to_accounts(mut self, accounts: impl IntoIterator<Item = SellerId>) -> Self {
        self.visible_to_accounts = Some(accounts.into_iter().collect());
        self
    }
}

/// ```
/// use hardware_dashboard::model::MsApprovalInfo;
///
/// let info = MsApprovalInfo::default()
///     .affected_oems(["Contoso", "Fabrikam"])
///     .business_justification("Fixes a sleep and resume failure.")
///     .has_ui_software(false)
///     .is_co_engineered(true)
///     .is_for_unreleased_hardware(false)
///     .is_reboot_required(true)
///     .microsoft_contact("someone@example.com")
///     .validations_performed("Installed and stress-tested on 40 machines for a week.");
/// assert_eq!(info.is_reboot_required, Some(true));
/// ```
impl MsApprovalInfo {
    /// The manufacturers whose machines are affected.
    #[must_use]
    pub fn affected_oems(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.affected_oems = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Why the request should be granted.
    #[must_use]
    pub fn business_justification(mut self, text: impl Into<String>) -> Self {
        self.business_justification = Some(text.into());
        self
    }

    /// Whether the driver brings software with a user interface.
    #[must_use]
    pub fn has_ui_software(mut self, yes: bool) -> Self {
        self.has_ui_software = Some(yes);
        self
    }

    /// Whether the driver is for unreleased builds of Windows, made together with Microsoft.
    #[must_use]
    pub fn is_co_engineered(mut self, yes: bool) -> Self {
        self.is_co_engineered = Some(yes);
        self
    }

    /// Whether the device is new or not released yet.
    #[must_use]
    pub fn is_for_unreleased_hardware(mut self, yes: bool) -> Self {
        self.is_for_unreleased_hardware = Some(yes);
        self
    }

    /// Whether installing needs a reboot.
    #[must_use]
    pub fn is_reboot_required(mut self, yes: bool) -> Self {
        self.is_reboot_required = Some(yes);
        self
    }

    /// The e-mail address of the person at Microsoft who sponsors the request.
    #[must_use]
    pub fn microsoft_contact(mut self, address: impl Into<String>) -> Self {
        self.microsoft_contact = Some(address.into());
        self
    }

    /// How the driver was validated.
    #[must_use]
    pub fn validations_performed(mut self, text: impl Into<String>) -> Self {
        self.validations_performed = Some(text.into());
        self
    }
}

/// ```
/// use hardware_dashboard::model::{ReceiverPublisherId, RecipientSpecifications};
///
/// let partner = ReceiverPublisherId::new(27258209);
/// let strict = RecipientSpecifications::new(partner).enforce_chid_targeting(true);
/// assert_ne!(strict, RecipientSpecifications::from(partner));
/// ```
impl RecipientSpecifications {
    /// The partner with this id.
    #[must_use]
    pub fn new(receiver: ReceiverPublisherId) -> Self {
        Self { receiver_publisher_id: Some(receiver), ..Self::default() }
    }

    /// Whether the partner must use CHIDs in labels for this submission.
    #[must_use]
    pub fn enforce_chid_targeting(mut self, yes: bool) -> Self {
        self.enforce_chid_targeting = Some(yes);
        self
    }
}

impl From<ReceiverPublisherId> for RecipientSpecifications {
    fn from(receiver: ReceiverPublisherId) -> Self {
        Self::new(receiver)
    }
}
