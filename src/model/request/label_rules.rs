//! The documented rules of a new shipping label.

use crate::{
    error::{Error, Result},
    model::{
        ChidDistributionState, GoLiveDate, Guid, NewChidTarget, NewHardwareIdTarget,
        NewShippingLabel, NewTargeting, PublishingSpecifications, ShippingDestination,
    },
};

fn broken(rule: impl Into<String>, hint: impl Into<String>) -> Error {
    Error::input(rule).with_hint(hint)
}

impl NewShippingLabel {
    /// Checks the rules that the service documents, as far as they can be seen in the request. What
    /// takes the driver metadata to know is checked by
    /// [`DriverMetadata::check_label`](crate::model::DriverMetadata::check_label).
    ///
    /// # Errors
    ///
    /// Tells the first rule that is broken; [`Error::is_input`].
    pub fn check(&self) -> Result<()> {
        if self.name.trim().is_empty() {
            return Err(broken(
                "the name of the shipping label is empty",
                "Give it a name by which you find it on the dashboard.",
            ));
        }
        self.check_destination()?;
        self.publishing_specifications.as_ref().map_or(Ok(()), check_publishing)?;
        self.targeting.as_ref().map_or(Ok(()), check_targeting)
    }

    fn check_destination(&self) -> Result<()> {
        match self.destination {
            ShippingDestination::WindowsUpdate => self.check_windows_update(),
            ShippingDestination::AnotherPartner => self.check_another_partner(),
            // The list of destinations is open, but none at all is not one of them.
            ShippingDestination::NotSet => Err(broken(
                "the shipping label has no destination",
                "Send it to windowsUpdate or to anotherPartner.",
            )),
            ShippingDestination::Other(_) => Ok(()),
        }
    }

    fn check_windows_update(&self) -> Result<()> {
        if self.publishing_specifications.is_none() {
            return Err(broken(
                "a shipping label to Windows Update needs publishingSpecifications",
                "Say whether the driver is installed automatically or when a person asks for it.",
            ));
        }
        Ok(())
    }

    fn check_another_partner(&self) -> Result<()> {
        let recipient = self.recipient_specifications.as_ref();
        if recipient.and_then(|recipient| recipient.receiver_publisher_id).is_none() {
            return Err(broken(
                "a shipping label to another partner needs recipientSpecifications with a \
                 receiverPublisherId",
                "Ask the partner for the seller id of their account.",
            ));
        }
        Ok(())
    }
}

fn check_publishing(publishing: &PublishingSpecifications) -> Result<()> {
    if let Some(GoLiveDate::NotBefore(date)) = &publishing.go_live_date
        && date.to_utc().is_none()
    {
        return Err(broken(
            format!("goLiveDate is no date: {date}"),
            "Write it like 2030-01-31T00:00:00Z, or leave it out to go live at once.",
        ));
    }
    let is_manual = publishing.manual_acquisition == Some(true);
    match publishing.is_automatic() {
        true if is_manual => Err(broken(
            "manualAcquisition must be false when the driver is installed automatically",
            "Choose one: manual acquisition, or the automatic-install flags.",
        )),
        true if publishing.additional_info_for_ms_approval.is_none() => Err(broken(
            "automatic install needs additionalInfoForMsApproval",
            "Tell Microsoft's reviewers how the driver was validated and why it is needed.",
        )),
        false if !is_manual => Err(broken(
            "manualAcquisition must be true when neither automatic-install flag is",
            "Choose one: manual acquisition, or one of the automatic-install flags.",
        )),
        _ => Ok(()),
    }
}

fn check_targeting(targeting: &NewTargeting) -> Result<()> {
    if targeting.in_service_publish_info.is_some() && targeting.co_eng_driver_publish_info.is_some()
    {
        return Err(broken(
            "targeting holds both inServicePublishInfo and coEngDriverPublishInfo",
            "Give a range of released versions or a range of unreleased builds, not both.",
        ));
    }
    let ids = targeting.hardware_ids.as_deref().unwrap_or_default();
    let chids = targeting.chids.as_deref().unwrap_or_default();
    ids.iter().try_for_each(check_hardware_id)?;
    chids.iter().try_for_each(check_new_chid)?;
    let early = ids.iter().map(|id| &id.operating_system_code).find(|c| c.is_before_windows_10());
    match early.filter(|_| !chids.is_empty()) {
        Some(code) => Err(broken(
            format!("CHIDs can be used with Windows 10 and later only, not with {code}"),
            "Leave the CHIDs out, or target earlier systems by a label of their own.",
        )),
        None => Ok(()),
    }
}

pub(super) fn check_hardware_id(id: &NewHardwareIdTarget) -> Result<()> {
    let code = id.operating_system_code.as_str();
    for (field, value) in [
        ("bundleId", id.bundle_id.as_str()),
        ("infId", &id.inf_id),
        ("operatingSystemCode", code),
        ("pnpString", &id.pnp_string),
    ] {
        if value.trim().is_empty() {
            return Err(broken(
                format!("the {field} of a hardware id is empty"),
                "Take hardware ids from the driver metadata of the submission.",
            ));
        }
    }
    let pnp = &id.pnp_string;
    if *pnp != pnp.to_lowercase() {
        return Err(broken(
            format!("the hardware id {pnp} is not in lower case"),
            "Write it in lower case, which NewHardwareIdTarget::new does by itself.",
        ));
    }
    Ok(())
}

fn check_new_chid(target: &NewChidTarget) -> Result<()> {
    check_chid(&target.chid)?;
    if target.distribution_state == Some(ChidDistributionState::NotSet) {
        return Err(broken(
            format!("the distributionState of the CHID {} is notSet", target.chid),
            "The service refuses that: send pendingAdd, as NewChidTarget::new does.",
        ));
    }
    Ok(())
}

/// One that was read from a file may be no GUID.
pub(super) fn check_chid(chid: &Guid) -> Result<()> {
    match chid.as_str().parse::<Guid>() {
        Ok(_) => Ok(()),
        Err(error) => Err(broken(
            format!("the CHID {chid} is not a GUID"),
            "Take CHIDs from the output of Microsoft's tool ComputerHardwareIds.",
        )
        .with_source(error)),
    }
}
