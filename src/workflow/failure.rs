//! The service's own words on why it gave something up.

use crate::{
    error::{Error, Result},
    model::{PreprodPackage, ShippingLabel, Submission},
    preprod::PreprodPackageHandler,
    shipping_label::ShippingLabelHandler,
    submission::SubmissionHandler,
};

/// Why it has failed this submission, as `seen` tells, and the report that is told of there.
pub(super) async fn of_submission(submission: &SubmissionHandler, seen: &Submission) -> Error {
    let place = match seen.current_step() {
        Some(step) => format!("the service failed the submission at the step {step}"),
        None => "the service failed the commit".to_owned(),
    };
    let messages = seen.messages().map(str::to_owned).collect();
    let error = Error::workflow_failed(place, messages)
        .with_correlation_id(submission.client().correlation_id());
    match seen.error_report_url() {
        Some(url) => reported(error, submission.read_report(url).await),
        None => error,
    }
}

/// The same for a shipping label.
pub(super) async fn of_label(label: &ShippingLabelHandler, seen: &ShippingLabel) -> Error {
    let status = seen.workflow_status.as_ref();
    let place = match status.and_then(|status| status.current_step.as_ref()) {
        Some(step) => format!("the service failed the shipping label at the step {step}"),
        None => "the service failed the shipping label".to_owned(),
    };
    let messages = status.and_then(|status| status.messages.clone()).unwrap_or_default();
    let error = Error::workflow_failed(place, messages)
        .with_correlation_id(label.client().correlation_id())
        .with_hint(
            "A label that was cancelled reads so too. Mend what the messages name and make another \
             label; the submission itself is not over.",
        );
    match seen.error_report_url() {
        Some(url) => reported(error, label.read_report(url).await),
        None => error,
    }
}

/// The same for a preproduction package, which has no report.
pub(super) fn of_package(package: &PreprodPackageHandler, seen: &PreprodPackage) -> Error {
    let message = seen.error.as_ref().and_then(|error| error.message.clone());
    let place = "the service failed the preproduction package".to_owned();
    Error::workflow_failed(place, message.into_iter().collect())
        .with_correlation_id(package.client().correlation_id())
        .with_hint("Mend the package and submit it again.")
}

/// That the report cannot be read must not hide why the service gave up.
fn reported(error: Error, report: Result<String>) -> Error {
    match report {
        Ok(report) => error.with_report(&report),
        Err(unreadable) => error.with_source(unreadable),
    }
}
