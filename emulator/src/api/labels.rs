//! Operations 12 to 16: shipping labels.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::{
    Call, Handled,
    label_json::label_json,
    label_rules::{self, NewLabel},
    links::submission_path,
    page::{following, page},
};
use crate::{
    answer::Answer,
    error::ApiError,
    state::{BlobName, Destination, Label, Place, Product, Results, Share, State, Submission},
    workflow::{LONGEST_STEP, Plan, Step, StepState},
};

pub(super) fn list(call: &Call, state: &mut State) -> Handled {
    let (product, submission) = submission(call, state)?;
    let (product, with_targets) = (product.id, call.asks("includeTargetingInfo"));
    let labels = &submission.labels;
    page(
        call,
        &format!("{}/shippingLabels", submission_path(product, submission.id)),
        |after| following(labels, after),
        |label| label.id,
        |label| label_json(call, product, submission, label, with_targets),
    )
}

pub(super) fn get(call: &Call, state: &mut State) -> Handled {
    let (product, submission) = submission(call, state)?;
    let label = submission.label(call.id("shippingLabelId")?)?;
    let with_targets = call.asks("includeTargetingInfo");
    Ok(Answer::ok(label_json(call, product.id, submission, label, with_targets)))
}

pub(super) fn create(call: &Call, state: &mut State) -> Handled {
    let id = state.ids.label();
    let (product, submission) = submission(call, state)?;
    let results = ready(call, submission)?;
    let new = label_rules::check_new(call, product, results)?;
    check_destination(call, product, submission, new.destination)?;
    let from = Place { account: call.account, product: product.id, submission: submission.id };
    let label = label(call, from, id, new);
    if let Destination::Partner(_) = label.destination {
        state.shares.push(Share { from, label: id });
    }
    let product = call.own(state).product(from.product)?;
    let submission = product.submission_mut(from.submission)?;
    submission.labels.insert(id, label);
    let submission = &*submission;
    let answer = label_json(call, from.product, submission, submission.label(id)?, false);
    Ok(Answer::created(answer))
}

fn label(call: &Call, of: Place, id: u64, new: NewLabel) -> Label {
    let body = call.json();
    let plan = plan(call, new.destination, new.go_live);
    Label {
        id,
        name: body["name"].as_str().unwrap_or_default().to_owned(),
        destination: new.destination,
        publishing: body["publishingSpecifications"].clone(),
        recipient: body["recipientSpecifications"].clone(),
        targets: new.targets,
        report: report(call, of.product, of.submission, id, &plan),
        plan,
    }
}

/// Stores what there is to be read when the workflow has failed.
fn report(call: &Call, product: u64, submission: u64, label: u64, plan: &Plan) -> Option<BlobName> {
    let text = plan.failure()?.report.clone()?;
    let name = BlobName::new(product, submission, &format!("ErrorReport-{label}"), "txt");
    let blobs = &call.service.blobs;
    blobs.insert(&name.container, &name.blob, Bytes::from(text)).is_ok().then_some(name)
}

pub(super) fn update(call: &Call, state: &mut State) -> Handled {
    let product = call.own(state).product(call.id("productId")?)?;
    let submission = product.submission(call.id("submissionId")?)?;
    let results = ready(call, submission)?;
    let label = submission.label(call.id("shippingLabelId")?)?;
    check_update(call, label)?;
    let mut targets = label.targets.clone();
    targets.take_over();
    let targets = label_rules::update(product, results, targets, &call.json()["targeting"])?;
    // The go-live date has passed: the workflow before has waited for it.
    let plan = plan(call, label.destination, None);
    let (submission, label) = (submission.id, label.id);
    let report = report(call, product.id, submission, label, &plan);
    let label = product.submission_mut(submission)?.label_mut(label)?;
    label.targets = targets;
    label.plan = plan;
    label.report = report;
    Ok(Answer::no_content())
}

fn check_update(call: &Call, label: &Label) -> Result<(), ApiError> {
    let progress = label.plan.at(call.now);
    if progress.state == StepState::Failed {
        let message = "The workflow of the shipping label failed: it cannot be updated.";
        return Err(ApiError::update_unauthorized(message));
    }
    if !progress.done {
        let message = "The shipping label cannot be updated while its workflow is running.";
        return Err(ApiError::invalid("workflowStatus", message));
    }
    Ok(())
}

pub(super) fn cancel(call: &Call, state: &mut State) -> Handled {
    let product = call.own(state).product(call.id("productId")?)?;
    let submission = product.submission_mut(call.id("submissionId")?)?;
    let label = submission.label_mut(call.id("shippingLabelId")?)?;
    let progress = label.plan.at(call.now);
    let in_approval =
        progress.step == Step::MicrosoftApproval && progress.state != StepState::Failed;
    if !in_approval {
        return Err(ApiError::state(
            "A shipping label can be cancelled in the step microsoftApproval only.",
        ));
    }
    label.plan.cancel(call.now);
    Ok(Answer::no_content())
}

fn submission<'s>(
    call: &Call,
    state: &'s mut State,
) -> Result<(&'s Product, &'s Submission), ApiError> {
    call.own(state).submission(call.id("productId")?, call.id("submissionId")?)
}

/// The results of a submission that is ready for labels.
fn ready<'s>(call: &Call, submission: &'s Submission) -> Result<&'s Results, ApiError> {
    submission.results(call.now).ok_or_else(not_ready)
}

fn not_ready() -> ApiError {
    ApiError::state("The submission is not ready for a shipping label yet, retry after some time.")
}

/// Publishing needs the driver metadata, and what was shared is not shared on.
fn check_destination(
    call: &Call,
    product: &Product,
    submission: &Submission,
    destination: Destination,
) -> Result<(), ApiError> {
    match destination {
        Destination::WindowsUpdate if !submission.shows_metadata(call.now) => Err(not_ready()),
        Destination::Partner(_) if product.source.is_some() => Err(ApiError::read_only_product()),
        _ => Ok(()),
    }
}

fn plan(call: &Call, destination: Destination, go_live: Option<DateTime<Utc>>) -> Plan {
    let settings = &call.service.settings;
    let steps: &[Step] = match destination {
        Destination::WindowsUpdate => &Step::PUBLISH,
        Destination::Partner(_) => &Step::SHARE,
    };
    let mut stages = Vec::with_capacity(steps.len());
    let mut passed = Duration::ZERO;
    for step in steps {
        let takes = match step {
            Step::MicrosoftApproval => settings.approval,
            Step::Publishing => settings.step.max(wait(call.now, passed, go_live)),
            _ => settings.step,
        };
        passed += takes;
        stages.push((*step, takes));
    }
    let mut plan = Plan::new(call.now, stages);
    if let Some(failure) = call.service.failures.among(steps) {
        plan.fail(failure);
    }
    plan
}

/// How long a step that begins after `passed` must take to end after the go-live date.
fn wait(now: DateTime<Utc>, passed: Duration, go_live: Option<DateTime<Utc>>) -> Duration {
    let until = go_live.and_then(|date| (date - now).to_std().ok()).unwrap_or_default();
    // It shows as completed after two thirds.
    (until.saturating_sub(passed) / 2).saturating_mul(3).min(LONGEST_STEP)
}
