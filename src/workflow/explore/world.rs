//! A run, its journal and the service, at one moment.

use chrono::DateTime;
use uuid::Uuid;

use super::{
    Kind,
    service::{OTHERS, Service, Work},
};
use crate::{
    model::{ProductId, ShippingLabelId, SubmissionId},
    workflow::{
        known::{Answer, Known, Mutation, Saved, Sending},
        plan::{self, Step, Wanted, WantedLabel},
        reconcile::{Found, judge},
        view::{LabelView, PackageView, View},
    },
};

/// How often something may go wrong, the end of the process not counted: it may come at any time.
const FAULTS: u8 = 3;

const LABEL: WantedLabel = WantedLabel { metadata: true, on_request: false, until_finished: false };

const PARTNER: WantedLabel = WantedLabel { metadata: false, until_finished: true, ..LABEL };

/// With what a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Start {
    /// By attestation, HLK or HCK: how a driver was tested decides nothing of what comes next.
    Sign,
    SignAndPublish,
    SignAndShare,
    Update,
    UpdateFromShell,
    UpdateAndPublish,
    Publish,
    PublishToTheEnd,
    PublishShared,
    Share,
    /// Somebody else has committed the submission.
    Attach,
    /// Somebody else has made the submission, and no more.
    TakeOver,
    Preprod,
}

impl Start {
    pub(super) const ALL: [Self; 13] = [
        Self::Sign,
        Self::SignAndPublish,
        Self::SignAndShare,
        Self::Update,
        Self::UpdateFromShell,
        Self::UpdateAndPublish,
        Self::Publish,
        Self::PublishToTheEnd,
        Self::PublishShared,
        Self::Share,
        Self::Attach,
        Self::TakeOver,
        Self::Preprod,
    ];

    fn wanted(self) -> Wanted {
        let sign = Wanted { preprod: false, shell: false, upload: true, file: true, label: None };
        let label = |label| Wanted { label: Some(label), upload: false, file: false, ..sign };
        match self {
            Self::Sign | Self::Update | Self::TakeOver => sign,
            Self::SignAndPublish | Self::UpdateAndPublish => Wanted { label: Some(LABEL), ..sign },
            Self::SignAndShare => Wanted { label: Some(PARTNER), ..sign },
            Self::Publish => label(LABEL),
            Self::PublishToTheEnd => label(WantedLabel { until_finished: true, ..LABEL }),
            Self::PublishShared => label(WantedLabel { on_request: true, ..LABEL }),
            Self::Share => label(PARTNER),
            Self::UpdateFromShell => Wanted { shell: true, ..sign },
            Self::Attach => Wanted { upload: false, ..sign },
            Self::Preprod => Wanted { preprod: true, ..sign },
        }
    }

    fn has_product(self) -> bool {
        !matches!(self, Self::Sign | Self::SignAndPublish | Self::SignAndShare | Self::Preprod)
    }

    fn has_submission(self) -> bool {
        self.has_product()
            && !matches!(self, Self::Update | Self::UpdateFromShell | Self::UpdateAndPublish)
    }

    fn is_committed(self) -> bool {
        self.has_submission() && self != Self::TakeOver
    }
}

/// How long a run waits for what a lost answer told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Patience {
    /// As long as it takes.
    Real,
    /// Not at all: a run that would do things twice.
    None,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct World {
    start: Start,
    patience: Patience,
    /// The journal, which outlasts the process.
    known: Known,
    /// What the process has seen, which does not.
    view: View,
    /// So much time has passed since the last intent, or since the process began.
    settled: bool,
    service: Service,
    /// A call whose answer was lost, and which may still act.
    late: Option<Step>,
    /// The newest thing is not in the lists yet.
    hidden: bool,
    faults_left: u8,
}

impl World {
    pub(super) fn new(start: Start, patience: Patience) -> Self {
        let (mut known, mut service) = (Known::default(), Service::default());
        if start.has_product() {
            known.product = Mutation::Done(ProductId::new(1));
            service.products = 1;
        }
        if start.has_submission() {
            known.submission = Mutation::Done(SubmissionId::new(1));
            service.submissions = 1;
        }
        if start.is_committed() {
            (service.work, service.commits) = (Work::Running, 1);
        }
        service.metadata_on_request = start == Start::PublishShared;
        let (view, faults_left) = (View::default(), FAULTS);
        let (settled, late, hidden) = (false, None, false);
        Self { start, patience, known, view, settled, service, late, hidden, faults_left }
    }

    pub(super) fn step(&self) -> Step {
        plan::next(self.start.wanted(), &self.known, self.view)
    }

    /// Whether there are two of anything.
    pub(super) fn has_two(&self) -> bool {
        let Service { products, submissions, commits, labels, .. } = self.service;
        products > 1 || submissions > 1 || commits > 1 || labels > 1
    }

    /// Whether it has come to what was ordered.
    pub(super) fn is_done(&self) -> bool {
        self.step() == Step::Finished
    }

    /// Whether the service has given something up, so that the run cannot come to what was ordered.
    pub(super) fn has_failed(&self) -> bool {
        let Service { work, label, package, .. } = self.service;
        work == Work::Failed
            || label == Some(LabelView::Failed)
            || package == Some(PackageView::Failed)
    }

    /// There is one of everything at most, and what the journal holds is ours.
    pub(super) fn check(&self) {
        assert!(!self.has_two(), "{self:#?}");
        let labels = self.service.labels;
        assert_ne!(self.known.product.done(), Some(ProductId::new(OTHERS)), "{self:#?}");
        assert_ne!(self.known.submission.done(), Some(SubmissionId::new(OTHERS)), "{self:#?}");
        assert_ne!(self.known.label.done(), Some(ShippingLabelId::new(OTHERS)), "{self:#?}");
        if self.step() == Step::Finished {
            let wanted = self.start.wanted();
            assert_eq!(wanted.label.is_some(), labels == 1, "{self:#?}");
            assert!(!wanted.file || self.known.file.is_some(), "{self:#?}");
        }
    }

    /// Every world that may follow.
    pub(super) fn nexts(&self) -> Vec<(Kind, Self)> {
        let mut all = vec![(Kind::Bad, self.resumed())];
        if let Some(step) = self.late {
            all.push((Kind::Bad, self.with(|world| world.act_late(step))));
        }
        match self.step() {
            step @ (Step::CreateProduct
            | Step::CreateSubmission
            | Step::Commit
            | Step::RequestMetadata
            | Step::CreateLabel
            | Step::SubmitPackage) => all.extend(self.mutations(step)),
            step @ (Step::FindProduct | Step::FindSubmission | Step::FindLabel) => {
                all.extend(self.find(step));
            }
            Step::Upload => {
                let sent = self.with(|world| _ = world.service.act(Step::Upload));
                let noted = |world: &Self| world.after(|world| world.known.uploaded = true);
                all.push((Kind::Bad, sent.resumed()));
                all.push((Kind::Good, noted(&sent)));
                // Blob storage has said that it arrived, but the service has no package.
                all.extend(self.spent().map(|world| (Kind::Bad, noted(&world))));
            }
            Step::FetchShell => {
                let shell = Some(Saved { bytes: 1, md5: [0; 16] });
                all.push((Kind::Good, self.after(|world| world.known.shell = shell)));
            }
            Step::Download | Step::DownloadAsset => {
                let file = Some(Saved { bytes: 1, md5: [0; 16] });
                all.push((Kind::Good, self.after(|world| world.known.file = file)));
            }
            step @ (Step::ReadSubmission | Step::ReadLabel | Step::ReadPackage) => {
                all.extend(self.read(step));
            }
            Step::Wait => all.extend(self.wait()),
            Step::SubmissionFailed | Step::LabelFailed | Step::PackageFailed | Step::Finished => {}
        }
        all
    }

    fn is_settled(&self) -> bool {
        self.settled || self.patience == Patience::None
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut world = self.clone();
        change(&mut world);
        world
    }

    /// The same after something was done: what was seen before says nothing any more.
    fn after(&self, change: impl FnOnce(&mut Self)) -> Self {
        self.with(|world| {
            change(world);
            world.view = View::default();
        })
    }

    /// The process has ended, and another one has the journal.
    fn resumed(&self) -> Self {
        self.after(|world| world.settled = false)
    }

    fn spent(&self) -> Option<Self> {
        let faults_left = self.faults_left.checked_sub(1)?;
        Some(Self { faults_left, ..self.clone() })
    }

    fn act_late(&mut self, step: Step) {
        self.service.act(step);
        self.late = None;
    }

    /// A call that must not be done twice, and everything that can become of it.
    fn mutations(&self, step: Step) -> Vec<(Kind, Self)> {
        let noted = self.after(|world| world.intend(step));
        let mut acted = noted.clone();
        let taken = acted.service.act(step);
        let answered = acted.with(|world| {
            // As the run does: a package is missing, or the commit was done before.
            world.known.uploaded &= taken || step != Step::Commit;
            world.answered(step, taken.then_some(true));
        });
        let lost = |world: &Self| world.with(|world| world.answered(step, None));
        let late = noted.with(|world| world.late = Some(step));
        let hidden = acted.with(|world| world.hidden = true);
        let mut all = vec![(Kind::Good, answered)];
        for unanswered in [&noted, &acted, &late, &hidden] {
            all.push((Kind::Bad, unanswered.resumed()));
            all.extend(unanswered.spent().map(|world| (Kind::Bad, lost(&world))));
        }
        let refused = noted.spent().map(|world| world.with(|w| w.answered(step, Some(false))));
        all.extend(refused.map(|world| (Kind::Bad, world)));
        all
    }

    fn intend(&mut self, step: Step) {
        let there = self.service.listed(step, 0);
        let sending = Sending { at: DateTime::UNIX_EPOCH, request_id: Uuid::nil() };
        let known = &mut self.known;
        match step {
            Step::CreateProduct => known.product.intend(sending, Some(ids(&there))),
            Step::CreateSubmission => known.submission.intend(sending, Some(ids(&there))),
            Step::CreateLabel => known.label.intend(sending, Some(ids(&there))),
            Step::Commit => known.commit.intend(sending, None),
            Step::RequestMetadata => known.metadata.intend(sending, None),
            _ => known.package.intend(sending, None),
        }
        (self.settled, self.hidden) = (false, false);
    }

    /// `None` stands for a lost answer, and for the refusal of what was done before.
    fn answered(&mut self, step: Step, done: Option<bool>) {
        fn answer<T>(done: Option<bool>, made: T) -> Answer<T> {
            match done {
                Some(true) => Answer::Done(made),
                Some(false) => Answer::Refused,
                // The answer to a further attempt.
                None => Answer::Lost(Some(Uuid::max())),
            }
        }
        let known = &mut self.known;
        match step {
            Step::CreateProduct => known.product.answered(answer(done, ProductId::new(1))),
            Step::CreateSubmission => known.submission.answered(answer(done, SubmissionId::new(1))),
            Step::CreateLabel => known.label.answered(answer(done, ShippingLabelId::new(1))),
            Step::Commit => known.commit.answered(answer(done, ())),
            Step::RequestMetadata => known.metadata.answered(answer(done, ())),
            _ => known.package.answered(answer(done, "p".parse().expect("an id"))),
        }
    }

    fn find(&self, step: Step) -> Vec<(Kind, Self)> {
        let listed = self.service.listed(step, u8::from(self.hidden));
        let mut world = self.clone();
        let known = &mut world.known;
        let waits = match step {
            Step::FindProduct => found(&mut known.product, &ids(&listed), self.is_settled()),
            Step::FindSubmission => found(&mut known.submission, &ids(&listed), self.is_settled()),
            _ => found(&mut known.label, &ids(&listed), self.is_settled()),
        };
        if waits { self.wait() } else { vec![(Kind::Good, world.after(|_| {}))] }
    }

    fn read(&self, step: Step) -> Vec<(Kind, Self)> {
        let now = self.with(|world| {
            world.view.settled = world.is_settled();
            match step {
                Step::ReadSubmission => {
                    let seen = world.service.submission();
                    world.view.submission = Some(seen);
                    world.known.saw(seen);
                }
                Step::ReadLabel => world.view.label = world.service.label,
                _ => world.view.package = world.service.package,
            }
        });
        let mut all = vec![(Kind::Good, now.clone())];
        // What is shown may lag behind a commit.
        if step == Step::ReadSubmission && self.service.work == Work::Running {
            let before = Service::default().submission();
            let lagging = self.spent().map(|world| {
                world.with(|world| {
                    world.view.settled = world.is_settled();
                    world.view.submission = Some(before);
                })
            });
            all.extend(lagging.map(|world| (Kind::Bad, world)));
        }
        all
    }

    /// So much time passes that nothing is open any more.
    fn wait(&self) -> Vec<(Kind, Self)> {
        let acted = self.late.map(|step| self.with(|world| world.act_late(step)));
        let never = self.with(|world| world.late = None);
        let worlds = acted.into_iter().chain([never]);
        let settled =
            worlds.map(|world| world.after(|world| (world.settled, world.hidden) = (true, false)));
        let later = settled.flat_map(|world| {
            let services = world.service.later().into_iter();
            services.map(move |service| Self { service, ..world.clone() })
        });
        later.map(|world| (Kind::Good, world)).collect()
    }
}

fn ids<T: From<u64>>(numbers: &[u64]) -> Vec<T> {
    numbers.iter().copied().map(T::from).collect()
}

/// Whether nothing is clear yet.
fn found<T: Clone + PartialEq + std::fmt::Debug>(
    mutation: &mut Mutation<T>,
    listed: &[T],
    settled: bool,
) -> bool {
    let Mutation::Intended(intent) = mutation else { panic!("nothing is open: {mutation:?}") };
    let found = judge(intent, listed, settled);
    assert!(!matches!(found, Found::Several(_)), "{found:?}");
    mutation.found(&found);
    found == Found::NotYet
}
