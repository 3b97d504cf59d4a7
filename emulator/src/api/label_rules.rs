//! What the service checks in a shipping label beyond the form of the request.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    Call,
    rules::{Breaches, items},
};
use crate::{
    codes,
    error::ApiError,
    state::{Change, Destination, HardwareId, Product, Results, Targeted, Targets},
};

/// The service names the field `targeting` so in its refusals.
const HARDWARE_IDS: &str = "targetingInfo.hardwareIds";
const CHIDS: &str = "targetingInfo.chids";

/// A new label that fits all rules.
pub(super) struct NewLabel {
    pub(super) destination: Destination,
    pub(super) targets: Targets,
    pub(super) go_live: Option<DateTime<Utc>>,
}

/// Checks a new label of a submission with these results.
pub(super) fn check_new(
    call: &Call,
    product: &Product,
    results: &Results,
) -> Result<NewLabel, ApiError> {
    let body = call.json();
    let mut breaches = Breaches::default();
    breaches.need_text(&body["name"], "name");
    let destination = destination(call, &body["destination"], &mut breaches);
    let automatic = publishing(&body["publishingSpecifications"], &mut breaches);
    if results.is_extension && destination == Some(Destination::WindowsUpdate) && !automatic {
        breaches.add(
            "publishingSpecifications",
            "An extension INF must be installed automatically: set isAutoInstallDuringOSUpgrade \
             or isAutoInstallOnApplicableSystems.",
        );
    }
    let go_live = go_live(&body["publishingSpecifications"]["goLiveDate"], &mut breaches);
    let targets = targets(product, results, &body["targeting"], &mut breaches);
    breaches.into_result()?;
    let destination = destination.unwrap_or(Destination::WindowsUpdate);
    Ok(NewLabel { destination, targets, go_live })
}

/// The destination, with what it needs; `None` after a breach.
fn destination(call: &Call, value: &Value, breaches: &mut Breaches) -> Option<Destination> {
    let body = call.json();
    match breaches.need_known(&["windowsUpdate", "anotherPartner"], value, "destination")? {
        "windowsUpdate" => {
            if body["publishingSpecifications"].is_null() {
                breaches.add(
                    "publishingSpecifications",
                    "The destination windowsUpdate needs publishingSpecifications.",
                );
            }
            Some(Destination::WindowsUpdate)
        }
        _ => receiver(call, &body["recipientSpecifications"], breaches).map(Destination::Partner),
    }
}

/// The account that a label shares with.
fn receiver(call: &Call, recipient: &Value, breaches: &mut Breaches) -> Option<usize> {
    if recipient.is_null() {
        breaches.add(
            "recipientSpecifications",
            "The destination anotherPartner needs recipientSpecifications.",
        );
        return None;
    }
    let id = &recipient["receiverPublisherId"];
    let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    let mut accounts = call.service.settings.accounts.iter();
    let found = accounts.position(|account| {
        id == account.publisher_id.to_string() || id == account.seller_id.to_string()
    });
    let found = found.filter(|receiver| *receiver != call.account);
    if found.is_none() {
        breaches.add(
            "recipientSpecifications.receiverPublisherId",
            format!("There is no partner with the id {id}."),
        );
    }
    found
}

/// Checks how a label is published; whether the driver is installed automatically.
fn publishing(specifications: &Value, breaches: &mut Breaches) -> bool {
    if specifications.is_null() {
        return false;
    }
    let automatic = specifications["isAutoInstallDuringOSUpgrade"] == true
        || specifications["isAutoInstallOnApplicableSystems"] == true;
    let manual = specifications["manualAcquisition"] == true;
    let target = "publishingSpecifications.manualAcquisition";
    match (automatic, manual) {
        (true, true) => {
            breaches.add(target, "manualAcquisition must be false for automatic install.");
        }
        (false, false) => {
            breaches.add(target, "manualAcquisition must be true without automatic install.");
        }
        _ => {}
    }
    if automatic && specifications["additionalInfoForMsApproval"].is_null() {
        breaches.add(
            "publishingSpecifications.additionalInfoForMsApproval",
            "additionalInfoForMsApproval is required for automatic install.",
        );
    }
    automatic
}

/// The date before which nothing goes live; an empty one means at once.
fn go_live(value: &Value, breaches: &mut Breaches) -> Option<DateTime<Utc>> {
    let text = value.as_str().filter(|text| !text.is_empty())?;
    breaches.need_date(text, "publishingSpecifications.goLiveDate")
}

fn targets(
    product: &Product,
    results: &Results,
    targeting: &Value,
    breaches: &mut Breaches,
) -> Targets {
    let mut targets = Targets {
        audiences: items(&targeting["restrictedToAudiences"]).to_vec(),
        in_service: targeting["inServicePublishInfo"].clone(),
        co_engineered: targeting["coEngDriverPublishInfo"].clone(),
        ..Targets::default()
    };
    if !targets.in_service.is_null() && !targets.co_engineered.is_null() {
        breaches.add(
            "targetingInfo.coEngDriverPublishInfo",
            "Either inServicePublishInfo or coEngDriverPublishInfo may be given, not both.",
        );
    }
    for item in items(&targeting["hardwareIds"]) {
        let id = hardware_id(item);
        check_hardware_id(&id, results, breaches);
        Targeted::add(&mut targets.hardware_ids, id);
    }
    let codes = targeted_codes(product, &targets);
    for item in items(&targeting["chids"]) {
        check_chid(&codes, item, breaches);
        Targeted::add(&mut targets.chids, chid(item));
    }
    targets
}

fn hardware_id(item: &Value) -> HardwareId {
    let text = |field: &str| item[field].as_str().unwrap_or_default().to_owned();
    HardwareId {
        bundle: text("bundleId"),
        inf: text("infId"),
        os_code: text("operatingSystemCode"),
        pnp: text("pnpString"),
    }
}

/// A label may target only what the driver metadata holds.
fn check_hardware_id(id: &HardwareId, results: &Results, breaches: &mut Breaches) {
    let bundle = &results.metadata_json["BundleInfoMap"][&id.bundle];
    let systems = &bundle["InfInfoMap"][&id.inf]["OSPnPInfoMap"];
    if systems[&id.os_code][&id.pnp].is_null() {
        breaches.add(
            HARDWARE_IDS,
            format!(
                "The driver metadata does not hold bundle {}, INF {}, system {}, hardware id {}.",
                id.bundle, id.inf, id.os_code, id.pnp
            ),
        );
    }
}

/// A CHID in lower case, without braces.
fn chid(item: &Value) -> String {
    let text = item["chid"].as_str().unwrap_or_default();
    text.trim_start_matches('{').trim_end_matches('}').to_ascii_lowercase()
}

/// The systems that a label is for: those of its hardware ids, or without any all of the product.
fn targeted_codes(product: &Product, targets: &Targets) -> Vec<String> {
    let hardware_ids = targets.hardware_ids.iter();
    let staying = hardware_ids.filter(|targeted| targeted.change != Change::Remove);
    let codes: Vec<_> = staying.map(|targeted| targeted.target.os_code.clone()).collect();
    if codes.is_empty() { product.requested_signatures() } else { codes }
}

fn check_chid(codes: &[String], item: &Value, breaches: &mut Breaches) {
    let state = item["distributionState"].as_str().unwrap_or_default();
    if state.eq_ignore_ascii_case("notSet") {
        let message = "The distribution state notSet is invalid for a CHID.";
        breaches.add(CHIDS, message);
    }
    if let Some(code) = codes.iter().find(|code| !codes::is_windows_10(code)) {
        breaches.add(
            CHIDS,
            format!("CHIDs can be used with Windows 10 and later only, not with {code}."),
        );
    }
}

/// Checks a change and carries it out on the targets.
pub(super) fn update(
    product: &Product,
    results: &Results,
    mut targets: Targets,
    change: &Value,
) -> Result<Targets, ApiError> {
    let mut breaches = Breaches::default();
    // An empty list of audiences is a change; what the specification does not name is ignored.
    let fields = ["chids", "hardwareIds", "restrictedToAudiences"];
    if fields.iter().all(|field| change[*field].is_null()) {
        for field in fields {
            let message = "At least one property is required for update.";
            breaches.add(format!("targetingInfo.{field}"), message);
        }
    }
    for item in items(&change["hardwareIds"]) {
        let id = hardware_id(item);
        if act(&mut targets.hardware_ids, id.clone(), item, HARDWARE_IDS, &mut breaches) {
            check_hardware_id(&id, results, &mut breaches);
        }
    }
    let codes = targeted_codes(product, &targets);
    for item in items(&change["chids"]) {
        if act(&mut targets.chids, chid(item), item, CHIDS, &mut breaches) {
            check_chid(&codes, item, &mut breaches);
        }
    }
    // Replaced whole: left out, the restriction is gone.
    targets.audiences = items(&change["restrictedToAudiences"]).to_vec();
    breaches.into_result()?;
    Ok(targets)
}

/// Does to a target what the item of the request says; whether it was added.
fn act<T: PartialEq>(
    targets: &mut Vec<Targeted<T>>,
    target: T,
    item: &Value,
    field: &str,
    breaches: &mut Breaches,
) -> bool {
    match breaches.need_known(&["add", "remove"], &item["action"], field) {
        Some("add") => {
            Targeted::add(targets, target);
            true
        }
        Some(_) => {
            if !Targeted::remove(targets, &target) {
                breaches.add(field, "The label does not have the target that is to be removed.");
            }
            false
        }
        None => false,
    }
}
