//! The rules of a shipping label that take the driver metadata to check.

use super::hardware_id::Combination;
use crate::{
    error::{Error, Result},
    model::{
        DriverMetadata, InfInfo, NewHardwareIdTarget, NewShippingLabel, PublishingSpecifications,
        ShippingDestination,
    },
};

impl DriverMetadata {
    /// Checks a new shipping label for the submission that this metadata is of: everything that
    /// [`NewShippingLabel::check`] does, that its hardware ids are found here, and that an extension
    /// INF is installed automatically.
    ///
    /// # Errors
    ///
    /// Tells the first rule that is broken; [`Error::is_input`].
    pub fn check_label(&self, label: &NewShippingLabel) -> Result<()> {
        label.check()?;
        let targeting = label.targeting.as_ref();
        let targets = targeting.and_then(|targeting| targeting.hardware_ids.as_deref());
        let targets = targets.unwrap_or_default();
        self.check_targets(targets)?;
        let publishing = label.publishing_specifications.as_ref();
        if label.destination == ShippingDestination::WindowsUpdate
            && !publishing.is_some_and(PublishingSpecifications::is_automatic)
        {
            return self.check_extensions(targets);
        }
        Ok(())
    }

    fn check_targets(&self, targets: &[NewHardwareIdTarget]) -> Result<()> {
        let known = self.hardware_ids().combinations();
        let is_unknown = |target: &&NewHardwareIdTarget| {
            known.binary_search(&Combination::from(*target)).is_err()
        };
        let mut unknown = targets.iter().filter(is_unknown);
        let Some(first) = unknown.next() else { return Ok(()) };
        let NewHardwareIdTarget { bundle_id, inf_id, operating_system_code, pnp_string, .. } =
            first;
        Err(Error::input(format!(
            "the driver metadata does not hold {} of the {} hardware ids; the first is {pnp_string} \
             in bundle {bundle_id}, INF {inf_id}, for {operating_system_code}",
            1 + unknown.count(),
            targets.len(),
        ))
        .with_hint("Choose hardware ids from the driver metadata of this submission."))
    }

    fn check_extensions(&self, targets: &[NewHardwareIdTarget]) -> Result<()> {
        let is_one = |target: &&NewHardwareIdTarget| self.inf_of(target).is_some_and(is_extension);
        match targets.iter().find(is_one) {
            Some(target) => Err(Error::input(format!(
                "{} is an extension INF, which must be installed automatically",
                target.inf_id
            ))
            .with_hint(
                "Set isAutoInstallDuringOSUpgrade or isAutoInstallOnApplicableSystems, as \
                 PublishingSpecifications::automatic does.",
            )),
            None => Ok(()),
        }
    }

    fn inf_of(&self, target: &NewHardwareIdTarget) -> Option<&InfInfo> {
        let bundle = self.bundle_info_map.as_ref()?.get(&target.bundle_id)?.as_ref()?;
        bundle.inf_info_map.as_ref()?.get(&target.inf_id)?.as_ref()
    }
}

/// An INF that extends none may say so by a GUID of zeros.
fn is_extension(inf: &InfInfo) -> bool {
    let id = inf.extension_id.as_deref().unwrap_or_default();
    id.bytes().any(|byte| byte.is_ascii_alphanumeric() && byte != b'0')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{MsApprovalInfo, NewTargeting, ReceiverPublisherId};

    fn metadata() -> DriverMetadata {
        let systems = json!({ "WINDOWS_v100_X64_GE_FULL": { "USB\\VID_1": {} } });
        let inf =
            |extension: Option<&str>| json!({ "ExtensionId": extension, "OSPnPInfoMap": systems });
        serde_json::from_value(json!({ "BundleInfoMap": { "amd64": { "InfInfoMap": {
            "base.inf": inf(None),
            "zero.inf": inf(Some("{00000000-0000-0000-0000-000000000000}")),
            "ext.inf": inf(Some("{8d3f2a10-5b6c-4d7e-8f90-a1b2c3d4e5f6}")),
        } } } }))
        .unwrap()
    }

    fn targeting(inf: &str, pnp: &str) -> NewTargeting {
        NewTargeting::new([NewHardwareIdTarget::new("amd64", inf, "win11-24h2-x64", pnp)])
    }

    fn manual(inf: &str, pnp: &str) -> NewShippingLabel {
        let publishing = PublishingSpecifications::manual();
        NewShippingLabel::windows_update("Retail", targeting(inf, pnp), publishing)
    }

    #[test]
    fn what_the_metadata_holds_may_be_targeted() {
        let automatic = PublishingSpecifications::automatic(MsApprovalInfo::default());
        let receiver = ReceiverPublisherId::new(7);
        for label in [
            manual("base.inf", "usb\\vid_1"),
            manual("zero.inf", "USB\\VID_1"),
            NewShippingLabel::windows_update(
                "Retail",
                targeting("ext.inf", "usb\\vid_1"),
                automatic,
            ),
            NewShippingLabel::another_partner(
                "Shared",
                receiver,
                targeting("ext.inf", "usb\\vid_1"),
            ),
            NewShippingLabel::another_partner("Shared", receiver, None),
        ] {
            assert!(metadata().check_label(&label).is_ok(), "{label:?}");
        }
    }

    #[test]
    fn what_it_does_not_hold_may_not() {
        for (label, text) in [
            (
                manual("base.inf", "usb\\vid_2"),
                "does not hold 1 of the 1 hardware ids; the first is usb\\vid_2",
            ),
            (manual("other.inf", "usb\\vid_1"), "INF other.inf, for WINDOWS_v100_X64_GE_FULL"),
            (manual("ext.inf", "usb\\vid_1"), "ext.inf is an extension INF"),
            (manual("", "usb\\vid_1"), "infId of a hardware id is empty"),
        ] {
            let error = metadata().check_label(&label).unwrap_err();
            assert!(error.is_input() && error.to_string().contains(text), "{error}");
        }
    }
}
