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

use std::time::Duration;

use tokio::time::Instant;

use self::{
    plan::{Commit, Known, Step},
    polling::Waiting,
};
pub use self::{polling::Polling, sign::Sign};
use crate::{
    blob::Downloaded,
    client::Client,
    error::{Error, Kind, Result, Stage},
    model::{NewSubmission, ProductId, Submission, SubmissionId},
    report::{Event, Reporter},
    submission::SubmissionHandler,
};

/// A package on its way through the documented order of calls: token, create product, create
/// submission, upload, commit, wait, download.
///
/// Each step is decided anew from what the run knows and what the service shows.
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
            client,
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

    /// The product, as soon as there is one.
    #[must_use]
    pub fn product_id(&self) -> Option<ProductId> {
        self.known.product
    }

    /// The submission, as soon as there is one.
    #[must_use]
    pub fn submission_id(&self) -> Option<SubmissionId> {
        self.known.submission
    }

    /// Does everything that is left, for as long as the polling allows.
    ///
    /// # Errors
    ///
    /// Fails when a step fails for good; [`Error::is_workflow_failed`] when the service has given
    /// the submission up.
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
                    self.reporter().event(&Event::Waiting(pause));
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
            Step::Look(product, submission) => self.look(product, submission).await?,
            Step::Upload(url) => {
                self.client.blobs().upload(&self.order.package, &url).await?;
                self.known.uploaded = true;
            }
            Step::Commit(product, submission) => self.commit(product, submission).await?,
            Step::Wait => {
                self.seen = None;
                return Ok(Progress::Wait(self.waiting.pause(&self.polling, fastrand::f64())));
            }
            Step::Download(url) => {
                let (target, existing) = (&self.order.target, self.order.existing);
                let file = self.client.blobs().download(&url, target, existing).await?;
                return Ok(Progress::Done(file));
            }
            Step::GiveUp => return Err(self.failure().await),
        }
        Ok(Progress::Moved)
    }

    async fn create_product(&mut self) -> Result<()> {
        let product = self.client.products().create(&self.order.product).await?;
        self.known.product = product.id;
        if let Some(id) = product.id {
            self.reporter().event(&Event::ProductCreated(id));
        }
        Ok(())
    }

    async fn create_submission(&mut self, product: ProductId) -> Result<()> {
        let submission = NewSubmission::initial(&self.order.submission_name);
        let made = self.client.product(product).submissions().create(&submission).await?;
        self.known.submission = made.id;
        if let Some(id) = made.id {
            self.reporter().event(&Event::SubmissionCreated(id));
        }
        // The answer may already say where to upload; if not, the next look does.
        self.seen = made.upload_url().is_some().then_some(made);
        Ok(())
    }

    async fn look(&mut self, product: ProductId, submission: SubmissionId) -> Result<()> {
        let seen = self.handler(product, submission).get().await?;
        for event in self.waiting.note(&seen) {
            self.reporter().event(&event);
        }
        self.seen = Some(seen);
        Ok(())
    }

    /// A commit that seems to have failed may have worked; only a look can tell.
    async fn commit(&mut self, product: ProductId, submission: SubmissionId) -> Result<()> {
        self.seen = None;
        match self.handler(product, submission).commit().await {
            Ok(()) => self.known.commit = Commit::Accepted,
            Err(error) if error.is_invalid_state() => self.known.commit = Commit::Accepted,
            Err(error) if error.may_have_been_applied() && self.known.commit.may_repeat() => {
                tracing::info!(%error, "it is not clear whether the commit worked: looking");
                self.known.commit = self.known.commit.unclear();
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        self.reporter().event(&Event::Committed);
        Ok(())
    }

    /// The service's own words on why it gave up.
    async fn failure(&self) -> Error {
        let Some(seen) = &self.seen else {
            return Error::new(Stage::Workflow, Kind::WorkflowFailed, "the submission failed");
        };
        let report = match seen.error_report_url() {
            Some(url) => self.client.blobs().text(url).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the error report could not be read");
                format!("The error report could not be read: {error}.")
            }),
            None => String::new(),
        };
        let messages: Vec<_> = seen.messages().map(str::to_owned).collect();
        let place = match seen.current_step() {
            Some(step) => format!("the service failed the submission at the step {step}"),
            None => "the service failed the commit".to_owned(),
        };
        Error::workflow_failed(place, messages, report)
    }

    fn handler(&self, product: ProductId, submission: SubmissionId) -> SubmissionHandler {
        self.client.product(product).submission(submission)
    }

    fn reporter(&self) -> &dyn Reporter {
        self.client.reporter()
    }
}
