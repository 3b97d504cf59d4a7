//! What the service checks in a product beyond the form of the request.

use serde_json::Value;

use super::rules::{Breaches, known, texts};
use crate::{codes, error::ApiError};

/// The test harnesses a product may name, as the service writes them.
const HARNESSES: [&str; 3] = ["hlk", "hck", "attestation"];
const DEVICE_TYPES: [&str; 4] = ["internal", "external", "internalExternal", "notSet"];
const GUEST_SYSTEMS: [&str; 4] = [
    "Windows Server 2008",
    "Windows Server 2008 Release 2",
    "Windows Server 2012",
    "Windows Server 2012 R2",
];
const PROCESSORS: [&str; 3] = ["Xeon", "Opteron", "Itanium 2"];

/// Checks a new product and writes its enum values as the service does.
pub(super) fn check_new(product: &mut Value) -> Result<(), ApiError> {
    let mut breaches = Breaches::default();
    breaches.need_text(&product["productName"], "productName");
    normalize(product, "testHarness", &HARNESSES, &mut breaches);
    normalize(product, "deviceType", &DEVICE_TYPES, &mut breaches);
    if let Some(date) = product["announcementDate"].as_str() {
        breaches.need_date(date, "announcementDate");
    }
    check_codes(product, &mut breaches);
    check_additional(&product["additionalAttributes"], &mut breaches);
    breaches.into_result()
}

fn normalize(product: &mut Value, field: &str, values: &[&str], breaches: &mut Breaches) {
    if product[field].is_null() {
        return;
    }
    if let Some(value) = breaches.need_known(values, &product[field], field) {
        product[field] = value.into();
    }
}

fn check_codes(product: &Value, breaches: &mut Breaches) {
    for code in texts(&product["requestedSignatures"]) {
        if !codes::is_os_code(code) {
            breaches.add("requestedSignatures", format!("The OS code `{code}` is invalid."));
        }
    }
    let families = product["selectedProductTypes"].as_object();
    for family in families.into_iter().flat_map(|families| families.keys()) {
        if !codes::is_family(family) {
            let message = format!("The OS family code `{family}` is invalid.");
            breaches.add("selectedProductTypes", message);
        }
    }
}

fn check_additional(attributes: &Value, breaches: &mut Breaches) {
    let given: Vec<&str> = ["storageController", "raidController", "svvp"]
        .into_iter()
        .filter(|kind| !attributes[*kind].is_null())
        .collect();
    if given.len() > 1 {
        let message = format!("At most one of {} may be given.", given.join(", "));
        breaches.add("additionalAttributes", message);
    }
    check_controller(&attributes["storageController"], "storageController", breaches);
    check_controller(&attributes["raidController"], "raidController", breaches);
    check_svvp(&attributes["svvp"], breaches);
}

/// A driver or firmware that was used must be named.
fn check_controller(controller: &Value, kind: &str, breaches: &mut Breaches) {
    let mut implies = |flag: &str, fields: [&str; 2]| {
        if controller[flag] != true {
            return;
        }
        for field in fields {
            if controller[field].as_str().is_none_or(str::is_empty) {
                breaches.add(
                    format!("additionalAttributes.{kind}.{field}"),
                    format!("The field {field} is required when {flag} is true."),
                );
            }
        }
    };
    implies("usedProprietary", ["proprietaryName", "proprietaryVersion"]);
    implies("usedMicrosoft", ["microsoftName", "microsoftVersion"]);
    // Only storage controllers have this flag.
    implies("usedBetterBoot", ["uefiVersion", "acpiVersion"]);
}

fn check_svvp(svvp: &Value, breaches: &mut Breaches) {
    let choices = [("guestOs", &GUEST_SYSTEMS[..]), ("processorArchitecture", &PROCESSORS[..])];
    for (field, values) in choices {
        if let Some(text) = svvp[field].as_str()
            && known(values, text).is_none()
        {
            breaches.add(
                format!("additionalAttributes.svvp.{field}"),
                format!("The value `{text}` is invalid; it may be {}.", values.join(", ")),
            );
        }
    }
}
