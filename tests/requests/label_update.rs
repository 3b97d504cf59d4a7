//! Updates of shipping labels, and the trap of the audiences.

use hardware_dashboard::model::{
    AudienceChange, NewHardwareIdTarget, ShippingLabel, ShippingLabelUpdate,
};
use serde_json::{Value, json};

use super::{CHID, assert_refused, chid, hardware_id, wire};

const GE: &str = "WINDOWS_v100_X64_GE_FULL";

fn current(targeting: Value) -> ShippingLabel {
    serde_json::from_value(json!({ "id": 7, "targeting": targeting })).unwrap()
}

fn restricted() -> ShippingLabel {
    current(json!({ "restrictedToAudiences": ["testers", "insiders"] }))
}

fn adding() -> ShippingLabelUpdate {
    ShippingLabelUpdate::new().add_hardware_ids([hardware_id(GE)])
}

fn target(action: &str, code: &str) -> Value {
    json!({
        "action": action, "bundleId": "amd64", "infId": "echo.inf",
        "operatingSystemCode": code, "pnpString": r"usb\vid_1209&pid_0001",
    })
}

#[test]
fn every_change_carries_its_action() {
    let other = "0d1e2f3a-4b5c-5d6e-8f90-a1b2c3d4e5f6";
    let update = adding()
        .remove_hardware_ids([hardware_id("win11-21h2-x64")])
        .add_chids([chid()])
        .remove_chids([other.parse().unwrap()])
        .business_justification("A new revision.");
    assert!(update.needs_current());
    assert_eq!(
        wire(&update.into_request(Some(&restricted())).unwrap()),
        json!({ "targeting": {
            "hardwareIds": [target("add", GE), target("remove", "WINDOWS_v100_X64_CO_FULL")],
            "chids": [
                { "action": "add", "chid": CHID, "distributionState": "pendingAdd" },
                { "action": "remove", "chid": other },
            ],
            "restrictedToAudiences": ["testers", "insiders"],
            "businessJustification": "A new revision.",
        } })
    );
}

#[test]
fn keep_replace_and_remove_are_three_things() {
    let replace = || AudienceChange::Replace(vec!["partners".into()]);
    let nothing = ShippingLabelUpdate::new;
    let (kept, replaced) = (json!(["testers", "insiders"]), json!(["partners"]));
    for (update, audiences) in [
        (adding(), Some(kept.clone())),
        (adding().audiences(AudienceChange::Keep), Some(kept)),
        (adding().audiences(replace()), Some(replaced.clone())),
        (nothing().audiences(replace()), Some(replaced)),
        // Left out is removed; but something must stand in an update.
        (adding().audiences(AudienceChange::Remove), None),
        (nothing().audiences(AudienceChange::Remove), Some(json!([]))),
    ] {
        let said = format!("{update:?}");
        let request = wire(&update.into_request(Some(&restricted())).unwrap());
        assert_eq!(request["targeting"].get("restrictedToAudiences"), audiences.as_ref(), "{said}");
    }
}

#[test]
fn a_label_that_is_not_restricted_stays_so() {
    let unrestricted = current(json!({ "restrictedToAudiences": [] }));
    let request = adding().into_request(Some(&unrestricted)).unwrap();
    assert_eq!(wire(&request), json!({ "targeting": { "hardwareIds": [target("add", GE)] } }));
}

#[test]
fn audiences_that_the_service_does_not_tell_are_not_taken_for_none() {
    for targeting in [json!({}), json!({ "restrictedToAudiences": null })] {
        let error = adding().into_request(Some(&current(targeting))).unwrap_err();
        assert!(error.is_input(), "{error}");
        assert!(error.hint().contains("AudienceChange::Remove"), "{}", error.hint());
    }
}

#[test]
fn only_to_keep_takes_the_label_as_it_is() {
    for change in [AudienceChange::Remove, AudienceChange::Replace(vec!["partners".into()])] {
        let update = adding().audiences(change);
        assert!(!update.needs_current() && update.into_request(None).is_ok());
    }
}

#[test]
fn each_rule_is_told_by_its_own_text() {
    let nothing = ShippingLabelUpdate::new;
    let loud = NewHardwareIdTarget { pnp_string: r"USB\VID_1209".into(), ..hardware_id(GE) };
    let no_guid = serde_json::from_value(json!("none")).unwrap();
    for (update, label, rule) in [
        (nothing(), Some(restricted()), "there is nothing to update"),
        (nothing().business_justification("So."), None, "there is nothing to update"),
        (adding(), None, "shall stay, and are not known"),
        // Read without its targeting info.
        (adding(), Some(current(json!(null))), "shall stay, and are not known"),
        (adding().audiences(AudienceChange::Replace(vec![])), None, "replaced by none"),
        (nothing().remove_hardware_ids([loud]), Some(restricted()), "is not in lower case"),
        (nothing().add_chids([no_guid]), Some(restricted()), "is not a GUID"),
    ] {
        assert_refused(update.into_request(label.as_ref()), rule);
    }
}
