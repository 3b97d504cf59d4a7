//! How far a run is, as its journal tells it.

use std::{fmt, path::Path};

use uuid::Uuid;

use super::{
    journal::Record,
    known::{Known, Mutation},
    order::Order,
};
use crate::model::{PreprodPackageId, ProductId, ShippingLabelId, SubmissionId, Timestamp};

/// How far a run is, as its [`Journal`](super::Journal) tells it: for whoever lists runs, or says how
/// one is gone on with. The service is not asked.
///
/// ```no_run
/// use hardware_dashboard::{Result, workflow::Journal};
///
/// # fn example() -> Result<()> {
/// let run = Journal::inspect("echo.journal")?;
/// println!("{} of {:?}: {}", run.kind(), run.product_id(), run.reached());
/// println!("begun {}, for {:?}", run.begun(), run.target());
/// println!("label {:?}, preproduction package {:?}", run.label_id(), run.package_id());
/// if run.is_in_use() {
///     println!("another process is at it");
/// } else if let Some(id) = run.open_request_id() {
///     println!("no answer to request {id} is known; a resumed run looks for what came of it");
/// } else if run.is_unclear() || run.has_acted() {
///     println!("to be resumed: something is at the service");
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RunState {
    record: Record,
    in_use: bool,
}

/// What a run was ordered to do.
///
/// ```
/// use hardware_dashboard::workflow::RunKind;
///
/// assert_eq!(RunKind::Publish.to_string(), "publish");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RunKind {
    /// [`Run::sign`](super::Run::sign)
    Sign,
    /// [`Run::update`](super::Run::update)
    Update,
    /// [`Run::publish`](super::Run::publish)
    Publish,
    /// [`Run::share`](super::Run::share)
    Share,
    /// [`Run::preprod`](super::Run::preprod)
    Preprod,
    /// [`Run::attach`](super::Run::attach)
    Attach,
}

/// The last thing that a run surely has done.
///
/// ```
/// use hardware_dashboard::workflow::Reached;
///
/// assert_eq!(Reached::Committed.to_string(), "committed");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reached {
    /// Nothing yet.
    Begun,
    /// The product was made.
    ProductCreated,
    /// The submission was made.
    SubmissionCreated,
    /// The package is at blob storage.
    Uploaded,
    /// The submission was committed.
    Committed,
    /// The preproduction package was submitted.
    PackageSubmitted,
    /// The signed file is on disk.
    Downloaded,
    /// The shipping label was made.
    LabelCreated,
}

impl RunState {
    pub(super) fn new(record: Record, in_use: bool) -> Self {
        Self { record, in_use }
    }

    /// What was ordered.
    #[must_use]
    pub fn kind(&self) -> RunKind {
        let Order { preprod, product, submission, target, shipment, .. } = &self.record.order;
        match (shipment, target) {
            _ if *preprod => RunKind::Preprod,
            _ if product.is_some() => RunKind::Sign,
            _ if submission.is_some() => RunKind::Update,
            (Some(shipment), None) if shipment.is_to_windows_update() => RunKind::Publish,
            (Some(_), None) => RunKind::Share,
            _ => RunKind::Attach,
        }
    }

    /// How far it is.
    #[must_use]
    pub fn reached(&self) -> Reached {
        let Known { product, submission, uploaded, commit, file, label, package, .. } =
            &self.record.known;
        let order = &self.record.order;
        let steps = [
            (label.done().is_some(), Reached::LabelCreated),
            (file.is_some(), Reached::Downloaded),
            (package.done().is_some(), Reached::PackageSubmitted),
            (commit.done().is_some(), Reached::Committed),
            (*uploaded, Reached::Uploaded),
            // What was there before is nothing that the run has reached.
            (order.submission.is_some() && submission.done().is_some(), Reached::SubmissionCreated),
            (order.product.is_some() && product.done().is_some(), Reached::ProductCreated),
        ];
        steps.iter().find(|(is_so, _)| *is_so).map_or(Reached::Begun, |(_, reached)| *reached)
    }

    /// Whether a call was sent, or was about to be, whose answer is not known. The run looks for what
    /// became of it when it is gone on with.
    #[must_use]
    pub fn is_unclear(&self) -> bool {
        self.record.known.has_intent() || self.record.known.package.is_intended()
    }

    /// Whether something may have come of the run, so that its journal must not be thrown away.
    #[must_use]
    pub fn has_acted(&self) -> bool {
        let was_asked = !matches!(self.record.known.metadata, Mutation::NotSent);
        self.is_unclear() || was_asked || self.reached() != Reached::Begun
    }

    /// Whether another process goes on with the run at this moment.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.in_use
    }

    /// When it was begun, by the clock of the machine.
    #[must_use]
    pub fn begun(&self) -> Timestamp {
        self.record.begun.into()
    }

    /// The `MS-CorrelationId` of its calls.
    #[must_use]
    pub fn correlation_id(&self) -> Uuid {
        self.record.correlation_id
    }

    /// The `MS-RequestId` of the call that is [unclear](Self::is_unclear), for Microsoft's support: of its
    /// first attempt, from which further ones count on, or of that whose answer is known to be lost.
    #[must_use]
    pub fn open_request_id(&self) -> Option<Uuid> {
        self.record.known.open_request_id()
    }

    /// The product, as soon as there is one.
    #[must_use]
    pub fn product_id(&self) -> Option<ProductId> {
        self.record.known.product.done()
    }

    /// The submission, as soon as there is one.
    #[must_use]
    pub fn submission_id(&self) -> Option<SubmissionId> {
        self.record.known.submission.done()
    }

    /// The shipping label, as soon as there is one.
    #[must_use]
    pub fn label_id(&self) -> Option<ShippingLabelId> {
        self.record.known.label.done()
    }

    /// The preproduction package, as soon as there is one.
    #[must_use]
    pub fn package_id(&self) -> Option<PreprodPackageId> {
        self.record.known.package.done()
    }

    /// Where the signed file goes, if one was ordered.
    #[must_use]
    pub fn target(&self) -> Option<&Path> {
        self.record.order.target.as_ref().map(|target| target.path.as_path())
    }
}

impl fmt::Display for RunKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sign => "sign",
            Self::Update => "update",
            Self::Publish => "publish",
            Self::Share => "share",
            Self::Preprod => "preprod",
            Self::Attach => "attach",
        })
    }
}

impl fmt::Display for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Begun => "begun",
            Self::ProductCreated => "product created",
            Self::SubmissionCreated => "submission created",
            Self::Uploaded => "uploaded",
            Self::Committed => "committed",
            Self::PackageSubmitted => "package submitted",
            Self::Downloaded => "downloaded",
            Self::LabelCreated => "label created",
        })
    }
}
