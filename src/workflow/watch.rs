//! Waiting for what somebody else has begun, by ids alone.

use tokio::time::Instant;

use super::{
    failure,
    polling::{Polling, Waiting},
    run,
    view::{LabelView, PackageView, SubmissionView},
};
use crate::{
    client::Client,
    error::{Error, Result},
    model::{PreprodPackage, ShippingLabel, Submission},
    preprod::PreprodPackageHandler,
    report::Event,
    shipping_label::ShippingLabelHandler,
    submission::SubmissionHandler,
};

/// How waiting for something ended, with what the service showed last.
///
/// ```no_run
/// use std::time::Duration;
///
/// use hardware_dashboard::{
///     Result, SubmissionHandler,
///     workflow::{Polling, Waited},
/// };
///
/// # async fn example(submission: SubmissionHandler) -> Result<()> {
/// let hours = Polling::default().max_wait(Duration::from_secs(4 * 3600));
/// match submission.until_signed(&hours).await? {
///     Waited::Done(_) => println!("it is signed, and can be downloaded"),
///     Waited::StillRunning(seen) => println!("it is at {:?}", seen.current_step()),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Waited<T> {
    /// It is as far as it was to be waited for.
    Done(T),
    /// The service is still at work and the time to wait is over. This says nothing against what it
    /// works on: wait again.
    StillRunning(T),
}

impl SubmissionHandler {
    /// Waits until the submission is signed, for as long as the polling allows; the reporter of the
    /// client is told what changes. Nothing is uploaded, committed or downloaded: that is what
    /// [`Run`](crate::workflow::Run) does.
    ///
    /// # Errors
    ///
    /// Fails when the service has given the submission up ([`Error::is_workflow_failed`]), and, as
    /// every call does, when it cannot be read. Once it could be read, trouble that may pass by itself
    /// is waited out.
    ///
    /// [`Error::is_workflow_failed`]: crate::Error::is_workflow_failed
    pub async fn until_signed(&self, polling: &Polling) -> Result<Waited<Submission>> {
        until_over(self, polling).await
    }
}

impl ShippingLabelHandler {
    /// Waits until people at Microsoft look at the label, or it is further than that: a label that is
    /// shared with a partner never meets them, and is waited for until it is shared.
    ///
    /// ```no_run
    /// use hardware_dashboard::{
    ///     Result, ShippingLabelHandler,
    ///     workflow::{Polling, Waited},
    /// };
    ///
    /// # async fn example(label: ShippingLabelHandler) -> Result<()> {
    /// let polling = Polling::default();
    /// if let Waited::Done(_) = label.until_approval(&polling).await? {
    ///     println!("nothing to do but to wait for people, which may take weeks");
    ///     label.until_finished(&polling).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`SubmissionHandler::until_signed`]; a label that was cancelled reads as failed, too.
    pub async fn until_approval(&self, polling: &Polling) -> Result<Waited<ShippingLabel>> {
        until_over(&Approval(self), polling).await
    }

    /// Waits until the label is published or shared.
    ///
    /// # Errors
    ///
    /// As [`until_approval`](Self::until_approval).
    pub async fn until_finished(&self, polling: &Polling) -> Result<Waited<ShippingLabel>> {
        until_over(self, polling).await
    }
}

impl PreprodPackageHandler {
    /// Waits until the package is signed for test machines.
    ///
    /// ```no_run
    /// use hardware_dashboard::{
    ///     PreprodPackageHandler, Result,
    ///     workflow::{Polling, Waited},
    /// };
    ///
    /// # async fn example(package: PreprodPackageHandler) -> Result<()> {
    /// if let Waited::Done(_) = package.until_signed(&Polling::default()).await? {
    ///     println!("it has brought {} assets", package.assets().await?.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`SubmissionHandler::until_signed`].
    pub async fn until_signed(&self, polling: &Polling) -> Result<Waited<PreprodPackage>> {
        until_over(self, polling).await
    }
}

/// What a look at the service means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sight {
    Working,
    Done,
    Failed,
}

/// Something that the service takes its time for.
trait Watched {
    type Seen;

    /// The `operationId` of a look.
    const OPERATION: &'static str;

    fn client(&self) -> &Client;

    async fn look(&self) -> Result<Self::Seen>;

    fn note<'a>(waiting: &mut Waiting, seen: &'a Self::Seen) -> Vec<Event<'a>>;

    fn sight(seen: &Self::Seen) -> Sight;

    /// Why the service has given it up.
    async fn failure(&self, seen: &Self::Seen) -> Error;
}

async fn until_over<W: Watched>(watched: &W, polling: &Polling) -> Result<Waited<W::Seen>> {
    let (started, reporter) = (Instant::now(), watched.client().reporter());
    let mut waiting = Waiting::default();
    let mut last = None;
    loop {
        let trouble = match watched.look().await {
            Ok(seen) => {
                W::note(&mut waiting, &seen).iter().for_each(|event| reporter.event(event));
                match W::sight(&seen) {
                    Sight::Done => return Ok(Waited::Done(seen)),
                    Sight::Failed => return Err(watched.failure(&seen).await),
                    Sight::Working => last = Some(seen),
                }
                None
            }
            // What has been there goes on, whoever cannot be reached at the moment.
            Err(error) if last.is_some() && run::is_outlasted(&error) => Some(error),
            Err(error) => return Err(error),
        };
        let pause = waiting.pause(polling, fastrand::f64());
        if started.elapsed() + pause > polling.max_wait
            && let Some(seen) = last
        {
            return Ok(Waited::StillRunning(seen));
        }
        reporter.event(&match &trouble {
            Some(reason) => Event::Retrying { operation: W::OPERATION, reason, pause },
            None => Event::Waiting(pause),
        });
        tokio::time::sleep(pause).await;
    }
}

impl Watched for SubmissionHandler {
    type Seen = Submission;

    const OPERATION: &'static str = "getSubmission";

    fn client(&self) -> &Client {
        self.client()
    }

    async fn look(&self) -> Result<Submission> {
        self.get().await
    }

    fn note<'a>(waiting: &mut Waiting, seen: &'a Submission) -> Vec<Event<'a>> {
        waiting.note(seen)
    }

    fn sight(seen: &Submission) -> Sight {
        match SubmissionView::of(seen) {
            SubmissionView::Failed => Sight::Failed,
            SubmissionView::Ready { signed: true, .. } => Sight::Done,
            _ => Sight::Working,
        }
    }

    async fn failure(&self, seen: &Submission) -> Error {
        failure::of_submission(self, seen).await
    }
}

impl Watched for ShippingLabelHandler {
    type Seen = ShippingLabel;

    const OPERATION: &'static str = "getShippingLabel";

    fn client(&self) -> &Client {
        self.client()
    }

    async fn look(&self) -> Result<ShippingLabel> {
        self.get().await
    }

    fn note<'a>(waiting: &mut Waiting, seen: &'a ShippingLabel) -> Vec<Event<'a>> {
        waiting.note_status(seen.workflow_status.as_ref())
    }

    fn sight(seen: &ShippingLabel) -> Sight {
        match LabelView::of(seen) {
            LabelView::Failed => Sight::Failed,
            LabelView::Finished => Sight::Done,
            LabelView::Working | LabelView::InApproval => Sight::Working,
        }
    }

    async fn failure(&self, seen: &ShippingLabel) -> Error {
        failure::of_label(self, seen).await
    }
}

/// A label that is waited for until people look at it.
struct Approval<'a>(&'a ShippingLabelHandler);

impl Watched for Approval<'_> {
    type Seen = ShippingLabel;

    const OPERATION: &'static str = ShippingLabelHandler::OPERATION;

    fn client(&self) -> &Client {
        self.0.client()
    }

    async fn look(&self) -> Result<ShippingLabel> {
        self.0.get().await
    }

    fn note<'a>(waiting: &mut Waiting, seen: &'a ShippingLabel) -> Vec<Event<'a>> {
        ShippingLabelHandler::note(waiting, seen)
    }

    fn sight(seen: &ShippingLabel) -> Sight {
        match LabelView::of(seen) {
            LabelView::InApproval => Sight::Done,
            _ => ShippingLabelHandler::sight(seen),
        }
    }

    async fn failure(&self, seen: &ShippingLabel) -> Error {
        self.0.failure(seen).await
    }
}

impl Watched for PreprodPackageHandler {
    type Seen = PreprodPackage;

    const OPERATION: &'static str = "getPreprodPackage";

    fn client(&self) -> &Client {
        self.client()
    }

    async fn look(&self) -> Result<PreprodPackage> {
        self.get().await
    }

    fn note<'a>(waiting: &mut Waiting, seen: &'a PreprodPackage) -> Vec<Event<'a>> {
        waiting.note_signing(seen)
    }

    fn sight(seen: &PreprodPackage) -> Sight {
        match PackageView::of(seen) {
            PackageView::Failed => Sight::Failed,
            PackageView::Signed => Sight::Done,
            PackageView::Working => Sight::Working,
        }
    }

    async fn failure(&self, seen: &PreprodPackage) -> Error {
        failure::of_package(self, seen)
    }
}
