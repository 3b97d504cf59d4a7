//! New shipping labels.

use crate::model::{
    NewShippingLabel, NewTargeting, PublishingSpecifications, RecipientSpecifications,
    ShippingDestination,
};

/// ```
/// use hardware_dashboard::model::{
///     NewHardwareIdTarget, NewShippingLabel, NewTargeting, PublishingSpecifications,
///     ReceiverPublisherId,
/// };
///
/// let id = NewHardwareIdTarget::new("amd64", "echo.inf", "win11-24h2-x64", r"usb\vid_1209");
/// let retail = NewShippingLabel::windows_update(
///     "Retail",
///     NewTargeting::new([id]),
///     PublishingSpecifications::manual(),
/// );
/// assert!(retail.check().is_ok());
///
/// let partner = ReceiverPublisherId::new(27258209);
/// let shared = NewShippingLabel::another_partner("For Fabrikam", partner, None);
/// assert!(shared.check().is_ok());
/// ```
impl NewShippingLabel {
    /// A label that publishes a submission to Windows Update.
    #[must_use]
    pub fn windows_update(
        name: impl Into<String>,
        targeting: NewTargeting,
        publishing: PublishingSpecifications,
    ) -> Self {
        Self {
            name: name.into(),
            destination: ShippingDestination::WindowsUpdate,
            publishing_specifications: Some(publishing),
            recipient_specifications: None,
            targeting: Some(targeting),
        }
    }

    /// A label that shares a submission with a partner, who may publish it in turn. The
    /// targeting may be left out.
    #[must_use]
    pub fn another_partner(
        name: impl Into<String>,
        recipient: impl Into<RecipientSpecifications>,
        targeting: impl Into<Option<NewTargeting>>,
    ) -> Self {
        Self {
            name: name.into(),
            destination: ShippingDestination::AnotherPartner,
            publishing_specifications: None,
            recipient_specifications: Some(recipient.into()),
            targeting: targeting.into(),
        }
    }
}
