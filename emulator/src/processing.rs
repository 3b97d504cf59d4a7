//! What the service does with a committed package, beside the answering of requests.

mod preprod;
mod sign;

use std::{path::PathBuf, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use tokio::{sync::SetOnce, task::JoinError};

use crate::{
    blob::BlobStore,
    builder::Settings,
    codes,
    service::Service,
    state::{
        BlobName, Commit, Outcome, Place, PreprodPackage, Processing, Product, State, Submission,
        SubmissionKind,
    },
    workflow::{Failure, Plan, Step},
};

/// The container of the preproduction packages.
pub(crate) const PREPROD: &str = "preprod";

/// A package and what its processing must know.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    place: Place,
    package: PathBuf,
    harness: String,
    os_codes: Vec<String>,
    require_signature: bool,
    stages: Vec<(Step, Duration)>,
    /// The failure that the emulator was told to show.
    scripted: Option<Failure>,
    /// The messages of a commit that the emulator was told to fail.
    commit_failure: Option<Vec<String>>,
    makes_shell: bool,
}

impl Job {
    pub(crate) fn new(
        settings: &Settings,
        place: Place,
        product: &Product,
        submission: &Submission,
        package: PathBuf,
    ) -> Self {
        let takes = |step| match step {
            Step::ManualReview => settings.manual_review,
            _ => settings.step,
        };
        Self {
            place,
            package,
            harness: product.text("testHarness").to_owned(),
            os_codes: product.requested_signatures(),
            require_signature: settings.require_signature,
            stages: Step::SUBMISSION.map(|step| (step, takes(step))).to_vec(),
            scripted: None,
            commit_failure: settings.commit_failure.clone(),
            makes_shell: submission.kind == SubmissionKind::Initial && !product.is_attestation(),
        }
    }

    /// Lets the workflow fail, if the package does not do so before.
    pub(crate) fn failing(mut self, scripted: Option<Failure>) -> Self {
        self.scripted = scripted;
        self
    }

    fn is_attestation(&self) -> bool {
        self.harness == "attestation"
    }

    /// A code that was asked for and that attestation does not sign for.
    fn unfit_for_attestation(&self) -> Option<&str> {
        let unfit = |code: &&String| codes::is_server(code) || !codes::is_windows_10(code);
        self.os_codes.iter().find(|code| self.is_attestation() && unfit(code)).map(String::as_str)
    }

    /// The blob for something that is made of the package.
    fn blob(&self, what: &str, extension: &str) -> BlobName {
        BlobName::new(self.place.product, self.place.submission, what, extension)
    }

    /// Processes the package here and now.
    pub(crate) fn process(&self, blobs: &BlobStore) -> Processed {
        sign::process(blobs, self)
    }

    /// A commit whose package is processed.
    pub(crate) fn committed(&self, begun: DateTime<Utc>, processed: Processed) -> Commit {
        let mut commit = self.commit(begun);
        processed.enter(&mut commit);
        commit
    }

    /// What the commit shows before the package is processed.
    pub(crate) fn commit(&self, now: DateTime<Utc>) -> Commit {
        let plan = Plan::new(now, self.stages.iter().copied());
        Commit { plan, refused: false, outcome: None }
    }
}

/// What the processing of a package gave.
#[derive(Clone, Debug)]
pub(crate) struct Processed {
    /// The commit itself fails.
    refused: bool,
    failure: Option<Failure>,
    outcome: Outcome,
}

impl Processed {
    fn failed(failure: Failure) -> Self {
        let outcome = Outcome { report: None, results: None };
        Self { refused: false, failure: Some(failure), outcome }
    }

    fn broken(reason: &JoinError) -> Self {
        Self::failed(Failure::found(Step::PackageInfoValidation, vec![broken(reason)]))
    }

    fn enter(self, commit: &mut Commit) {
        commit.refused = self.refused;
        commit.outcome = Some(self.outcome);
        if let Some(failure) = self.failure {
            commit.plan.fail(failure);
        }
    }
}

/// Starts the processing of a committed package; `due` is when its outcome begins to show.
pub(crate) fn start(service: &Arc<Service>, state: &mut State, job: Job, due: DateTime<Utc>) {
    let place = job.place;
    let blobs = service.blobs.clone();
    run(
        service,
        state,
        due,
        move || job.process(&blobs),
        move |state, processed| {
            let processed = processed.unwrap_or_else(|reason| Processed::broken(&reason));
            finish(state, place, processed);
        },
    );
}

/// Starts the processing of a preproduction package of an account.
pub(crate) fn start_preprod(
    service: &Arc<Service>,
    state: &mut State,
    account: usize,
    package: &PreprodPackage,
) {
    let (id, blobs) = (package.id.clone(), service.blobs.clone());
    let require_signature = service.settings.require_signature;
    let (work_id, due) = (id.clone(), package.finished());
    run(
        service,
        state,
        due,
        move || preprod::process(&blobs, &work_id, require_signature),
        move |state, outcome| {
            let outcome = outcome.unwrap_or_else(|reason| Err(broken(&reason)));
            if let Some(package) = state.accounts[account].preprod.get_mut(&id) {
                package.outcome = Some(outcome);
            }
        },
    );
}

/// Does the work on a thread of its own, then enters the outcome, then lets those go on who
/// waited for it.
fn run<T: Send + 'static>(
    service: &Arc<Service>,
    state: &mut State,
    due: DateTime<Utc>,
    work: impl FnOnce() -> T + Send + 'static,
    finish: impl FnOnce(&mut State, Result<T, JoinError>) + Send + 'static,
) {
    let processing = Processing { due, done: Arc::new(SetOnce::new()) };
    state.processing.push(processing.clone());
    let service = Arc::clone(service);
    tokio::spawn(async move {
        // After a panic too, those who wait must get an outcome.
        let outcome = tokio::task::spawn_blocking(work).await;
        let mut state = service.state();
        finish(&mut state, outcome);
        state.processed(&processing);
    });
}

fn finish(state: &mut State, place: Place, processed: Processed) {
    let commit = state.accounts[place.account]
        .products
        .get_mut(&place.product)
        .and_then(|product| product.submissions.get_mut(&place.submission))
        .and_then(|submission| submission.commit.as_mut());
    if let Some(commit) = commit {
        processed.enter(commit);
    }
}

fn broken(reason: &JoinError) -> String {
    format!("The emulator failed at the package: {reason}")
}
