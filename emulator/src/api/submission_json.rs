//! Submissions as they stand in answers.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{
    Call,
    links::{link, submission_path},
    time,
};
use crate::{
    blob::Sas,
    state::{BlobName, Commit, Product, Submission},
    workflow::Progress,
};

/// How long a SAS URL lives.
const SAS_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// A submission as it stands in a list.
pub(super) fn brief(call: &Call, product: u64, submission: &Submission) -> Value {
    Value::Object(fields(call, product, submission))
}

/// A submission as it is answered alone, with its downloads and its workflow.
pub(super) fn full(call: &Call, product: &Product, submission: &Submission) -> Value {
    let mut json = fields(call, product.id, submission);
    json.insert("downloads".to_owned(), downloads(call, product, submission));
    if let Some(commit) = &submission.commit {
        json.insert("workflowStatus".to_owned(), workflow_status(call, commit));
    }
    Value::Object(json)
}

fn fields(call: &Call, product: u64, submission: &Submission) -> Map<String, Value> {
    let path = submission_path(product, submission.id);
    let extension = submission.results(call.now).is_some_and(|results| results.is_extension);
    Map::from_iter([
        ("id".to_owned(), json!(submission.id)),
        ("productId".to_owned(), json!(product)),
        ("name".to_owned(), json!(submission.name)),
        ("type".to_owned(), json!(submission.kind.as_str())),
        ("commitStatus".to_owned(), json!(submission.commit_status(call.now))),
        ("isExtensionInf".to_owned(), json!(extension)),
        ("isUniversal".to_owned(), json!(false)),
        ("isDeclarativeInf".to_owned(), json!(false)),
        ("createdBy".to_owned(), json!(call.actor())),
        ("createdDateTime".to_owned(), json!(time(submission.created))),
        (
            "links".to_owned(),
            json!([
                link(call, "self", "GET", &path),
                link(call, "commit_submission", "POST", &format!("{path}/commit")),
                link(call, "update_submission", "PATCH", &path),
            ]),
        ),
    ])
}

fn workflow_status(call: &Call, commit: &Commit) -> Value {
    let report = commit.outcome.as_ref().and_then(|outcome| outcome.report.as_ref());
    progress_json(call, &commit.progress(call.now), report)
}

/// `workflowStatus`, with the report once it has failed.
pub(super) fn progress_json(
    call: &Call,
    progress: &Progress<'_>,
    report: Option<&BlobName>,
) -> Value {
    let messages = match progress.failure {
        Some(failure) => failure.messages.clone(),
        None if progress.cancelled => vec!["The shipping label was cancelled.".to_owned()],
        None => Vec::new(),
    };
    let mut json = json!({
        "currentStep": progress.step.as_str(),
        "state": progress.state.as_str(),
        "messages": messages,
    });
    if let Some(report) = report.filter(|_| progress.failure.is_some()) {
        json["errorReport"] = sas_url(call, report, "r").into();
    }
    json
}

fn downloads(call: &Call, product: &Product, submission: &Submission) -> Value {
    let mut items = Vec::new();
    let mut add = |kind: &str, blob: &BlobName, permissions: &str| {
        items.push(json!({ "type": kind, "url": sas_url(call, blob, permissions) }));
    };
    if submission.source.is_none() {
        // Once committed the package is the service's, and may only be read.
        let permissions = if submission.commit.is_none() { "rwl" } else { "r" };
        add("initialPackage", &submission.package, permissions);
    }
    if let Some(results) = submission.results(call.now) {
        if let Some(shell) = &results.shell {
            add("derivedPackage", shell, "r");
        }
        add("signedPackage", &results.signed, "r");
        if submission.shows_metadata(call.now) {
            add("driverMetadata", &results.metadata, "r");
        }
        let report = format!(
            "https://partner.microsoft.com/dashboard/hardware/driver/{}/submission/{}",
            product.id, submission.id
        );
        items.push(json!({ "type": "certificationReport", "url": report }));
    }
    json!({ "items": items, "messages": [] })
}

fn sas_url(call: &Call, name: &BlobName, permissions: &str) -> String {
    let sas = Sas { permissions, lifetime: SAS_LIFETIME, file_name: Some(&name.file_name) };
    call.service.blobs.sas_url(&call.service.origin, &name.container, &name.blob, sas)
}
