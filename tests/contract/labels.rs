//! Operations 12 to 16: shipping labels to Windows Update. Never asked of the live service: what is
//! published reaches people's machines.

use futures_util::TryStreamExt as _;
use hardware_dashboard::{
    ShippingLabelHandler, SubmissionHandler,
    model::{
        AudienceChange, AudienceId, DriverMetadata, NewShippingLabel, ShippingLabel,
        ShippingLabelId, ShippingLabelUpdate, UpdateShippingLabel, WorkflowStep,
    },
};
use serde_json::{Value, json};

use super::{
    subject::{Subject, Submitted},
    submissions,
};

const CHID: &str = "346511cf-ccee-5c6d-8ee9-3c70fc7aae83";
const AUDIENCE: &str = "9f4f44d8-bfec-48c6-a02c-2d9ea220f6e2";
const OTHER_CHID: &str = "5b1f0d3e-9a47-5c82-b6d1-7e2f4a90c3b8";
const OTHER_AUDIENCE: &str = "4be12a5c-7c1f-4a55-8d0e-1c5b2f9e7a30";

pub(super) async fn all(subject: &Subject, signed: Submitted) {
    let submission = signed.handler(&subject.client);
    let metadata = submissions::metadata(subject, &subject.client, signed).await;
    let device = device(&metadata);
    refusals(&submission, &device).await;
    let published = published(subject, &submission, &device).await;
    let label = submission.shipping_label(published);
    audiences(subject, &label).await;
    update(&label, &device).await;
    cancelled(subject, &submission, &device).await;
    let listed: Vec<_> =
        submission.shipping_labels().list().try_collect().await.expect("labels can be listed");
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().any(|label| label.id == Some(published)));
    assert!(listed.iter().all(|label| label.targeting.is_some()), "{listed:?}");
}

/// The first combination that the driver metadata allows as a target.
fn device(metadata: &[u8]) -> Value {
    let _: DriverMetadata = serde_json::from_slice(metadata).expect("metadata has its type");
    let metadata: Value = serde_json::from_slice(metadata).expect("metadata is JSON");
    let (bundle, info) = first(&metadata["BundleInfoMap"]);
    let (inf, info) = first(&info["InfInfoMap"]);
    let (system, ids) = first(&info["OSPnPInfoMap"]);
    let (id, _) = first(ids);
    json!({
        "bundleId": bundle,
        "infId": inf,
        "operatingSystemCode": system,
        "pnpString": id.to_lowercase(),
    })
}

fn first(map: &Value) -> (&str, &Value) {
    let entry = map.as_object().and_then(|map| map.iter().next());
    let (key, value) = entry.expect("the map has an entry");
    (key, value)
}

fn new(device: &Value) -> NewShippingLabel {
    let label = json!({
        "name": "Retail",
        "destination": "windowsUpdate",
        "publishingSpecifications": { "manualAcquisition": true, "goLiveDate": "" },
        "targeting": {
            "hardwareIds": [device],
            "chids": [{ "chid": CHID, "distributionState": "pendingAdd" }],
            "restrictedToAudiences": [AUDIENCE],
            "inServicePublishInfo": { "flooring": "RS3", "ceiling": "GE" },
        },
    });
    serde_json::from_value(label).expect("it fits the spec")
}

async fn refusals(submission: &SubmissionHandler, device: &Value) {
    let mut stranger = device.clone();
    stranger["pnpString"] = "root\\nobodyhasthis".into();
    let error = submission.shipping_labels().create(&new(&stranger)).await;
    let error = error.expect_err("the driver does not know this device");
    assert!(error.is_validation() && !error.may_have_been_applied(), "{error:?}");
    let targets: Vec<_> =
        error.validation_errors().iter().filter_map(|error| error.target.as_deref()).collect();
    assert_eq!(targets, ["targetingInfo.hardwareIds"], "{error:?}");
    let error = submission.shipping_label(ShippingLabelId::new(1)).cancel().await;
    assert!(error.expect_err("there is no such label").is_not_found());
    let listed: Vec<_> =
        submission.shipping_labels().list().try_collect().await.expect("labels can be listed");
    assert!(listed.is_empty(), "{listed:?}");
}

/// A label that has come to the end of its way.
async fn published(
    subject: &Subject,
    submission: &SubmissionHandler,
    device: &Value,
) -> ShippingLabelId {
    let made = submission.shipping_labels().create(&new(device)).await.expect("it can be made");
    let id = made.id.expect("a label has an id");
    let label = submission.shipping_label(id);
    let targeting = label.get().await.expect("it can be read").targeting.expect("targeting");
    assert_eq!(targeting.hardware_ids.as_ref().map(Vec::len), Some(1), "{targeting:?}");
    assert_eq!(targeting.chids.as_ref().map(Vec::len), Some(1), "{targeting:?}");
    assert_eq!(targeting.restricted_to_audiences, Some(vec![AudienceId::from(AUDIENCE)]));

    let too_early = label.update_exactly(&removal()).await.expect_err("its workflow runs");
    assert!(too_early.is_validation(), "{too_early:?}");
    let too_early = label.cancel().await.expect_err("it does not wait for approval");
    assert!(too_early.is_invalid_state(), "{too_early:?}");
    subject.until("the publication", || reached(&label, "finalizePublishing", "completed")).await;
    id
}

/// `Some` when the label is at this step in this state.
async fn reached(label: &ShippingLabelHandler, step: &str, state: &str) -> Option<ShippingLabel> {
    let seen = label.get().await.expect("a label can be read");
    let status = seen.workflow_status.as_ref()?;
    let at_step = status.current_step == Some(WorkflowStep::from(step));
    let in_state = status.state.as_ref().is_some_and(|seen| seen.as_str() == state);
    (at_step && in_state).then_some(seen)
}

/// What an update says nothing of stays, the audiences too, though the service removes those that are
/// left out. At the end the label is restricted as it was.
async fn audiences(subject: &Subject, label: &ShippingLabelHandler) {
    let update = ShippingLabelUpdate::new;
    let first: [AudienceId; 1] = [AUDIENCE.into()];
    let chid = || [OTHER_CHID.parse().expect("a CHID")];
    updated(subject, label, update().add_chids(chid())).await;
    let targeting = label.get().await.expect("it can be read").targeting.expect("targeting");
    assert_eq!(targeting.restricted_to_audiences.as_deref(), Some(&first[..]), "they are kept");
    assert_eq!(targeting.chids.map(|chids| chids.len()), Some(2), "the CHID was added");

    let both: [AudienceId; 2] = [OTHER_AUDIENCE.into(), AUDIENCE.into()];
    let replaced = AudienceChange::Replace(both.to_vec());
    updated(subject, label, update().audiences(replaced)).await;
    assert_eq!(restriction(label).await, both, "they are replaced");

    let removed = update().remove_chids(chid()).audiences(AudienceChange::Remove);
    updated(subject, label, removed).await;
    assert_eq!(restriction(label).await, [], "they are removed");
    updated(subject, label, update().audiences(AudienceChange::Replace(first.to_vec()))).await;
    assert_eq!(restriction(label).await, first, "they are replaced where there are none");
    updated(subject, label, update().audiences(AudienceChange::Remove)).await;
    assert_eq!(restriction(label).await, [], "they are removed by an update of nothing else");
    updated(subject, label, update().audiences(AudienceChange::Replace(first.to_vec()))).await;
}

/// Sends an update, and waits until the workflow that it starts has ended.
async fn updated(subject: &Subject, label: &ShippingLabelHandler, update: ShippingLabelUpdate) {
    label.update(update).await.expect("a published label can be changed");
    subject.until("the update", || reached(label, "finalizePublishing", "completed")).await;
}

async fn restriction(label: &ShippingLabelHandler) -> Vec<AudienceId> {
    let targeting = label.get().await.expect("it can be read").targeting.expect("targeting");
    targeting.restricted_to_audiences.unwrap_or_default()
}

/// Removes the CHID; of the audiences nothing is said.
fn removal() -> UpdateShippingLabel {
    let changes = json!({ "targeting": { "chids": [{ "chid": CHID, "action": "remove" }] } });
    serde_json::from_value(changes).expect("it fits the spec")
}

async fn update(label: &ShippingLabelHandler, device: &Value) {
    label.update_exactly(&removal()).await.expect("a published label can be changed");
    let targeting = label.get().await.expect("it can be read").targeting.expect("targeting");
    let chids = targeting.chids.expect("the CHID is on its way out");
    let state = chids[0].distribution_state.as_ref().map(|state| state.as_str());
    assert_eq!(state, Some("pendingRemove"));
    let hardware_ids = targeting.hardware_ids.expect("nothing was said of the device");
    assert_eq!(hardware_ids[0].pnp_string.as_deref(), device["pnpString"].as_str());
    let audiences = targeting.restricted_to_audiences.unwrap_or_default();
    assert_eq!(audiences, [], "audiences that are left out are removed");
}

/// A label is cancelled while it waits for approval, and then reads as failed.
async fn cancelled(subject: &Subject, submission: &SubmissionHandler, device: &Value) {
    let made = submission.shipping_labels().create(&new(device)).await.expect("it can be made");
    let label = submission.shipping_label(made.id.expect("a label has an id"));
    subject.until("the approval", || reached(&label, "microsoftApproval", "started")).await;
    label.cancel().await.expect("it waits for approval");
    subject.until("the end", || reached(&label, "microsoftApproval", "failed")).await;
    let late = label.cancel().await.expect_err("it is cancelled");
    assert!(late.is_invalid_state() && !late.may_have_been_applied(), "{late:?}");
}
