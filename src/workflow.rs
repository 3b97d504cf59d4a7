//! The documented order of calls, from a package on disk to the signed one.
//!
//! ```no_run
//! use hardware_dashboard::{
//!     Client,
//!     auth::ClientSecret,
//!     model::NewProduct,
//!     workflow::{Outcome, Run, Sign},
//! };
//!
//! # async fn example() -> hardware_dashboard::Result<()> {
//! let client = Client::builder()
//!     .credential(ClientSecret::new("tenant id", "client id", "secret"))
//!     .build()?;
//! let product = NewProduct::attestation("Echo", vec!["WINDOWS_v100_X64_GE_FULL".into()]);
//! let mut run = Run::sign(client, Sign::new(product, "echo.cab", "echo-signed.zip"))?;
//! match run.until_done().await? {
//!     Outcome::Done(file) => println!("{} bytes in {}", file.bytes, file.path.display()),
//!     _ => println!("still running; look again later"),
//! }
//! # Ok(())
//! # }
//! ```

mod plan;
mod polling;
mod preflight;
mod sign;
mod signed;

use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;
use uuid::Uuid;

use self::{
    plan::{Commit, Known, Made, Step},
    polling::Waiting,
};
pub use self::{polling::Polling, sign::Sign};
use crate::{
    blob::Downloaded,
    client::Client,
    error::{Error, Kind, Result, Stage},
    model::{NewSubmission, ProductId, SafeUrl, Submission, SubmissionId},
    report::Event,
    retry::Reach,
    submission::SubmissionHandler,
};

/// After so many SAS URLs that were refused, it is not their age.
const MAX_REFUSED_URLS: u8 = 3;

/// A package on its way through the documented order of calls: token, create product, create
/// submission, upload, commit, wait, download.
///
/// Each step is decided anew from what the run knows and what the service shows.
///
/// ```no_run
/// use std::time::Duration;
///
/// use hardware_dashboard::{
///     Client, Result,
///     workflow::{Outcome, Polling, Run, Sign},
/// };
///
/// # async fn example(client: Client, order: Sign) -> Result<()> {
/// let hours = Duration::from_secs(4 * 3600);
/// let mut run = Run::sign(client, order)?.polling(Polling::default().max_wait(hours));
/// match run.until_done().await {
///     Ok(Outcome::Done(file)) => println!("{} is signed", file.path.display()),
///     Ok(_) => println!("{:?} of {:?} goes on", run.submission_id(), run.product_id()),
///     Err(error) => println!("{error}; run {}", run.correlation_id()),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Run {
    client: Client,
    order: Sign,
    known: Known,
    /// What the service showed since the last thing that was done.
    seen: Option<Submission>,
    polling: Polling,
    waiting: Waiting,
}

/// How a step of a run ended.
///
/// ```
/// use hardware_dashboard::{
///     Result,
///     workflow::{Progress, Run},
/// };
///
/// /// A run in a program that keeps time itself.
/// async fn step_by_step(run: &mut Run) -> Result<()> {
///     loop {
///         match run.poll().await? {
///             Progress::Wait(pause) => tokio::time::sleep(pause).await,
///             Progress::Done(file) => {
///                 println!("{} bytes", file.bytes);
///                 return Ok(());
///             }
///             _ => {}
///         }
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Progress {
    /// Something was done; go on.
    Moved,
    /// The service is at work; look again after this time.
    Wait(Duration),
    /// The signed package is on disk.
    Done(Downloaded),
}

/// How a run ended.
///
/// See the example of [`Run`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// The signed package is on disk.
    Done(Downloaded),
    /// The service is still at work and the time to wait is over. This says nothing against the
    /// submission.
    StillRunning,
}

impl Run {
    /// A new run that has a package signed.
    ///
    /// # Errors
    ///
    /// Fails, before anything is sent, when the package cannot be what the service takes or the
    /// signed file could not be written.
    pub fn sign(client: Client, order: Sign) -> Result<Self> {
        preflight::check(&order)?;
        Ok(Self {
            client: client.for_a_run(),
            order,
            known: Known::default(),
            seen: None,
            polling: Polling::default(),
            waiting: Waiting::default(),
        })
    }

    /// Waits in another rhythm.
    #[must_use]
    pub fn polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }

    /// The `MS-CorrelationId` of the run's calls; Microsoft's support asks for it.
    #[must_use]
    pub fn correlation_id(&self) -> Uuid {
        self.client.correlation_id()
    }

    /// The product, as soon as there is one.
    #[must_use]
    pub fn product_id(&self) -> Option<ProductId> {
        self.known.product.id()
    }

    /// The submission, as soon as there is one.
    #[must_use]
    pub fn submission_id(&self) -> Option<SubmissionId> {
        self.known.submission.id()
    }

    /// Does everything that is left, for as long as the polling allows.
    ///
    /// # Errors
    ///
    /// Fails when a step fails for good; [`Error::is_workflow_failed`] when the service has given
    /// the submission up. After an error that is not for good it may be called again: it goes on
    /// where it stopped, and nothing that may have been made is made twice.
    pub async fn until_done(&mut self) -> Result<Outcome> {
        let started = Instant::now();
        loop {
            match self.poll().await? {
                Progress::Moved => {}
                Progress::Done(file) => return Ok(Outcome::Done(file)),
                Progress::Wait(pause) => {
                    if started.elapsed() + pause > self.polling.max_wait {
                        return Ok(Outcome::StillRunning);
                    }
                    self.tell(Event::Waiting(pause));
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    /// Does the next step.
    ///
    /// # Errors
    ///
    /// As [`until_done`](Self::until_done).
    pub async fn poll(&mut self) -> Result<Progress> {
        match plan::next(&self.known, self.seen.as_ref()) {
            Step::CreateProduct => self.create_product().await?,
            Step::CreateSubmission(product) => self.create_submission(product).await?,
            Step::Look(product, submission) => return self.look(product, submission).await,
            Step::Upload(url) => return self.upload(&url).await,
            Step::Commit(product, submission) => self.commit(product, submission).await?,
            Step::Wait => return Ok(self.wait()),
            Step::Download(url) => return self.download(&url).await,
            Step::GiveUp => return Err(self.failure().await),
            Step::Unsure(what) => return Err(self.unsure(what)),
        }
        Ok(Progress::Moved)
    }

    /// Looks at the service again later.
    fn wait(&mut self) -> Progress {
        self.seen = None;
        Progress::Wait(self.waiting.pause(&self.polling, fastrand::f64()))
    }

    async fn create_product(&mut self) -> Result<()> {
        // Noted before it is sent: should this future be dropped, nobody sends it again.
        self.known.product = Made::Sent;
        match self.client.products().create(&self.order.product).await {
            Ok(product) => {
                self.known.product = product.id.map_or(Made::Sent, Made::Is);
                self.known.product.id().iter().for_each(|id| self.tell(Event::ProductCreated(*id)));
                Ok(())
            }
            Err(error) => {
                self.known.product.settle(error.may_have_been_applied());
                Err(error)
            }
        }
    }

    async fn create_submission(&mut self, product: ProductId) -> Result<()> {
        let submission = NewSubmission::initial(&self.order.submission_name);
        self.known.submission = Made::Sent;
        match self.client.product(product).submissions().create(&submission).await {
            Ok(made) => {
                self.known.submission = made.id.map_or(Made::Sent, Made::Is);
                made.id.iter().for_each(|id| self.tell(Event::SubmissionCreated(*id)));
                // The answer may already say where to upload; if not, the next look does.
                self.seen = made.upload_url().is_some().then_some(made);
                Ok(())
            }
            Err(error) => {
                self.known.submission.settle(error.may_have_been_applied());
                Err(error)
            }
        }
    }

    /// A look that fails while the service is in trouble is no end: the submission goes on.
    async fn look(&mut self, product: ProductId, submission: SubmissionId) -> Result<Progress> {
        match self.handler(product, submission).get().await {
            Ok(seen) => {
                self.waiting.note(&seen).into_iter().for_each(|event| self.tell(event));
                self.seen = Some(seen);
                Ok(Progress::Moved)
            }
            Err(error) if error.is_passing() && self.waiting.has_seen_something() => {
                let Progress::Wait(pause) = self.wait() else { return Err(error) };
                let operation = "getSubmission";
                self.tell(Event::Retrying { operation, reason: &error, pause });
                Ok(Progress::Wait(pause))
            }
            Err(error) => Err(error),
        }
    }

    async fn upload(&mut self, url: &SafeUrl) -> Result<Progress> {
        // The URL is good for this once: the next try asks for a new one.
        self.seen = None;
        let sent = self.client.blobs().upload(&self.order.package, url).await;
        let Some(_) = self.unless_ended(sent)? else { return Ok(Progress::Moved) };
        self.known.uploaded = true;
        Ok(Progress::Moved)
    }

    async fn download(&mut self, url: &SafeUrl) -> Result<Progress> {
        self.seen = None;
        let (target, existing) = (&self.order.target, self.order.existing);
        let fetched = self.client.blobs().download(url, target, existing, signed::check).await;
        Ok(self.unless_ended(fetched)?.map_or(Progress::Moved, Progress::Done))
    }

    /// `None` when the SAS URL seems to have ended, so that a new one shall be asked for.
    fn unless_ended<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Err(error)
                if error.status() == Some(StatusCode::FORBIDDEN)
                    && self.known.refused_urls < MAX_REFUSED_URLS =>
            {
                self.known.refused_urls += 1;
                tracing::info!(%error, "the SAS URL was refused: asking for a new one");
                Ok(None)
            }
            result => result.map(Some),
        }
    }

    /// A commit that seems to have failed may have worked; only a look can tell.
    async fn commit(&mut self, product: ProductId, submission: SubmissionId) -> Result<()> {
        self.seen = None;
        let before = self.known.commit;
        self.known.commit = before.unclear();
        match self.handler(product, submission).commit().await {
            Ok(()) => {
                self.known.commit = Commit::Accepted;
                self.tell(Event::Committed);
                Ok(())
            }
            // Refused for its state: an earlier one may have worked, or it is not ready yet.
            Err(error) if error.may_have_been_applied() || error.is_invalid_state() => {
                tracing::info!(%error, "it is not clear whether the commit worked: looking");
                if before.may_repeat() { Ok(()) } else { Err(error) }
            }
            Err(error) => {
                self.known.commit = before;
                Err(error)
            }
        }
    }

    /// The service's own words on why it gave up.
    async fn failure(&self) -> Error {
        let seen = self.seen.clone().unwrap_or_default();
        let place = match seen.current_step() {
            Some(step) => format!("the service failed the submission at the step {step}"),
            None => "the service failed the commit".to_owned(),
        };
        let messages = seen.messages().map(str::to_owned).collect();
        let error = Error::workflow_failed(place, messages)
            .with_correlation_id(self.client.correlation_id());
        let Some(url) = seen.error_report_url() else { return error };
        match self.client.blobs().text(url).await {
            Ok(report) => error.with_report(&report),
            // That the report cannot be read must not hide why the submission failed.
            Err(unreadable) => error.with_source(unreadable),
        }
    }

    /// Something was asked for once and no answer came: nobody but a person can tell what became of
    /// it.
    fn unsure(&self, what: &'static str) -> Error {
        let message = format!("{what} was sent, and what became of it is not known");
        let name = match what {
            "createProduct" => &self.order.product.product_name,
            _ => &self.order.submission_name,
        };
        Error::new(Stage::Workflow, Kind::Interrupted, message)
            .with_reach(Reach::Unknown)
            .with_correlation_id(self.client.correlation_id())
            .with_hint(format!("Look for what is named {name:?}; if it is not there, begin anew."))
    }

    fn tell(&self, event: Event<'_>) {
        self.client.reporter().event(&event);
    }

    fn handler(&self, product: ProductId, submission: SubmissionId) -> SubmissionHandler {
        self.client.product(product).submission(submission)
    }
}
