//! The shell of an update: what its package is made from.

use futures_util::TryStreamExt;

use super::{
    Progress, Run,
    create::missing,
    file::{Origin, save},
};
use crate::{
    error::{Error, Kind, Result, Stage},
    model::SubmissionType,
    submission::SubmissionHandler,
    workflow::preflight,
};

impl Run {
    pub(super) async fn fetch_shell(&mut self) -> Result<Progress> {
        let target = self.record.order.shell.clone().ok_or_else(|| missing("shell"))?;
        let origin = Origin::Shell(self.initial_submission().await?);
        if let Some(saved) = save(&origin, &target).await? {
            self.record.known.shell = Some(saved);
            self.note("download", false)?;
        }
        Ok(Progress::Moved)
    }

    /// The submission that is updated: a product has one.
    async fn initial_submission(&self) -> Result<SubmissionHandler> {
        let product = self.client.product(self.product()?);
        let mut submissions = product.submissions().list();
        while let Some(submission) = submissions.try_next().await? {
            let is_initial = submission.type_ == Some(SubmissionType::Initial);
            if let (true, Some(id)) = (is_initial, submission.id_or_link()) {
                return Ok(product.submission(id));
            }
        }
        let message = "the product has no initial submission, of which an update could be made";
        Err(Error::new(Stage::Workflow, Kind::Input, message)
            .with_hint("Look at its submissions, and begin a run for another product."))
    }

    /// What stops a run before it uploads: the package is yet to be made from the shell.
    pub(super) fn package_wanted(&self) -> Result<Option<Progress>> {
        let order = &self.record.order;
        let Some(shell) = &order.shell else { return Ok(None) };
        if order.package().exists() {
            // It was not there to be looked at when the run began.
            return preflight::check_package(order.package(), None).map(|()| None);
        }
        Ok(Some(Progress::PackageWanted { shell: shell.path.clone() }))
    }
}
