//! A run: takes the steps that the plan asks for, and keeps the journal.

mod create;
mod file;
mod label;
mod listed;
pub(super) mod mutation;
pub(super) mod outage;
mod package;
mod preprod;
mod shell;
mod submission;
mod until;

pub(super) use self::outage::is_outlasted;

use std::time::Duration;

use tokio::time::Instant;

use super::{
    attach::Attach,
    claim::Claim,
    journal::{Journal, Record},
    known::{Known, Mutation},
    order::Order,
    outcome::Progress,
    plan::{self, Step},
    polling::{Polling, Waiting},
    preflight,
    preprod::Preprod,
    shipment::Shipment,
    sign::Sign,
    state::RunState,
    update::Update,
    view::View,
};
use crate::{
    blob::Downloaded,
    client::Client,
    error::{Error, Result, Stage},
    model::{PreprodPackage, ProductId, ShippingLabel, Submission, SubmissionId},
    report::Event,
};

/// An order on its way through the documented order of calls.
///
/// Each step is decided anew from what the [journal](Journal) knows and what the service shows, so
/// that a run goes on from wherever it was interrupted: after an error, after its future was dropped,
/// and, with a journal on disk, after the process was killed. What may have been done once is never
/// done again; the service is looked at first.
///
/// ```no_run
/// use std::time::Duration;
///
/// use hardware_dashboard::{
///     Client, Result,
///     workflow::{Journal, Outcome, Polling, Run, Sign},
/// };
///
/// # async fn example(client: Client, order: Sign) -> Result<()> {
/// let hours = Duration::from_secs(4 * 3600);
/// let mut run = Run::sign(client, order)?
///     .polling(Polling::default().max_wait(hours))
///     .journal(Journal::create("echo.journal")?)?;
/// match run.until_done().await {
///     Ok(Outcome::Done(file)) => println!("{} is signed", file.path.display()),
///     Ok(_) => match run.last_failure() {
///         Some(error) => println!("no time is left, and the last try failed: {error}"),
///         None => println!("the service is still at work"),
///     },
///     Err(error) => println!("{error}; run {}", run.state().correlation_id()),
/// }
/// # Ok(())
/// # }
/// ```
///
/// A run that is left to the service, to be gone on with later:
///
/// ```no_run
/// use hardware_dashboard::{Result, workflow::Run};
///
/// # async fn example(mut run: Run) -> Result<()> {
/// run.until_handed_over().await?;
/// let state = run.state();
/// println!("{}: product {:?}", state.reached(), state.product_id());
/// # Ok(())
/// # }
/// ```
///
/// The other orders:
///
/// ```no_run
/// use hardware_dashboard::{
///     Client, Result,
///     model::{ProductId, SubmissionId},
///     workflow::{Attach, Preprod, Run, Shipment, Update},
/// };
///
/// # fn example(client: Client, retail: Shipment, for_partner: Shipment) -> Result<()> {
/// let (product, submission) = (ProductId::new(14631253285588838), SubmissionId::new(7));
/// Run::update(client.clone(), Update::new(product, "More ids", "dua.hlkx", "signed.zip"))?;
/// Run::publish(client.clone(), product, submission, retail)?;
/// Run::share(client.clone(), product, submission, for_partner)?;
/// Run::preprod(client.clone(), Preprod::new("echo.cab", "echo-test.zip"))?;
/// Run::attach(client, Attach::new(product, submission, "signed.zip"))?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Run {
    client: Client,
    journal: Journal,
    record: Record,
    polling: Polling,
    waiting: Waiting,
    /// What the service showed since the last thing that was done, as the plan sees it.
    view: View,
    /// The same, whole.
    seen: Seen,
    /// Since when a call may be open whose answer was lost. It begins with the first look after it.
    open_since: Option<Instant>,
    /// Answers that were lost in a row.
    lost: u8,
    /// Failures in a row that may pass by themselves.
    failures: u8,
    /// The last of them, and the step that met it.
    setback: Option<(Step, Error)>,
    /// Since when the service shows a commit as open that it has accepted.
    open_commit: Option<submission::OpenCommit>,
    /// The service has answered this run.
    in_touch: bool,
    entered: Option<Stage>,
    /// Nothing but the service's own work was between the run and its next step when it waited last.
    handed_over: bool,
    /// The files that the journal speaks of are known to be on disk.
    is_checked: bool,
    /// The package, as this process has read it.
    hashed: Option<package::Hashed>,
}

/// What the service showed.
#[derive(Debug, Default)]
struct Seen {
    submission: Option<Submission>,
    label: Option<ShippingLabel>,
    package: Option<PreprodPackage>,
}

impl Run {
    /// A new run that has a package signed, and published or shared if the order says so.
    ///
    /// # Errors
    ///
    /// Fails, before anything is sent, when the package cannot be what the service takes or the
    /// signed file could not be written.
    pub fn sign(client: Client, order: Sign) -> Result<Self> {
        Self::begin(client, order.into_order(), Known::default())
    }

    /// A new run that has an update (DUA) of a product signed, whose initial submission is finished.
    ///
    /// # Errors
    ///
    /// As [`sign`](Self::sign).
    pub fn update(client: Client, order: Update) -> Result<Self> {
        let known = Known { product: Mutation::Done(order.product), ..Known::default() };
        Self::begin(client, order.into_order(), known)
    }

    /// A new run that has a submission published to Windows Update, as soon as it is signed.
    ///
    /// # Errors
    ///
    /// Fails, before anything is sent, when the label does not lead to Windows Update or breaks a
    /// documented rule.
    pub fn publish(
        client: Client,
        product: ProductId,
        submission: SubmissionId,
        shipment: Shipment,
    ) -> Result<Self> {
        if !shipment.is_to_windows_update() {
            return Err(Error::input("the label to publish does not lead to Windows Update")
                .with_hint("Make it by NewShippingLabel::windows_update, or share it."));
        }
        Self::ship(client, product, submission, shipment)
    }

    /// A new run that shares a submission with another partner, as soon as it is signed.
    ///
    /// # Errors
    ///
    /// Fails, before anything is sent, when the label does not lead to a partner or breaks a
    /// documented rule.
    pub fn share(
        client: Client,
        product: ProductId,
        submission: SubmissionId,
        shipment: Shipment,
    ) -> Result<Self> {
        if shipment.is_to_windows_update() {
            return Err(Error::input("the label to share does not lead to a partner")
                .with_hint("Make it by NewShippingLabel::another_partner, or publish it."));
        }
        Self::ship(client, product, submission, shipment)
    }

    fn ship(
        client: Client,
        product: ProductId,
        submission: SubmissionId,
        shipment: Shipment,
    ) -> Result<Self> {
        let order = Order { shipment: Some(shipment), ..Order::default() };
        Self::begin(client, order, Known::of_submission(product, submission))
    }

    /// A new run that has a package signed for test machines.
    ///
    /// # Errors
    ///
    /// As [`sign`](Self::sign).
    pub fn preprod(client: Client, order: Preprod) -> Result<Self> {
        Self::begin(client, order.into_order(), Known::default())
    }

    /// A run that goes on with a submission that something else began.
    ///
    /// # Errors
    ///
    /// As [`sign`](Self::sign).
    pub fn attach(client: Client, order: Attach) -> Result<Self> {
        let known = Known::of_submission(order.product, order.submission);
        Self::begin(client, order.into_order(), known)
    }

    /// Goes on with the run of a journal that was [opened](Journal::open).
    ///
    /// # Errors
    ///
    /// Fails when there is no run in the journal.
    pub fn resume(client: Client, mut journal: Journal) -> Result<Self> {
        let record = journal.take().ok_or_else(|| {
            Error::input("there is no run in the journal to be resumed")
                .with_hint("Open the journal of a run that was begun, by Journal::open.")
        })?;
        let client = client.with_correlation_id(record.correlation_id);
        let is_checked = record.known.file.is_none() && record.known.shell.is_none();
        Ok(Self { is_checked, ..Self::with(client, journal, record) })
    }

    fn begin(client: Client, order: Order, known: Known) -> Result<Self> {
        preflight::check(&order)?;
        let client = client.for_a_run();
        let record = Record::new(client.correlation_id(), order, known);
        Ok(Self::with(client, Journal::in_memory(), record))
    }

    fn with(client: Client, journal: Journal, record: Record) -> Self {
        Self {
            client,
            journal,
            record,
            polling: Polling::default(),
            waiting: Waiting::default(),
            view: View::default(),
            seen: Seen::default(),
            open_since: None,
            lost: 0,
            failures: 0,
            setback: None,
            open_commit: None,
            in_touch: false,
            entered: None,
            handed_over: false,
            is_checked: true,
            hashed: None,
        }
    }

    /// Keeps what must not be forgotten in this journal, from now on.
    ///
    /// # Errors
    ///
    /// Fails when the journal holds another run, when it has the name of the package, the shell or the
    /// target, and when it cannot be written.
    pub fn journal(mut self, journal: Journal) -> Result<Self> {
        if journal.is_held() {
            return Err(Error::input("the journal holds another run")
                .with_hint("Go on with that by Run::resume, or begin this run in a new journal."));
        }
        preflight::check_journal(&self.record.order, journal.path())?;
        self.journal = journal;
        self.journal.write(&self.record)?;
        Ok(self)
    }

    /// Waits in another rhythm.
    #[must_use]
    pub fn polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }

    /// How far it is, and the ids of what it has made, as its journal tells it.
    #[must_use]
    pub fn state(&self) -> RunState {
        RunState::new(self.record.clone(), true)
    }

    /// What the last try has failed with, where the run goes on in the hope that it passes: the reason
    /// why it is [`StillRunning`](super::Outcome::StillRunning), unless it is the service's own work
    /// that takes so long. It is forgotten as soon as the run has come further.
    #[must_use]
    pub fn last_failure(&self) -> Option<&Error> {
        self.setback.as_ref().map(|(_, error)| error)
    }

    /// Gives the journal back, to be [removed](Journal::remove) when the run is over.
    #[must_use]
    pub fn into_journal(self) -> Journal {
        self.journal
    }

    /// What no other run may have too.
    pub(super) fn claims(&self) -> Vec<Claim> {
        let journal = self.journal.path();
        let state = self.state();
        Claim::of(&self.record.order, state.product_id(), state.submission_id(), journal)
    }

    /// Does the next step.
    ///
    /// # Errors
    ///
    /// As [`until_done`](Self::until_done).
    pub async fn poll(&mut self) -> Result<Progress> {
        self.check_files().await;
        let step = plan::next(self.record.order.wanted(), &self.record.known, self.view);
        self.enter(step);
        match self.take(step).await {
            Ok(progress) => {
                self.in_touch = true;
                self.recover(step);
                Ok(progress)
            }
            Err(error) => self.outlast(step, error),
        }
    }

    async fn take(&mut self, step: Step) -> Result<Progress> {
        match step {
            Step::CreateProduct => self.create::<create::Product>().await,
            Step::FindProduct => self.find::<create::Product>().await,
            Step::CreateSubmission => self.create::<create::Submission>().await,
            Step::FindSubmission => self.find::<create::Submission>().await,
            Step::ReadSubmission => self.read_submission().await,
            Step::FetchShell => self.fetch_shell().await,
            Step::Upload => self.upload().await,
            Step::Commit => self.commit().await,
            Step::Download => self.download().await,
            Step::RequestMetadata => self.request_metadata().await,
            Step::CreateLabel => self.create::<create::Label>().await,
            Step::FindLabel => self.find::<create::Label>().await,
            Step::ReadLabel => self.read_label().await,
            Step::SubmitPackage => self.submit_package().await,
            Step::ReadPackage => self.read_package().await,
            Step::DownloadAsset => self.download_asset().await,
            Step::Wait => Ok(self.wait()),
            Step::SubmissionFailed => Err(self.submission_failure().await),
            Step::LabelFailed => Err(self.label_failure().await),
            Step::PackageFailed => Err(self.package_failure()),
            Step::Finished => self.finished(),
        }
    }

    /// What was ordered is done.
    fn finished(&self) -> Result<Progress> {
        let target = self.record.order.target.as_ref();
        let saved = target.zip(self.record.known.file.as_ref());
        let file = saved.map(|(target, saved)| Downloaded {
            path: target.path.clone(),
            bytes: saved.bytes,
            md5: saved.md5,
        });
        match (self.record.known.label.done(), file) {
            (Some(label), file) => Ok(Progress::Shipped { label, file }),
            (None, Some(file)) => Ok(Progress::Done(file)),
            (None, None) => Err(Error::input("the order of the journal asks for nothing")
                .with_hint("Begin a run with a target for the signed file.")),
        }
    }

    /// Looks at the service again later.
    fn wait(&mut self) -> Progress {
        // A call that nobody has answered is this run's own affair still.
        self.handed_over = self.view.is_at_service() && !self.record.known.has_intent();
        self.forget_view();
        let pause = self.waiting.pause(&self.polling, fastrand::f64());
        Progress::Wait(self.until_settled().map_or(pause, |left| pause.min(left)))
    }

    fn forget_view(&mut self) {
        self.view = View::default();
        self.seen = Seen::default();
    }

    fn enter(&mut self, step: Step) {
        let stage = step.stage();
        if stage.is_some() && stage != self.entered {
            self.entered = stage;
            stage.into_iter().for_each(|stage| self.tell(Event::Entered(stage)));
        }
    }

    /// How long it is until nothing more can come of a call whose answer was lost.
    fn until_settled(&self) -> Option<Duration> {
        let since = self.open_since.filter(|_| self.record.known.has_intent())?;
        self.polling.settle.checked_sub(since.elapsed()).filter(|left| !left.is_zero())
    }

    /// Whether nothing more can come of a call whose answer was lost. To be asked before the look.
    fn is_settled(&mut self) -> bool {
        let since = *self.open_since.get_or_insert_with(Instant::now);
        since.elapsed() >= self.polling.settle
    }

    fn tell(&self, event: Event<'_>) {
        self.client.reporter().event(&event);
    }
}
