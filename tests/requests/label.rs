//! New shipping labels.

use hardware_dashboard::model::{
    ChidDistributionState, CoEngDriverPublishInfo, GoLiveDate, InServicePublishInfo,
    MsApprovalInfo, NewChidTarget, NewHardwareIdTarget, NewShippingLabel, NewTargeting,
    PublishingSpecifications, ReceiverPublisherId, RecipientSpecifications, SellerId,
    ShippingDestination, Timestamp,
};
use serde_json::json;

use super::{CHID, assert_refused, chid, hardware_id, wire};

const GE: &str = "WINDOWS_v100_X64_GE_FULL";

fn targeting() -> NewTargeting {
    NewTargeting::new([hardware_id(GE)])
}

fn manual() -> NewShippingLabel {
    NewShippingLabel::windows_update("Retail", targeting(), PublishingSpecifications::manual())
}

fn automatic() -> PublishingSpecifications {
    PublishingSpecifications::automatic(MsApprovalInfo::default())
}

fn shared() -> NewShippingLabel {
    let recipient = ReceiverPublisherId::new(27_258_209);
    NewShippingLabel::another_partner("Shared", recipient, targeting())
}

fn date(text: &str) -> Timestamp {
    let Ok(date) = text.parse();
    date
}

#[test]
fn every_field_has_its_setter() {
    let info = MsApprovalInfo::default()
        .affected_oems(["Fabrikam"])
        .business_justification("Mends sleep.")
        .has_ui_software(false)
        .is_co_engineered(true)
        .is_for_unreleased_hardware(false)
        .is_reboot_required(true)
        .microsoft_contact("reviewer@example.com")
        .validations_performed("On 40 machines.");
    let publishing = PublishingSpecifications::automatic(info)
        .go_live_date(date("2026-04-12T06:00:00Z"))
        .is_auto_install_on_applicable_systems(false)
        .is_disclosure_restricted(true)
        .publish_to_windows10s(false)
        .visible_to_accounts([SellerId::new(61_804_477)]);
    let targeting = targeting()
        .chids([chid()])
        .restricted_to_audiences(["testers".into()])
        .in_service_publish_info(InServicePublishInfo::default().flooring("CO").ceiling("GE"));
    let label = NewShippingLabel::windows_update("Retail", targeting, publishing);
    assert!(label.check().is_ok());
    assert_eq!(
        wire(&label),
        json!({
            "name": "Retail",
            "destination": "windowsUpdate",
            "publishingSpecifications": {
                "goLiveDate": "2026-04-12T06:00:00Z",
                "visibleToAccounts": [61_804_477],
                "isAutoInstallDuringOSUpgrade": true,
                "isAutoInstallOnApplicableSystems": false,
                "manualAcquisition": false,
                "isDisclosureRestricted": true,
                "publishToWindows10s": false,
                "additionalInfoForMsApproval": {
                    "microsoftContact": "reviewer@example.com",
                    "validationsPerformed": "On 40 machines.",
                    "affectedOems": ["Fabrikam"],
                    "isRebootRequired": true,
                    "isCoEngineered": true,
                    "isForUnreleasedHardware": false,
                    "hasUiSoftware": false,
                    "businessJustification": "Mends sleep.",
                },
            },
            "targeting": {
                "hardwareIds": [{
                    "bundleId": "amd64", "infId": "echo.inf", "operatingSystemCode": GE,
                    "pnpString": r"usb\vid_1209&pid_0001",
                }],
                "chids": [{ "chid": CHID, "distributionState": "pendingAdd" }],
                "restrictedToAudiences": ["testers"],
                "inServicePublishInfo": { "flooring": "CO", "ceiling": "GE" },
            },
        })
    );
}

#[test]
fn a_label_to_a_partner_names_the_partner() {
    let builds = CoEngDriverPublishInfo::default();
    let targeting = targeting().co_eng_driver_publish_info(
        builds.flooring_build_number(27_000).ceiling_build_number(27_100),
    );
    let recipient = RecipientSpecifications::new(ReceiverPublisherId::new(27_258_209));
    let recipient = recipient.enforce_chid_targeting(true);
    let label = wire(&NewShippingLabel::another_partner("Shared", recipient, targeting));
    assert_eq!(label["destination"], "anotherPartner");
    assert_eq!(
        label["recipientSpecifications"],
        json!({ "receiverPublisherId": "27258209", "enforceChidTargeting": true })
    );
    assert_eq!(
        label["targeting"]["coEngDriverPublishInfo"],
        json!({ "flooringBuildNumber": 27_000, "ceilingBuildNumber": 27_100 })
    );
}

#[test]
fn what_keeps_the_rules_is_let_through() {
    let early = NewTargeting::new([hardware_id("WINDOWS_7_X64")]);
    let next = NewTargeting::new([hardware_id("WINDOWS_v100_X64_27H2_FULL")]).chids([chid()]);
    let during_upgrade = automatic().is_auto_install_on_applicable_systems(false);
    let at_once =
        PublishingSpecifications { go_live_date: Some(GoLiveDate::AtOnce), ..automatic() };
    let elsewhere = ShippingDestination::from("anotherPlanet");
    let by_chids = NewTargeting::new([]).chids([chid()]);
    for label in [
        manual(),
        shared(),
        // No document says that a label needs hardware ids.
        NewShippingLabel { targeting: None, ..manual() },
        NewShippingLabel { targeting: Some(by_chids), ..manual() },
        NewShippingLabel { targeting: None, ..shared() },
        NewShippingLabel { targeting: Some(early), ..manual() },
        NewShippingLabel { targeting: Some(next), ..manual() },
        NewShippingLabel { publishing_specifications: Some(during_upgrade), ..manual() },
        NewShippingLabel { publishing_specifications: Some(at_once), ..manual() },
        NewShippingLabel { destination: elsewhere, ..manual() },
    ] {
        assert!(label.check().is_ok(), "{label:?}");
    }
}

/// A label that breaks one rule of publishing.
fn published(publishing: PublishingSpecifications) -> NewShippingLabel {
    NewShippingLabel { publishing_specifications: Some(publishing), ..manual() }
}

/// A label that breaks one rule of targeting.
fn targeted(targeting: NewTargeting) -> NewShippingLabel {
    NewShippingLabel { targeting: Some(targeting), ..manual() }
}

#[test]
fn each_rule_is_told_by_its_own_text() {
    let nowhere = ShippingDestination::NotSet;
    let neither = automatic()
        .is_auto_install_on_applicable_systems(false)
        .is_auto_install_during_os_upgrade(false);
    let unexplained =
        PublishingSpecifications { additional_info_for_ms_approval: None, ..automatic() };
    let both_ways = PublishingSpecifications { manual_acquisition: Some(true), ..automatic() };
    let both_ranges = targeting()
        .in_service_publish_info(InServicePublishInfo::default())
        .co_eng_driver_publish_info(CoEngDriverPublishInfo::default());
    let mixed = NewTargeting::new([hardware_id(GE), hardware_id("WINDOWS_v63_X64")]);
    let loud = NewHardwareIdTarget { pnp_string: r"USB\VID_1209".into(), ..hardware_id(GE) };
    let bundleless = NewHardwareIdTarget { bundle_id: " ".into(), ..hardware_id(GE) };
    let state = Some(ChidDistributionState::NotSet);
    let not_set = NewChidTarget { distribution_state: state, ..NewChidTarget::new(chid()) };
    let no_guid: NewChidTarget = serde_json::from_value(json!({ "chid": "none" })).unwrap();
    let chids = |chid| NewTargeting { chids: Some(vec![chid]), ..targeting() };
    for (label, rule) in [
        (NewShippingLabel { name: "  ".into(), ..manual() }, "name of the shipping label is empty"),
        (NewShippingLabel { destination: nowhere, ..manual() }, "has no destination"),
        (
            NewShippingLabel { publishing_specifications: None, ..manual() },
            "to Windows Update needs publishingSpecifications",
        ),
        (
            NewShippingLabel { recipient_specifications: None, ..shared() },
            "to another partner needs recipientSpecifications",
        ),
        (
            NewShippingLabel {
                recipient_specifications: Some(RecipientSpecifications::default()),
                ..shared()
            },
            "with a receiverPublisherId",
        ),
        (published(unexplained), "automatic install needs additionalInfoForMsApproval"),
        (published(both_ways), "manualAcquisition must be false"),
        (published(neither), "manualAcquisition must be true"),
        (published(PublishingSpecifications::default()), "manualAcquisition must be true"),
        (
            published(PublishingSpecifications::manual().go_live_date(date("in May"))),
            "goLiveDate is no date: in May",
        ),
        (targeted(both_ranges), "both inServicePublishInfo and coEngDriverPublishInfo"),
        (targeted(mixed.chids([chid()])), "CHIDs can be used with Windows 10 and later only"),
        (targeted(chids(not_set)), "is notSet"),
        (targeted(chids(no_guid)), "the CHID none is not a GUID"),
        (targeted(NewTargeting::new([loud])), r"USB\VID_1209 is not in lower case"),
        (targeted(NewTargeting::new([bundleless])), "the bundleId of a hardware id is empty"),
    ] {
        assert_refused(label.check(), rule);
    }
}
