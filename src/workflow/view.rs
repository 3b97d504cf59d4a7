//! What the service shows, as far as it decides what comes next.

use crate::model::{
    CommitStatus, DownloadType, PreprodPackage, PreprodSigningStatus, ShippingLabel, Submission,
    WorkflowState, WorkflowStep,
};

/// What the service has shown since something was done last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct View {
    pub(super) submission: Option<SubmissionView>,
    pub(super) label: Option<LabelView>,
    pub(super) package: Option<PackageView>,
    /// So much time had passed before the look that nothing more can come of a call whose answer was
    /// lost.
    pub(super) settled: bool,
}

impl View {
    /// Whether it is the service's turn.
    pub(super) fn is_at_service(&self) -> bool {
        let is_begun = !matches!(self.submission, None | Some(SubmissionView::Open { .. }));
        is_begun || self.label.is_some() || self.package.is_some()
    }
}

/// How far a submission is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum SubmissionView {
    /// It waits for its commit; a package can be uploaded when there is a place for it.
    Open { upload: bool },
    /// The service is at work.
    Working,
    /// The service has failed it, for good.
    Failed,
    /// Something came of it: the signed package, the driver metadata.
    Ready { signed: bool, metadata: bool },
}

/// How far a shipping label is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum LabelView {
    /// The service is at work.
    Working,
    /// Microsoft looks at it or has approved it: no automation can do more.
    InApproval,
    /// It is published or shared.
    Finished,
    /// The service has failed it, for good.
    Failed,
}

/// How far a preproduction package is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum PackageView {
    Working,
    Signed,
    Failed,
}

impl SubmissionView {
    pub(super) fn of(seen: &Submission) -> Self {
        if seen.has_failed() {
            return Self::Failed;
        }
        // The only sure sign of success: `completed` speaks of one step alone.
        let signed = seen.signed_package_url().is_some();
        let metadata = seen.download_url(&DownloadType::DriverMetadata).is_some();
        if signed || metadata {
            return Self::Ready { signed, metadata };
        }
        // Where the commit is not told, a step that has begun tells of it.
        let has_begun = seen.step_state().is_some_and(|state| *state != WorkflowState::NotStarted);
        match seen.commit_status {
            None if has_begun => Self::Working,
            None | Some(CommitStatus::CommitPending) => {
                Self::Open { upload: seen.upload_url().is_some() }
            }
            _ => Self::Working,
        }
    }
}

impl LabelView {
    pub(super) fn of(seen: &ShippingLabel) -> Self {
        let status = seen.workflow_status.as_ref();
        let state = status.and_then(|status| status.state.as_ref());
        if state == Some(&WorkflowState::Failed) {
            return Self::Failed;
        }
        let completed = state == Some(&WorkflowState::Completed);
        match status.and_then(|status| status.current_step.as_ref()) {
            Some(WorkflowStep::FinalizePublishing | WorkflowStep::FinalizeSharing) if completed => {
                Self::Finished
            }
            Some(
                WorkflowStep::MicrosoftApproval
                | WorkflowStep::Publishing
                | WorkflowStep::FinalizePublishing,
            ) => Self::InApproval,
            _ => Self::Working,
        }
    }
}

impl PackageView {
    pub(super) fn of(seen: &PreprodPackage) -> Self {
        match seen.signing_status {
            Some(PreprodSigningStatus::Succeeded) => Self::Signed,
            Some(PreprodSigningStatus::Failed) => Self::Failed,
            _ => Self::Working,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn submission(json: Value) -> SubmissionView {
        SubmissionView::of(&serde_json::from_value(json).unwrap())
    }

    fn item(kind: &str) -> Value {
        json!({ "downloads": { "items": [{ "type": kind, "url": "https://blob/file" }] } })
    }

    #[test]
    fn a_submission_is_ready_by_its_downloads_alone() {
        let status = |commit, step, state| {
            submission(json!({ "commitStatus": commit,
                "workflowStatus": { "currentStep": step, "state": state } }))
        };
        let untold = |state| {
            submission(json!({ "commitStatus": null,
                "workflowStatus": { "currentStep": "packageInfoValidation", "state": state } }))
        };
        for (view, expected) in [
            (untold("notStarted"), SubmissionView::Open { upload: false }),
            (untold("started"), SubmissionView::Working),
            (untold("completed"), SubmissionView::Working),
            (untold("failed"), SubmissionView::Failed),
            (submission(item("InitialPackage")), SubmissionView::Open { upload: true }),
            (submission(json!({})), SubmissionView::Open { upload: false }),
            (status("commitPending", "", ""), SubmissionView::Open { upload: false }),
            (status("commitReceived", "packageInfoValidation", "started"), SubmissionView::Working),
            (status("commitComplete", "scanning", "completed"), SubmissionView::Working),
            (status("commitComplete", "finalizeIngestion", "completed"), SubmissionView::Working),
            (status("someNewStatus", "7", "started"), SubmissionView::Working),
            (status("commitFailed", "", ""), SubmissionView::Failed),
            (status("commitComplete", "validation", "failed"), SubmissionView::Failed),
            (
                submission(item("SignedPackage")),
                SubmissionView::Ready { signed: true, metadata: false },
            ),
            (
                submission(item("driverMetadata")),
                SubmissionView::Ready { signed: false, metadata: true },
            ),
        ] {
            assert_eq!(view, expected);
        }
    }

    #[test]
    fn a_label_ends_at_its_last_step_and_automation_ends_at_the_approval() {
        for (step, state, expected) in [
            ("created", "started", LabelView::Working),
            ("publishJobValidation", "completed", LabelView::Working),
            ("microsoftApproval", "notStarted", LabelView::InApproval),
            ("microsoftApproval", "failed", LabelView::Failed),
            ("publishing", "completed", LabelView::InApproval),
            ("finalizePublishing", "started", LabelView::InApproval),
            ("finalizePublishing", "Completed", LabelView::Finished),
            ("finalizeSharing", "started", LabelView::Working),
            ("finalizeSharing", "completed", LabelView::Finished),
            ("7", "completed", LabelView::Working),
        ] {
            let json = json!({ "workflowStatus": { "currentStep": step, "state": state } });
            let label: ShippingLabel = serde_json::from_value(json).unwrap();
            assert_eq!(LabelView::of(&label), expected, "{step} {state}");
        }
        assert_eq!(LabelView::of(&ShippingLabel::default()), LabelView::Working);
    }

    #[test]
    fn a_preproduction_package_is_at_work_until_it_says_otherwise() {
        for (status, expected) in [
            (Some("NotStarted"), PackageView::Working),
            (Some("processing"), PackageView::Working),
            (None, PackageView::Working),
            (Some("Succeeded"), PackageView::Signed),
            (Some("failed"), PackageView::Failed),
        ] {
            let signing_status = status.map(PreprodSigningStatus::from);
            let package = PreprodPackage { signing_status, ..PreprodPackage::default() };
            assert_eq!(PackageView::of(&package), expected, "{status:?}");
        }
    }
}
