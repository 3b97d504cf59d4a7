//! Shipping labels as they stand in answers.

use serde_json::{Value, json};

use super::{
    Call,
    links::{label_path, link},
    submission_json::progress_json,
};
use crate::state::{HardwareId, Label, Submission, Targeted, Targets};

/// A label; its targets only if they were asked for.
pub(super) fn label_json(
    call: &Call,
    product: u64,
    submission: &Submission,
    label: &Label,
    with_targets: bool,
) -> Value {
    let progress = label.plan.at(call.now);
    let path = label_path(product, submission.id, label.id);
    let mut json = json!({
        "id": label.id,
        "productId": product,
        "submissionId": submission.id,
        "name": label.name,
        "destination": label.destination.as_str(),
        "workflowStatus": progress_json(call, &progress, label.report.as_ref()),
        "links": [
            link(call, "self", "GET", &path),
            link(call, "update_shippinglabel", "PATCH", &path),
            link(call, "cancel_shippinglabel", "PUT", &format!("{path}/cancel")),
        ],
    });
    let given = [
        ("publishingSpecifications", &label.publishing),
        ("recipientSpecifications", &label.recipient),
    ];
    for (field, value) in given.into_iter().filter(|(_, value)| !value.is_null()) {
        json[field] = value.clone();
    }
    if with_targets {
        json["targeting"] = targets_json(&label.targets, progress.done);
    }
    json
}

fn targets_json(targets: &Targets, done: bool) -> Value {
    let mut json = json!({
        "hardwareIds": list(&targets.hardware_ids, done, hardware_id_json),
        "chids": list(&targets.chids, done, |chid| json!({ "chid": chid })),
        "restrictedToAudiences": targets.audiences,
    });
    let given = [
        ("inServicePublishInfo", &targets.in_service),
        ("coEngDriverPublishInfo", &targets.co_engineered),
    ];
    for (field, value) in given.into_iter().filter(|(_, value)| !value.is_null()) {
        json[field] = value.clone();
    }
    json
}

fn list<T: PartialEq>(targets: &[Targeted<T>], done: bool, json: impl Fn(&T) -> Value) -> Value {
    let shown = targets.iter().filter_map(|targeted| {
        let state = targeted.distribution(done)?;
        let mut json = json(&targeted.target);
        json["distributionState"] = state.into();
        Some(json)
    });
    shown.collect()
}

fn hardware_id_json(id: &HardwareId) -> Value {
    json!({
        "bundleId": id.bundle,
        "infId": id.inf,
        "operatingSystemCode": id.os_code,
        "pnpString": id.pnp,
    })
}
