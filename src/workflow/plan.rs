//! What comes next: a pure function of what was ordered, what the run knows, and what the service
//! shows. No I/O, no clock.

use super::{
    known::{Known, Mutation},
    view::{LabelView, PackageView, SubmissionView, View},
};
use crate::error::Stage;

/// What an order comes to, as far as it decides what comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    /// A package for preproduction instead of a submission.
    pub(super) preprod: bool,
    /// The shell of an update is wanted on disk before its package is uploaded.
    pub(super) shell: bool,
    /// There is a package to upload and to commit.
    pub(super) upload: bool,
    /// The signed file is wanted on disk.
    pub(super) file: bool,
    /// A shipping label is wanted.
    pub(super) label: Option<WantedLabel>,
}

/// What a wanted shipping label needs, and how far it is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct WantedLabel {
    /// The driver metadata must be there first.
    pub(super) metadata: bool,
    /// The driver metadata has to be asked for: a partner shared the submission.
    pub(super) on_request: bool,
    /// It is waited for after Microsoft has begun to look at it.
    pub(super) until_finished: bool,
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    CreateProduct,
    /// Look for what a lost answer told of.
    FindProduct,
    CreateSubmission,
    FindSubmission,
    /// Read the submission.
    ReadSubmission,
    /// Fetch what the package of an update is made from.
    FetchShell,
    Upload,
    Commit,
    /// Fetch the signed package.
    Download,
    RequestMetadata,
    CreateLabel,
    FindLabel,
    ReadLabel,
    SubmitPackage,
    ReadPackage,
    /// Fetch the signed files of the preproduction package.
    DownloadAsset,
    /// Look again later.
    Wait,
    /// The service has failed the submission.
    SubmissionFailed,
    LabelFailed,
    PackageFailed,
    Finished,
}

impl Step {
    /// The part of the work that it belongs to; waiting belongs to what is waited for.
    pub(super) fn stage(self) -> Option<Stage> {
        Some(match self {
            Self::Upload => Stage::Upload,
            Self::FetchShell | Self::Download => Stage::Download,
            Self::ReadSubmission | Self::ReadLabel | Self::ReadPackage => Stage::Workflow,
            Self::CreateProduct
            | Self::FindProduct
            | Self::CreateSubmission
            | Self::FindSubmission
            | Self::Commit
            | Self::RequestMetadata
            | Self::CreateLabel
            | Self::FindLabel
            | Self::SubmitPackage
            | Self::DownloadAsset => Stage::Api(self.operation()),
            _ => return None,
        })
    }

    /// Whether it only looks at how far the service is.
    pub(super) fn looks(self) -> bool {
        matches!(self, Self::ReadSubmission | Self::ReadLabel | Self::ReadPackage | Self::Wait)
    }

    /// The `operationId` of its call, or what it does.
    pub(super) fn operation(self) -> &'static str {
        match self {
            Self::CreateProduct | Self::FindProduct => "createProduct",
            Self::CreateSubmission | Self::FindSubmission => "createSubmission",
            Self::ReadSubmission | Self::SubmissionFailed | Self::Wait => "getSubmission",
            Self::Upload => "upload",
            Self::Commit => "commitSubmission",
            Self::FetchShell | Self::Download | Self::Finished => "download",
            Self::RequestMetadata => "createPublisherMetadata",
            Self::CreateLabel | Self::FindLabel => "createShippingLabel",
            Self::ReadLabel | Self::LabelFailed => "getShippingLabel",
            Self::SubmitPackage => "submitPreprodPackage",
            Self::ReadPackage | Self::PackageFailed => "getPreprodPackage",
            Self::DownloadAsset => "downloadPreprodAsset",
        }
    }
}

/// Decides the next step.
pub(super) fn next(wanted: Wanted, known: &Known, view: View) -> Step {
    if wanted.preprod {
        return next_of_package(known, view);
    }
    match known.product {
        Mutation::NotSent => return Step::CreateProduct,
        Mutation::Intended(_) => return Step::FindProduct,
        Mutation::Done(_) => {}
    }
    match known.submission {
        Mutation::NotSent => return Step::CreateSubmission,
        Mutation::Intended(_) => return Step::FindSubmission,
        Mutation::Done(_) => {}
    }
    if wanted.shell && known.shell.is_none() {
        return Step::FetchShell;
    }
    let has_file = !wanted.file || known.file.is_some();
    match (wanted.label, &known.label) {
        (Some(label), Mutation::Done(_)) if has_file => next_of_label(label, view),
        (Some(_), Mutation::Intended(_)) if has_file => Step::FindLabel,
        (None, _) if wanted.file && has_file => Step::Finished,
        _ => next_of_submission(wanted, known, view),
    }
}

fn next_of_submission(wanted: Wanted, known: &Known, view: View) -> Step {
    match view.submission {
        None => Step::ReadSubmission,
        Some(SubmissionView::Failed) => Step::SubmissionFailed,
        Some(SubmissionView::Working) => Step::Wait,
        Some(SubmissionView::Open { upload }) if wanted.upload => {
            next_of_open_submission(known, upload, view.settled)
        }
        // Somebody else has begun it, and is to commit it.
        Some(SubmissionView::Open { .. }) => Step::Wait,
        Some(SubmissionView::Ready { signed, metadata }) => {
            if wanted.file && known.file.is_none() {
                return if signed { Step::Download } else { Step::Wait };
            }
            match wanted.label {
                Some(label) => next_of_ready_submission(label, known, metadata, view.settled),
                None => Step::Finished,
            }
        }
    }
}

fn next_of_open_submission(known: &Known, upload: bool, settled: bool) -> Step {
    match known.commit {
        // What is shown may lag behind a commit that was taken.
        Mutation::Done(()) => Step::Wait,
        Mutation::Intended(_) if !settled => Step::Wait,
        Mutation::NotSent | Mutation::Intended(_) if known.uploaded => Step::Commit,
        _ if upload => Step::Upload,
        _ => Step::Wait,
    }
}

fn next_of_ready_submission(
    label: WantedLabel,
    known: &Known,
    metadata: bool,
    settled: bool,
) -> Step {
    if metadata || !label.metadata {
        return Step::CreateLabel;
    }
    match known.metadata {
        Mutation::NotSent if label.on_request => Step::RequestMetadata,
        // Asking for it once more makes nothing new.
        Mutation::Intended(_) if settled => Step::RequestMetadata,
        _ => Step::Wait,
    }
}

fn next_of_label(label: WantedLabel, view: View) -> Step {
    match view.label {
        None => Step::ReadLabel,
        Some(LabelView::Failed) => Step::LabelFailed,
        Some(LabelView::Finished) => Step::Finished,
        Some(LabelView::InApproval) if !label.until_finished => Step::Finished,
        Some(LabelView::InApproval | LabelView::Working) => Step::Wait,
    }
}

fn next_of_package(known: &Known, view: View) -> Step {
    if known.file.is_some() {
        return Step::Finished;
    }
    match (&known.package, view.package) {
        // A spare package hurts nobody, so what became of a lost answer need not be known.
        (Mutation::NotSent | Mutation::Intended(_), _) => Step::SubmitPackage,
        (Mutation::Done(_), None) => Step::ReadPackage,
        (Mutation::Done(_), Some(PackageView::Working)) => Step::Wait,
        (Mutation::Done(_), Some(PackageView::Signed)) => Step::DownloadAsset,
        (Mutation::Done(_), Some(PackageView::Failed)) => Step::PackageFailed,
    }
}

#[cfg(test)]
mod tests;
