//! What comes next: a pure function of what the run knows and what the service shows.

use crate::model::{CommitStatus, ProductId, SafeUrl, Submission, SubmissionId};

/// After so many commits that may or may not have arrived, the fault is not the network.
const MAX_UNCLEAR_COMMITS: u8 = 3;

/// What a run knows of what it has done.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Known {
    pub(super) product: Made<ProductId>,
    pub(super) submission: Made<SubmissionId>,
    pub(super) uploaded: bool,
    pub(super) commit: Commit,
}

/// What became of a create.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Made<T> {
    #[default]
    Not,
    /// It was sent, and nothing is known of it: it must not be sent again.
    Sent,
    Is(T),
}

impl<T: Copy> Made<T> {
    pub(super) fn id(&self) -> Option<T> {
        match self {
            Self::Is(id) => Some(*id),
            Self::Not | Self::Sent => None,
        }
    }

    /// After a failure that surely made nothing it may be sent again.
    pub(super) fn settle(&mut self, may_be_there: bool) {
        if !may_be_there {
            *self = Self::Not;
        }
    }
}

/// What became of the commit, as far as the run knows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Commit {
    #[default]
    NotSent,
    /// Sent so many times without a clear answer.
    Unclear(u8),
    /// The service took it, or had taken it before.
    Accepted,
}

impl Commit {
    pub(super) fn unclear(self) -> Self {
        match self {
            Self::NotSent => Self::Unclear(1),
            Self::Unclear(times) => Self::Unclear(times.saturating_add(1)),
            Self::Accepted => Self::Accepted,
        }
    }

    pub(super) fn may_repeat(self) -> bool {
        !matches!(self, Self::Unclear(times) if times >= MAX_UNCLEAR_COMMITS)
    }
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    CreateProduct,
    CreateSubmission(ProductId),
    /// Read the submission.
    Look(ProductId, SubmissionId),
    Upload(ProductId, SubmissionId, SafeUrl),
    Commit(ProductId, SubmissionId),
    /// Look again later.
    Wait,
    Download(ProductId, SubmissionId, SafeUrl),
    /// The service has failed the submission.
    GiveUp,
    /// This operation was sent, and what became of it is not known.
    Unsure(&'static str),
}

/// Decides the next step. `seen` is what the service showed since the last thing that was done.
pub(super) fn next(known: &Known, seen: Option<&Submission>) -> Step {
    let product = match known.product {
        Made::Not => return Step::CreateProduct,
        Made::Sent => return Step::Unsure("createProduct"),
        Made::Is(id) => id,
    };
    let submission = match known.submission {
        Made::Not => return Step::CreateSubmission(product),
        Made::Sent => return Step::Unsure("createSubmission"),
        Made::Is(id) => id,
    };
    let Some(seen) = seen else { return Step::Look(product, submission) };
    if seen.has_failed() {
        return Step::GiveUp;
    }
    // The only sure sign of success: `completed` speaks of one step alone.
    if let Some(url) = seen.signed_package_url() {
        return Step::Download(product, submission, url.clone());
    }
    if !is_open(seen) || known.commit == Commit::Accepted {
        return Step::Wait;
    }
    if known.uploaded {
        return Step::Commit(product, submission);
    }
    match seen.upload_url() {
        Some(url) => Step::Upload(product, submission, url.clone()),
        None => Step::Wait,
    }
}

/// Whether the submission still waits for its package and its commit.
fn is_open(seen: &Submission) -> bool {
    matches!(seen.commit_status, None | Some(CommitStatus::CommitPending))
}

#[cfg(test)]
mod tests {
    use super::*;

    const P: ProductId = ProductId::new(1);
    const S: SubmissionId = SubmissionId::new(2);

    fn known(uploaded: bool, commit: Commit) -> Known {
        Known { product: Made::Is(P), submission: Made::Is(S), uploaded, commit }
    }

    fn view(json: serde_json::Value) -> Submission {
        serde_json::from_value(json).unwrap()
    }

    fn pending() -> Submission {
        view(serde_json::json!({ "commitStatus": "CommitPending", "downloads": { "items":
            [{ "type": "initialPackage", "url": "https://blob/initial" }] } }))
    }

    fn status(commit: &str, step: &str, state: &str) -> Submission {
        view(serde_json::json!({ "commitStatus": commit,
            "workflowStatus": { "currentStep": step, "state": state } }))
    }

    #[test]
    fn ids_come_first() {
        assert_eq!(next(&Known::default(), None), Step::CreateProduct);
        let known_product = Known { product: Made::Is(P), ..Known::default() };
        assert_eq!(next(&known_product, None), Step::CreateSubmission(P));
        assert_eq!(next(&known(false, Commit::NotSent), None), Step::Look(P, S));
    }

    #[test]
    fn what_was_sent_without_an_answer_is_not_sent_again() {
        let product = Known { product: Made::Sent, ..Known::default() };
        assert_eq!(next(&product, None), Step::Unsure("createProduct"));
        let submission = Known { submission: Made::Sent, ..known(false, Commit::NotSent) };
        assert_eq!(next(&submission, None), Step::Unsure("createSubmission"));
    }

    #[test]
    fn every_view_leads_to_its_step() {
        let (fresh, sent) = (Commit::NotSent, Commit::Accepted);
        let upload = Step::Upload(P, S, "https://blob/initial".into());
        let no_url = view(serde_json::json!({ "commitStatus": "commitPending" }));
        let signed = view(serde_json::json!({ "downloads": { "items":
            [{ "type": "SignedPackage", "url": "https://blob/signed" }] } }));
        for (uploaded, commit, seen, step) in [
            (false, fresh, pending(), upload.clone()),
            (false, fresh, no_url.clone(), Step::Wait),
            (true, fresh, pending(), Step::Commit(P, S)),
            (true, Commit::Unclear(1), pending(), Step::Commit(P, S)),
            // The view may lag behind a commit that was taken.
            (true, sent, pending(), Step::Wait),
            // Somebody else has committed: nothing is left to be sent.
            (
                false,
                fresh,
                status("commitReceived", "packageInfoValidation", "started"),
                Step::Wait,
            ),
            (true, sent, status("commitReceived", "", ""), Step::Wait),
            (true, sent, status("commitComplete", "scanning", "completed"), Step::Wait),
            (true, sent, status("commitComplete", "finalizeIngestion", "completed"), Step::Wait),
            (true, sent, status("someNewStatus", "7", "started"), Step::Wait),
            (true, sent, status("commitFailed", "", ""), Step::GiveUp),
            (true, sent, status("commitComplete", "validation", "failed"), Step::GiveUp),
            (true, sent, signed, Step::Download(P, S, "https://blob/signed".into())),
        ] {
            let known = known(uploaded, commit);
            assert_eq!(next(&known, Some(&seen)), step, "{known:?} {seen:?}");
        }
    }

    #[test]
    fn an_unclear_commit_is_repeated_a_few_times_only() {
        let mut commit = Commit::NotSent;
        let mut times = 0;
        while commit.may_repeat() {
            commit = commit.unclear();
            times += 1;
        }
        assert_eq!(times, MAX_UNCLEAR_COMMITS);
        assert!(Commit::Accepted.unclear() == Commit::Accepted);
    }
}
