//! What of an update a shipping label does not show yet.

use super::{AudienceChange, ShippingLabelUpdate};
use crate::model::{
    AudienceId, ChidDistributionState, ChidTarget, Guid, HardwareIdDistributionState,
    HardwareIdTarget, NewHardwareIdTarget, ShippingLabel, Targeting,
};

impl ShippingLabelUpdate {
    /// The part of the update that the label, read with its targeting info, does not show yet: a target
    /// that is on its way to be added or removed is shown.
    pub(crate) fn outstanding(&self, label: &ShippingLabel) -> Self {
        let Some(shown) = &label.targeting else { return self.clone() };
        let (ids, chids) = (shown_ids(shown), shown_chids(shown));
        let id_is_there = |id: &NewHardwareIdTarget| {
            ids.iter().any(|shown| !is_going(shown) && tells(shown, id, false))
        };
        let id_may_be_there = |id: &NewHardwareIdTarget| {
            ids.iter().any(|shown| !is_going(shown) && tells(shown, id, true))
        };
        let chid_is_there = |chid: &Guid| {
            chids.iter().any(|shown| !chid_is_going(shown) && shown.chid.as_ref() == Some(chid))
        };
        Self {
            added_hardware_ids: kept(&self.added_hardware_ids, |id| !id_is_there(id)),
            removed_hardware_ids: kept(&self.removed_hardware_ids, id_may_be_there),
            added_chids: kept(&self.added_chids, |chid| !chid_is_there(chid)),
            removed_chids: kept(&self.removed_chids, chid_is_there),
            audiences: outstanding_audiences(&self.audiences, shown),
            business_justification: self.business_justification.clone(),
        }
    }

    /// Whether it changes nothing; a justification alone does not.
    pub(crate) fn is_empty(&self) -> bool {
        let has_ids = !(self.added_hardware_ids.is_empty() && self.removed_hardware_ids.is_empty());
        let has_chids = !(self.added_chids.is_empty() && self.removed_chids.is_empty());
        !has_ids && !has_chids && self.audiences == AudienceChange::Keep
    }
}

fn kept<T: Clone>(all: &[T], is_kept: impl Fn(&T) -> bool) -> Vec<T> {
    all.iter().filter(|each| is_kept(each)).cloned().collect()
}

fn shown_ids(shown: &Targeting) -> &[HardwareIdTarget] {
    shown.hardware_ids.as_deref().unwrap_or_default()
}

fn shown_chids(shown: &Targeting) -> &[ChidTarget] {
    shown.chids.as_deref().unwrap_or_default()
}

fn is_going(shown: &HardwareIdTarget) -> bool {
    shown.distribution_state == Some(HardwareIdDistributionState::PendingRemove)
}

fn chid_is_going(shown: &ChidTarget) -> bool {
    shown.distribution_state == Some(ChidDistributionState::PendingRemove)
}

/// Whether what is shown is this hardware id. What the service leaves out fits only where `if_untold`
/// says so.
fn tells(shown: &HardwareIdTarget, id: &NewHardwareIdTarget, if_untold: bool) -> bool {
    let is_same = |shown: Option<&str>, wanted: &str| {
        shown.map_or(if_untold, |shown| shown.eq_ignore_ascii_case(wanted))
    };
    let code = shown.operating_system_code.as_ref().map(|code| code.as_str());
    is_same(shown.bundle_id.as_deref(), &id.bundle_id)
        && is_same(shown.inf_id.as_deref(), &id.inf_id)
        && is_same(code, id.operating_system_code.as_str())
        && is_same(shown.pnp_string.as_deref(), &id.pnp_string)
}

/// Audiences that are not told are not known to be as they shall.
fn outstanding_audiences(change: &AudienceChange, shown: &Targeting) -> AudienceChange {
    let is_shown = |wanted: &[AudienceId]| {
        shown.restricted_to_audiences.as_ref().is_some_and(|shown| {
            let is_in = |all: &[AudienceId], one: &AudienceId| all.contains(one);
            wanted.iter().all(|one| is_in(shown, one)) && shown.iter().all(|one| is_in(wanted, one))
        })
    };
    let is_done = match change {
        AudienceChange::Keep => true,
        AudienceChange::Replace(audiences) => is_shown(audiences),
        AudienceChange::Remove => is_shown(&[]),
    };
    if is_done { AudienceChange::Keep } else { change.clone() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const CHID: &str = "346511cf-ccee-5c6d-8ee9-3c70fc7aae83";

    fn id() -> NewHardwareIdTarget {
        NewHardwareIdTarget::new("amd64", "echo.inf", "win11-24h2-x64", r"usb\vid_1209")
    }

    fn shown(state: &str) -> Value {
        json!({ "bundleId": "amd64", "infId": "Echo.inf", "pnpString": r"USB\VID_1209",
            "operatingSystemCode": "WINDOWS_v100_X64_GE_FULL", "distributionState": state })
    }

    fn label(targeting: Value) -> ShippingLabel {
        serde_json::from_value(json!({ "targeting": targeting })).unwrap()
    }

    fn is_outstanding(update: &ShippingLabelUpdate, targeting: Value) -> bool {
        !update.outstanding(&label(targeting)).is_empty()
    }

    #[test]
    fn hardware_ids_are_outstanding_until_they_come_or_go() {
        let add = ShippingLabelUpdate::new().add_hardware_ids([id()]);
        let remove = ShippingLabelUpdate::new().remove_hardware_ids([id()]);
        let mut untold = shown("added");
        untold["bundleId"] = Value::Null;
        for (targeting, adding, removing) in [
            (json!({ "hardwareIds": [shown("pendingAdd")] }), false, true),
            (json!({ "hardwareIds": [shown("added")] }), false, true),
            (json!({ "hardwareIds": [shown("aNewState")] }), false, true),
            (json!({ "hardwareIds": [shown("pendingRemove")] }), true, false),
            (json!({ "hardwareIds": [] }), true, false),
            (json!({ "hardwareIds": null }), true, false),
            // It may be the one, and it may be another.
            (json!({ "hardwareIds": [untold] }), true, true),
            (Value::Null, true, true),
        ] {
            assert_eq!(is_outstanding(&add, targeting.clone()), adding, "{targeting}");
            assert_eq!(is_outstanding(&remove, targeting.clone()), removing, "{targeting}");
        }
    }

    #[test]
    fn chids_are_outstanding_until_they_come_or_go() {
        let add = ShippingLabelUpdate::new().add_chids([CHID.parse().unwrap()]);
        let remove = ShippingLabelUpdate::new().remove_chids([CHID.parse().unwrap()]);
        for (state, adding, removing) in [
            (Some("pendingAdd"), false, true),
            (Some("added"), false, true),
            (Some("recovered"), false, true),
            (None, false, true),
            (Some("pendingRemove"), true, false),
        ] {
            let shown = json!({ "chid": CHID, "distributionState": state });
            let targeting = json!({ "chids": [shown] });
            assert_eq!(is_outstanding(&add, targeting.clone()), adding, "{state:?}");
            assert_eq!(is_outstanding(&remove, targeting), removing, "{state:?}");
        }
    }

    #[test]
    fn audiences_that_are_not_told_are_outstanding() {
        let replace = AudienceChange::Replace(vec!["testers".into(), "insiders".into()]);
        let replace = ShippingLabelUpdate::new().audiences(replace);
        let remove = ShippingLabelUpdate::new().audiences(AudienceChange::Remove);
        for (audiences, replacing, removing) in [
            (json!(["insiders", "testers"]), false, true),
            (json!(["testers"]), true, true),
            (json!([]), true, false),
            (Value::Null, true, true),
        ] {
            let targeting = json!({ "restrictedToAudiences": audiences });
            assert_eq!(is_outstanding(&replace, targeting.clone()), replacing, "{audiences}");
            assert_eq!(is_outstanding(&remove, targeting), removing, "{audiences}");
        }
    }

    #[test]
    fn only_what_is_outstanding_is_left_of_an_update() {
        let update = ShippingLabelUpdate::new()
            .add_hardware_ids([id()])
            .add_chids([CHID.parse().unwrap()])
            .business_justification("A new revision.");
        let label = label(json!({ "hardwareIds": [shown("added")], "restrictedToAudiences": [] }));
        let left = ShippingLabelUpdate::new()
            .add_chids([CHID.parse().unwrap()])
            .business_justification("A new revision.");
        assert_eq!(update.outstanding(&label), left);
    }
}
