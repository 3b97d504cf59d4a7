//! A service that is small enough to be gone through: it counts what was made.

use super::super::{
    plan::Step,
    view::{LabelView, PackageView, SubmissionView},
};

/// Somebody else's thing of the same name; it was there before.
pub(super) const OTHERS: u64 = 9;

/// What the service holds of this run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Service {
    pub(super) products: u8,
    pub(super) submissions: u8,
    pub(super) uploaded: bool,
    pub(super) commits: u8,
    pub(super) work: Work,
    pub(super) labels: u8,
    pub(super) label: Option<LabelView>,
    /// Two stand for any number: spare packages hurt nobody.
    pub(super) packages: u8,
    pub(super) package: Option<PackageView>,
    /// The driver metadata is made only when it is asked for.
    pub(super) metadata_on_request: bool,
    pub(super) metadata_requested: bool,
}

/// How far the work on the submission is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Work {
    #[default]
    NotBegun,
    Running,
    Signed,
    WithMetadata,
    Failed,
}

impl Service {
    /// Does what a step asks for; whether the service takes it.
    pub(super) fn act(&mut self, step: Step) -> bool {
        match step {
            Step::CreateProduct => self.products += 1,
            Step::CreateSubmission => self.submissions += 1,
            Step::Upload => self.uploaded = true,
            Step::Commit if self.work == Work::NotBegun && self.uploaded => {
                self.commits += 1;
                self.work = Work::Running;
            }
            Step::RequestMetadata => self.metadata_requested = true,
            Step::CreateLabel => {
                self.labels += 1;
                self.label = Some(LabelView::Working);
            }
            Step::SubmitPackage => {
                self.packages = (self.packages + 1).min(2);
                self.package = Some(PackageView::Working);
            }
            _ => return false,
        }
        true
    }

    /// What it may have come to a while later.
    pub(super) fn later(&self) -> Vec<Self> {
        let mut all = Vec::new();
        let works = match self.work {
            Work::Running => vec![Work::Signed, Work::Failed],
            Work::Signed if !self.metadata_on_request || self.metadata_requested => {
                vec![Work::WithMetadata]
            }
            _ => Vec::new(),
        };
        all.extend(works.into_iter().map(|work| Self { work, ..self.clone() }));
        let labels = match self.label {
            Some(LabelView::Working) => vec![LabelView::InApproval, LabelView::Failed],
            Some(LabelView::InApproval) => vec![LabelView::Finished, LabelView::Failed],
            _ => Vec::new(),
        };
        all.extend(labels.into_iter().map(|label| Self { label: Some(label), ..self.clone() }));
        if self.package == Some(PackageView::Working) {
            for package in [PackageView::Signed, PackageView::Failed] {
                all.push(Self { package: Some(package), ..self.clone() });
            }
        }
        // Nothing need have happened.
        all.push(self.clone());
        all
    }

    pub(super) fn submission(&self) -> SubmissionView {
        match self.work {
            Work::NotBegun => SubmissionView::Open { upload: true },
            Work::Running => SubmissionView::Working,
            Work::Signed => SubmissionView::Ready { signed: true, metadata: false },
            Work::WithMetadata => SubmissionView::Ready { signed: true, metadata: true },
            Work::Failed => SubmissionView::Failed,
        }
    }

    /// What it lists of the kind that a step makes, but for so many of the newest.
    pub(super) fn listed(&self, step: Step, hidden: u8) -> Vec<u64> {
        let made = match step {
            Step::CreateProduct | Step::FindProduct => self.products,
            Step::CreateSubmission | Step::FindSubmission => self.submissions,
            Step::CreateLabel | Step::FindLabel => self.labels,
            _ => 0,
        };
        std::iter::once(OTHERS).chain(1..=u64::from(made.saturating_sub(hidden))).collect()
    }
}
