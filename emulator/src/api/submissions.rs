//! Operations 5 to 11: submissions.

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::Value;

use super::{
    Call, Handled,
    page::{following, page},
    rules::Breaches,
    submission_json::{brief, full},
};
use crate::{
    answer::Answer,
    error::ApiError,
    processing::{self, Job},
    state::{BlobName, Place, Product, Source, State, Submission, SubmissionKind, file_extension},
    workflow::Step,
};

pub(super) fn list(call: &Call, state: &mut State) -> Handled {
    let product = call.own(state).product(call.id("productId")?)?;
    let (id, submissions) = (product.id, &product.submissions);
    page(
        call,
        &format!("products/{id}/submissions"),
        |after| following(submissions, after),
        |submission| submission.id,
        |submission| brief(call, id, submission),
    )
}

pub(super) fn create(call: &Call, state: &mut State) -> Handled {
    let id = state.ids.submission();
    let product = call.own(state).product(call.id("productId")?)?;
    let (name, kind) = check_new(call.json())?;
    if product.source.is_some() {
        return Err(ApiError::update_unauthorized("A shared product takes no submissions."));
    }
    check_kind(call, product, kind)?;
    let extension = file_extension(product.text("testHarness"));
    let submission = Submission {
        id,
        name,
        kind,
        created: call.now,
        package: BlobName::new(product.id, id, "Upload", extension),
        commit: None,
        source: None,
        metadata_requested: None,
        labels: BTreeMap::new(),
    };
    let answer = Answer::created(full(call, product, &submission));
    product.submissions.insert(id, Box::new(submission));
    Ok(answer)
}

fn check_new(body: &Value) -> Result<(String, SubmissionKind), ApiError> {
    let mut breaches = Breaches::default();
    breaches.need_text(&body["name"], "name");
    let kind = match breaches.need_known(&["initial", "derived"], &body["type"], "type") {
        Some("derived") => SubmissionKind::Derived,
        _ => SubmissionKind::Initial,
    };
    breaches.into_result()?;
    Ok((body["name"].as_str().unwrap_or_default().to_owned(), kind))
}

/// Whether the product takes a submission of this kind now.
fn check_kind(call: &Call, product: &Product, kind: SubmissionKind) -> Result<(), ApiError> {
    match (kind, product.initial()) {
        (SubmissionKind::Initial, Some(_)) => {
            Err(ApiError::state("Initial submission already exists"))
        }
        (SubmissionKind::Initial, None) => Ok(()),
        (SubmissionKind::Derived, None) => Err(ApiError::state(
            "A derived submission needs an initial submission, and the product has none.",
        )),
        (SubmissionKind::Derived, Some(initial)) => {
            let excluded = product.is_attestation()
                || product.is_true("isTestSign")
                || product.is_extension(call.now);
            if excluded {
                return Err(ApiError::malformed(
                    "Cannot create derived submission for Attestation, TestSigned and \
                     ExtensionInf type of products.",
                ));
            }
            if initial.is_finished(call.now) {
                return Ok(());
            }
            Err(ApiError::state("The initial submission has not been signed yet."))
        }
    }
}

pub(super) fn get(call: &Call, state: &mut State) -> Handled {
    let (product, submission) =
        call.own(state).submission(call.id("productId")?, call.id("submissionId")?)?;
    Ok(Answer::ok(full(call, product, submission)))
}

pub(super) fn update(call: &Call, state: &mut State) -> Handled {
    let product = call.own(state).product(call.id("productId")?)?;
    let submission = product.submission_mut(call.id("submissionId")?)?;
    if submission.source.is_some() {
        let message = "A submission of a shared product cannot be updated.";
        return Err(ApiError::update_unauthorized(message));
    }
    if submission.has_failed(call.now) {
        let message = "The workflow of the submission failed: it cannot be updated.";
        return Err(ApiError::update_unauthorized(message));
    }
    let name = &call.json()["name"];
    let mut breaches = Breaches::default();
    breaches.need_text(name, "name");
    breaches.into_result()?;
    submission.name = name.as_str().unwrap_or_default().to_owned();
    Ok(Answer::no_content())
}

pub(super) fn commit(call: &Call, state: &mut State) -> Handled {
    let product = call.own(state).product(call.id("productId")?)?;
    let submission = product.submission(call.id("submissionId")?)?;
    if submission.commit.is_some() {
        return Err(ApiError::state("Only pending submissions can be committed."));
    }
    let (package, path) = take_package(call, product, submission)?;
    if !call.service.settings.certificate_registered {
        return Err(ApiError::unregistered_certificate());
    }
    let place = Place { account: call.account, product: product.id, submission: submission.id };
    let job = Job::new(&call.service.settings, place, product, submission, path)
        .failing(call.service.failures.among(&Step::SUBMISSION));
    let commit = job.commit(call.now);
    let due = commit.plan.received_until();
    let submission = product.submission_mut(place.submission)?;
    submission.commit = Some(commit);
    submission.package = package;
    processing::start(&call.service, state, job, due);
    Ok(Answer::accepted())
}

/// Takes the uploaded package out of the reach of the upload URL, which lives on.
fn take_package(
    call: &Call,
    product: &Product,
    submission: &Submission,
) -> Result<(BlobName, PathBuf), ApiError> {
    let blobs = &call.service.blobs;
    let upload = &submission.package;
    let uploaded = blobs.path(&upload.container, &upload.blob).ok_or_else(|| {
        ApiError::state(
            "The submission has no package: upload it to the URL of its initialPackage download.",
        )
    })?;
    let extension = file_extension(product.text("testHarness"));
    let taken = BlobName::new(product.id, submission.id, "Initial", extension);
    blobs
        .insert(&taken.container, &taken.blob, uploaded)
        .ok()
        .and_then(|()| blobs.path(&taken.container, &taken.blob))
        .map(|path| (taken, path))
        .ok_or_else(|| ApiError::internal("The emulator could not store the package."))
}

pub(super) fn create_publisher_metadata(call: &Call, state: &mut State) -> Handled {
    let product = call.own(state).product(call.id("productId")?)?;
    let submission = product.submission_mut(call.id("submissionId")?)?;
    if !submission.is_finished(call.now) {
        return Err(ApiError::state("The submission is not ready yet, retry after some time."));
    }
    submission.metadata_requested.get_or_insert(call.now);
    Ok(Answer::accepted())
}

/// Translates a partner's ids to those of the caller.
pub(super) fn get_partner(call: &Call, state: &mut State) -> Handled {
    let publisher_id = call.id("publisherId")?;
    let product = Source { publisher_id, id: call.id("productId")? };
    let submission = Source { publisher_id, id: call.id("submissionId")? };
    let shared = call.own(state).shared(product, submission);
    let (product, submission) =
        shared.ok_or_else(|| ApiError::not_found("submission", &submission.id.to_string()))?;
    Ok(Answer::ok(full(call, product, submission)))
}
