//! The steps of a submission: look, upload, commit, and why it failed.

use std::time::Duration;

use tokio::time::Instant;

use super::{Progress, Run, create::missing};
use crate::{
    blob::UploadOptions,
    client::Client,
    error::{Error, Result},
    model::{ProductId, SafeUrl, Submission},
    report::Event,
    submission::SubmissionHandler,
    workflow::{
        failure,
        known::{Known, Mutation},
        view::SubmissionView,
    },
};

/// A commit that was accepted, and that the service shows as open.
#[derive(Debug)]
pub(super) struct OpenCommit {
    since: Instant,
    /// When this is said (again).
    next_word: Duration,
}

impl Run {
    pub(super) fn product(&self) -> Result<ProductId> {
        self.record.known.product.done().ok_or_else(|| missing("product"))
    }

    pub(super) fn submission(&self) -> Result<SubmissionHandler> {
        self.submission_by(&self.client)
    }

    pub(super) fn submission_by(&self, client: &Client) -> Result<SubmissionHandler> {
        let submission = self.record.known.submission.done();
        let submission = submission.ok_or_else(|| missing("submission"))?;
        Ok(client.product(self.product()?).submission(submission))
    }

    pub(super) async fn read_submission(&mut self) -> Result<Progress> {
        let settled = self.is_settled();
        let seen = self.submission()?.get().await?;
        self.waiting.note(&seen).into_iter().for_each(|event| self.tell(event));
        let view = SubmissionView::of(&seen);
        self.view.submission = Some(view);
        self.view.settled = settled;
        self.seen.submission = Some(seen);
        self.watch_commit(view);
        if self.record.known.saw(view) {
            self.lost = 0;
            self.note("commitSubmission", false)?;
            self.tell(Event::Committed);
        }
        Ok(Progress::Moved)
    }

    pub(super) async fn upload(&mut self) -> Result<Progress> {
        if let Some(stopped) = self.package_wanted()? {
            return Ok(stopped);
        }
        // The URL is good for this once: the next try asks for a new one.
        let url = self.take_url(Submission::upload_url)?;
        self.begin_upload().await?;
        let (package, options) = (self.record.order.package(), UploadOptions::default());
        let sent = self.submission()?.upload_to(&url, package, &options).await;
        self.end_upload(sent.map(drop))?;
        Ok(Progress::Moved)
    }

    /// A commit that seems to have failed may have worked; only a look can tell.
    pub(super) async fn commit(&mut self) -> Result<Progress> {
        self.forget_view();
        self.check_uploaded().await?;
        let intent = |known: &mut Known, sending| known.commit.intend(sending, None);
        let client = self.intend("commitSubmission", intent)?;
        let sent = self.submission_by(&client)?.commit().await;
        // If it stays open, the service may have no package, whatever blob storage has said.
        let is_refused = sent.as_ref().is_err_and(Error::is_invalid_state);
        self.record.known.uploaded &= !is_refused;
        if self.answered("commitSubmission", commit_of, sent)?.is_some() {
            self.tell(Event::Committed);
        }
        Ok(Progress::Moved)
    }

    /// A commit is accepted in an instant. One that stays open for long may have been lost at the
    /// service; it is not sent twice, but said.
    fn watch_commit(&mut self, seen: SubmissionView) {
        let is_open = matches!(seen, SubmissionView::Open { .. });
        if !is_open || self.record.known.commit.done().is_none() {
            self.open_commit = None;
            return;
        }
        let first_word = OpenCommit { since: Instant::now(), next_word: self.polling.settle };
        let open = self.open_commit.get_or_insert(first_word);
        let waited = open.since.elapsed();
        if waited >= open.next_word {
            // Less and less often: nothing new is said.
            open.next_word = waited * 2;
            self.tell(Event::CommitUnconfirmed { waited });
        }
    }

    /// Has the driver metadata made of a submission that a partner has shared.
    pub(super) async fn request_metadata(&mut self) -> Result<Progress> {
        const OPERATION: &str = "createPublisherMetadata";
        self.forget_view();
        let client =
            self.intend(OPERATION, |known, sending| known.metadata.intend(sending, None))?;
        let sent = self.submission_by(&client)?.create_publisher_metadata().await;
        self.answered(OPERATION, metadata_of, sent)?;
        Ok(Progress::Moved)
    }

    /// A URL of what was seen last, which is then forgotten.
    pub(super) fn take_url(
        &mut self,
        url: impl FnOnce(&Submission) -> Option<&SafeUrl>,
    ) -> Result<SafeUrl> {
        let seen = self.seen.submission.take();
        self.forget_view();
        seen.as_ref().and_then(url).cloned().ok_or_else(|| missing("URL"))
    }

    /// Why the service gave it up.
    pub(super) async fn submission_failure(&self) -> Error {
        let nothing = Submission::default();
        let seen = self.seen.submission.as_ref().unwrap_or(&nothing);
        match self.submission() {
            Ok(submission) => failure::of_submission(&submission, seen).await,
            Err(error) => error,
        }
    }
}

fn commit_of(known: &mut Known) -> &mut Mutation<()> {
    &mut known.commit
}

fn metadata_of(known: &mut Known) -> &mut Mutation<()> {
    &mut known.metadata
}
