#![expect(clippy::print_stdout, reason = "how much was tried is told to whoever asks to see it")]

use chrono::DateTime;

use super::*;
use crate::{
    model::{PreprodPackageId, ProductId, ShippingLabelId, SubmissionId},
    workflow::known::{Intent, Saved},
};

const SIGN: Wanted = Wanted { preprod: false, shell: false, upload: true, file: true, label: None };
const PUBLISH: Wanted = Wanted { upload: false, file: false, label: Some(TO_APPROVAL), ..SIGN };
const SIGN_AND_PUBLISH: Wanted = Wanted { label: Some(TO_APPROVAL), ..SIGN };
const FROM_SHELL: Wanted = Wanted { shell: true, ..SIGN };
const PREPROD: Wanted = Wanted { preprod: true, ..SIGN };
const TO_APPROVAL: WantedLabel =
    WantedLabel { metadata: true, on_request: false, until_finished: false };
const SHARED: WantedLabel = WantedLabel { on_request: true, ..TO_APPROVAL };
const TO_THE_END: WantedLabel = WantedLabel { until_finished: true, ..TO_APPROVAL };

const OPEN: View = seen(SubmissionView::Open { upload: true });
const SIGNED: View = seen(SubmissionView::Ready { signed: true, metadata: false });
const SIGNED_WITH_METADATA: View = seen(SubmissionView::Ready { signed: true, metadata: true });
const NOTHING: View = View { submission: None, label: None, package: None, settled: false };

const fn seen(submission: SubmissionView) -> View {
    View { submission: Some(submission), ..NOTHING }
}

fn label(label: LabelView) -> View {
    View { label: Some(label), ..NOTHING }
}

fn package(package: PackageView) -> View {
    View { package: Some(package), ..NOTHING }
}

fn intended<T>() -> Mutation<T> {
    Mutation::Intended(Intent {
        at: DateTime::UNIX_EPOCH,
        there: Some(Vec::new()),
        request_id: None,
    })
}

/// What is known when the submission has been made.
fn made() -> Known {
    Known {
        product: Mutation::Done(ProductId::new(1)),
        submission: Mutation::Done(SubmissionId::new(2)),
        ..Known::default()
    }
}

fn committed() -> Known {
    Known { uploaded: true, commit: Mutation::Done(()), ..made() }
}

fn saved() -> Option<Saved> {
    Some(Saved { bytes: 9, md5: [0; 16] })
}

#[test]
fn every_transition() {
    use Step::*;
    let uploaded = || Known { uploaded: true, ..made() };
    let unclear = || Known { commit: intended(), ..uploaded() };
    let fetched = || Known { file: saved(), ..committed() };
    let labelled = || Known { label: Mutation::Done(ShippingLabelId::new(3)), ..fetched() };
    let submitted = || Known { package: Mutation::Done("p".parse().unwrap()), ..Known::default() };
    let settled = |view| View { settled: true, ..view };
    let shared = Wanted { label: Some(SHARED), ..PUBLISH };
    let to_the_end = Wanted { label: Some(TO_THE_END), ..PUBLISH };
    let without_metadata =
        Wanted { label: Some(WantedLabel { metadata: false, ..TO_THE_END }), ..PUBLISH };
    let asked = |metadata| Known { metadata, ..made() };
    for (number, (wanted, known, view, step)) in [
        // What is made comes first, and what may have been made is looked for.
        (SIGN, Known::default(), NOTHING, CreateProduct),
        (SIGN, Known { product: intended(), ..Known::default() }, NOTHING, FindProduct),
        (SIGN, Known { submission: Mutation::NotSent, ..made() }, NOTHING, CreateSubmission),
        (SIGN, Known { submission: intended(), ..made() }, NOTHING, FindSubmission),
        // The package is made from the shell.
        (FROM_SHELL, Known { submission: intended(), ..made() }, NOTHING, FindSubmission),
        (FROM_SHELL, made(), NOTHING, FetchShell),
        (FROM_SHELL, made(), OPEN, FetchShell),
        (FROM_SHELL, Known { shell: saved(), ..made() }, OPEN, Upload),
        // The package and its commit.
        (SIGN, made(), NOTHING, ReadSubmission),
        (SIGN, made(), OPEN, Upload),
        (SIGN, made(), seen(SubmissionView::Open { upload: false }), Wait),
        (SIGN, uploaded(), OPEN, Commit),
        (SIGN, uploaded(), seen(SubmissionView::Open { upload: false }), Commit),
        (SIGN, unclear(), OPEN, Wait),
        (SIGN, unclear(), settled(OPEN), Commit),
        (SIGN, unclear(), seen(SubmissionView::Working), Wait),
        // What is shown may lag behind a commit that was taken.
        (SIGN, committed(), OPEN, Wait),
        // Somebody else has committed: nothing is left to be sent.
        (SIGN, made(), seen(SubmissionView::Working), Wait),
        // Nobody gave a package: somebody else is at it.
        (Wanted { upload: false, ..SIGN }, made(), OPEN, Wait),
        // The end of the service's work.
        (SIGN, committed(), seen(SubmissionView::Working), Wait),
        (SIGN, committed(), seen(SubmissionView::Failed), SubmissionFailed),
        (SIGN, committed(), SIGNED, Download),
        (SIGN, committed(), seen(SubmissionView::Ready { signed: false, metadata: true }), Wait),
        (SIGN, fetched(), SIGNED, Finished),
        (SIGN, fetched(), NOTHING, Finished),
        (Wanted { file: false, ..SIGN }, committed(), SIGNED, Finished),
        // A shipping label waits for the driver metadata, which may have to be asked for.
        (SIGN_AND_PUBLISH, committed(), SIGNED_WITH_METADATA, Download),
        (SIGN_AND_PUBLISH, fetched(), NOTHING, ReadSubmission),
        (SIGN_AND_PUBLISH, fetched(), SIGNED, Wait),
        (SIGN_AND_PUBLISH, fetched(), SIGNED_WITH_METADATA, CreateLabel),
        (PUBLISH, made(), OPEN, Wait),
        (PUBLISH, made(), SIGNED, Wait),
        (PUBLISH, made(), SIGNED_WITH_METADATA, CreateLabel),
        (without_metadata, made(), SIGNED, CreateLabel),
        (shared, made(), SIGNED, RequestMetadata),
        (shared, asked(intended()), SIGNED, Wait),
        (shared, asked(intended()), settled(SIGNED), RequestMetadata),
        (shared, asked(Mutation::Done(())), settled(SIGNED), Wait),
        (shared, asked(Mutation::Done(())), SIGNED_WITH_METADATA, CreateLabel),
        (PUBLISH, Known { label: intended(), ..made() }, SIGNED_WITH_METADATA, FindLabel),
        // The label's own way.
        (SIGN_AND_PUBLISH, labelled(), NOTHING, ReadLabel),
        (SIGN_AND_PUBLISH, labelled(), label(LabelView::Working), Wait),
        (SIGN_AND_PUBLISH, labelled(), label(LabelView::Failed), LabelFailed),
        (SIGN_AND_PUBLISH, labelled(), label(LabelView::InApproval), Finished),
        (to_the_end, labelled(), label(LabelView::InApproval), Wait),
        (to_the_end, labelled(), label(LabelView::Finished), Finished),
        // Preproduction.
        (PREPROD, Known::default(), NOTHING, SubmitPackage),
        (PREPROD, Known { package: intended(), ..Known::default() }, NOTHING, SubmitPackage),
        (PREPROD, submitted(), NOTHING, ReadPackage),
        (PREPROD, submitted(), package(PackageView::Working), Wait),
        (PREPROD, submitted(), package(PackageView::Failed), PackageFailed),
        (PREPROD, submitted(), package(PackageView::Signed), DownloadAsset),
        (PREPROD, Known { file: saved(), ..submitted() }, NOTHING, Finished),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(next(wanted, &known, view), step, "row {number}: {known:?} {view:?}");
    }
}

fn mutations<T: Clone>(id: T) -> [Mutation<T>; 3] {
    [Mutation::NotSent, intended(), Mutation::Done(id)]
}

fn every_known() -> Vec<Known> {
    let mut all = vec![Known::default()];
    let mut vary = |change: &dyn Fn(&Known) -> Vec<Known>| {
        all = all.iter().flat_map(change).collect();
    };
    let each = |known: &Known, set: &dyn Fn(&mut Known, usize), count| {
        let varied = (0..count).map(|index| {
            let mut known = known.clone();
            set(&mut known, index);
            known
        });
        varied.collect::<Vec<_>>()
    };
    let id: PreprodPackageId = "p".parse().unwrap();
    vary(&|k| each(k, &|k, i| k.product = mutations(ProductId::new(1))[i].clone(), 3));
    vary(&|k| each(k, &|k, i| k.submission = mutations(SubmissionId::new(2))[i].clone(), 3));
    vary(&|k| each(k, &|k, i| k.commit = mutations(())[i].clone(), 3));
    vary(&|k| each(k, &|k, i| k.metadata = mutations(())[i].clone(), 3));
    vary(&|k| each(k, &|k, i| k.label = mutations(ShippingLabelId::new(3))[i].clone(), 3));
    vary(&|k| each(k, &|k, i| k.package = mutations(id.clone())[i].clone(), 3));
    vary(&|k| each(k, &|k, i| k.uploaded = i == 1, 2));
    vary(&|k| each(k, &|k, i| k.file = (i == 1).then(saved).flatten(), 2));
    vary(&|k| each(k, &|k, i| k.shell = (i == 1).then(saved).flatten(), 2));
    all
}

fn every_view() -> Vec<View> {
    let mut submissions = vec![None, Some(SubmissionView::Working), Some(SubmissionView::Failed)];
    for yes in [false, true] {
        submissions.push(Some(SubmissionView::Open { upload: yes }));
        for metadata in [false, true] {
            submissions.push(Some(SubmissionView::Ready { signed: yes, metadata }));
        }
    }
    use LabelView::{Failed, Finished, InApproval, Working};
    let mut all = Vec::new();
    for submission in submissions {
        for label in [None, Some(Working), Some(InApproval), Some(Finished), Some(Failed)] {
            for settled in [false, true] {
                all.push(View { submission, label, package: None, settled });
            }
        }
    }
    for package in [PackageView::Working, PackageView::Signed, PackageView::Failed] {
        all.push(View { package: Some(package), ..NOTHING });
    }
    all
}

fn every_order() -> Vec<Wanted> {
    let mut labels = vec![None];
    for metadata in [false, true] {
        for on_request in [false, true] {
            for until_finished in [false, true] {
                labels.push(Some(WantedLabel { metadata, on_request, until_finished }));
            }
        }
    }
    let mut all = vec![PREPROD, FROM_SHELL];
    for label in labels {
        for upload in [false, true] {
            for file in [false, true] {
                all.push(Wanted { upload, file, label, ..SIGN });
            }
        }
    }
    all
}

/// Whether a call that must not be done twice is surely not done, or was looked for long enough.
fn may_be_sent<T>(call: &Mutation<T>, settled: bool) -> bool {
    match call {
        Mutation::NotSent => true,
        Mutation::Intended(_) => settled,
        Mutation::Done(_) => false,
    }
}

/// What must hold of a step, whatever led to it: what may be there is never made again, and each step
/// leads on or tells why it cannot.
fn check(wanted: Wanted, known: &Known, view: View, step: Step) -> bool {
    let is_made = known.product.done().is_some() && known.submission.done().is_some();
    let is_open = is_made && matches!(view.submission, Some(SubmissionView::Open { .. }));
    let ready = match view.submission {
        Some(SubmissionView::Ready { signed, metadata }) if is_made => Some((signed, metadata)),
        _ => None,
    };
    let has_file = !wanted.file || known.file.is_some();
    match step {
        Step::CreateProduct => known.product == Mutation::NotSent,
        Step::FindProduct => known.product.is_intended(),
        Step::CreateSubmission => {
            known.product.done().is_some() && known.submission == Mutation::NotSent
        }
        Step::FindSubmission => known.submission.is_intended(),
        Step::CreateLabel => {
            let is_enough = wanted.label.is_some_and(|label| {
                ready.is_some_and(|(_, metadata)| metadata || !label.metadata)
            });
            is_enough && has_file && known.label == Mutation::NotSent
        }
        Step::FindLabel => is_made && has_file && known.label.is_intended(),
        Step::SubmitPackage => wanted.preprod && known.package.done().is_none(),
        Step::FetchShell => {
            wanted.shell && known.shell.is_none() && known.submission.done().is_some()
        }
        Step::Upload => {
            is_open && wanted.upload && !known.uploaded && may_be_sent(&known.commit, view.settled)
        }
        Step::Commit => {
            is_open && wanted.upload && known.uploaded && may_be_sent(&known.commit, view.settled)
        }
        Step::RequestMetadata => {
            let is_missing = ready.is_some_and(|(_, metadata)| !metadata);
            is_missing && has_file && may_be_sent(&known.metadata, view.settled)
        }
        Step::Download => {
            wanted.file && known.file.is_none() && ready.is_some_and(|(signed, _)| signed)
        }
        Step::DownloadAsset => known.file.is_none() && view.package == Some(PackageView::Signed),
        Step::Wait => has_reason_to_wait(wanted, known, view),
        // Nothing is read twice in a row.
        Step::ReadSubmission => is_made && view.submission.is_none(),
        Step::ReadLabel => known.label.done().is_some() && view.label.is_none(),
        Step::ReadPackage => known.package.done().is_some() && view.package.is_none(),
        Step::SubmissionFailed => view.submission == Some(SubmissionView::Failed),
        Step::LabelFailed => view.label == Some(LabelView::Failed),
        Step::PackageFailed => view.package == Some(PackageView::Failed),
        Step::Finished => is_finished(wanted, known, view, ready.is_some()),
    }
}

/// Whether what was seen may become another thing by itself.
fn has_reason_to_wait(wanted: Wanted, known: &Known, view: View) -> bool {
    if wanted.preprod {
        return view.package == Some(PackageView::Working);
    }
    let may_label_change = match (view.label, wanted.label) {
        (Some(LabelView::Working), _) => true,
        (Some(LabelView::InApproval), Some(label)) => label.until_finished,
        _ => false,
    };
    let has_label = known.label.done().is_some();
    (has_label && may_label_change) || may_submission_change(wanted, known, view)
}

fn may_submission_change(wanted: Wanted, known: &Known, view: View) -> bool {
    match view.submission {
        Some(SubmissionView::Working) => true,
        // A commit may be on its way: this run's, or that of whoever began the submission.
        Some(SubmissionView::Open { upload }) => {
            let is_nothing_to_send = !wanted.upload || !(known.uploaded || upload);
            is_nothing_to_send || !may_be_sent(&known.commit, view.settled)
        }
        Some(SubmissionView::Ready { signed, metadata }) => {
            let is_unsigned = wanted.file && known.file.is_none() && !signed;
            let lacks_metadata = wanted.label.is_some_and(|label| {
                let is_asked = !label.on_request || known.metadata != Mutation::NotSent;
                label.metadata && !metadata && is_asked
            });
            is_unsigned || lacks_metadata
        }
        Some(SubmissionView::Failed) | None => false,
    }
}

fn is_finished(wanted: Wanted, known: &Known, view: View, is_ready: bool) -> bool {
    if wanted.file && known.file.is_none() {
        return false;
    }
    match wanted.label {
        Some(label) => {
            let is_far_enough = match view.label {
                Some(LabelView::InApproval) => !label.until_finished,
                other => other == Some(LabelView::Finished),
            };
            known.label.done().is_some() && is_far_enough
        }
        None => wanted.file || is_ready,
    }
}

#[test]
fn no_journal_and_no_view_lead_to_a_second_create_or_a_blind_wait() {
    let (known, views) = (every_known(), every_view());
    let mut tried = 0;
    for wanted in every_order() {
        // Nobody has a shell that was not ordered.
        for known in known.iter().filter(|known| wanted.shell || known.shell.is_none()) {
            for view in &views {
                let step = next(wanted, known, *view);
                assert!(
                    check(wanted, known, *view, step),
                    "{wanted:?} {known:?} {view:?} {step:?}"
                );
                tried += 1;
            }
        }
    }
    println!("{tried} combinations of order, journal and view");
}
