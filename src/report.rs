//! Progress, told to whoever wants to show it.

use std::{fmt, time::Duration};

use crate::{
    error::{Error, Stage},
    model::{
        CommitStatus, PreprodPackageId, PreprodSigningStatus, ProductId, ShippingLabelId,
        SubmissionId, WorkflowState, WorkflowStep,
    },
};

/// Something that a person who watches a run wants to know.
///
/// ```
/// use hardware_dashboard::{Direction, Event};
///
/// /// The line to show for an event; most events are not worth one.
/// fn line(event: &Event<'_>) -> Option<String> {
///     Some(match event {
///         Event::ProductCreated(id) => format!("product {id}"),
///         Event::SubmissionCreated(id) => format!("submission {id}"),
///         Event::Transfer { direction, done, total } => {
///             let what = if *direction == Direction::Upload { "sent" } else { "fetched" };
///             let total = total.map_or_else(|| "?".to_owned(), |total| total.to_string());
///             format!("{what} {done} of {total} bytes")
///         }
///         Event::Workflow { step, state } => format!("{step}: {state}"),
///         Event::Retrying { operation, reason, pause } => {
///             format!("{operation} again in {pause:?}: {reason}")
///         }
///         _ => return None,
///     })
/// }
///
/// let event = Event::Transfer { direction: Direction::Upload, done: 5, total: Some(9) };
/// assert_eq!(line(&event).as_deref(), Some("sent 5 of 9 bytes"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Microsoft Entra ID has given a token.
    TokenObtained {
        /// How long it lives.
        lifetime: Duration,
    },
    /// A product was made.
    ProductCreated(ProductId),
    /// A submission was made.
    SubmissionCreated(SubmissionId),
    /// A transfer begins, continues or ends: `done` of `total` bytes. All is done only when it is
    /// checked; less is told only for another `total`, when the file has become another one.
    Transfer {
        /// Which way the bytes go.
        direction: Direction,
        /// Bytes moved so far.
        done: u64,
        /// Bytes in all, where that is known.
        total: Option<u64>,
    },
    /// A transfer goes on where an earlier one stopped: `there` of `total` bytes were left by it, and
    /// what is unchanged of them is not moved again.
    TransferResumed {
        /// Which way the bytes go.
        direction: Direction,
        /// Bytes that have arrived already.
        there: u64,
        /// Bytes in all.
        total: u64,
    },
    /// Nothing has moved for a while: the line or the server is slow, or away. The next
    /// [`Transfer`](Self::Transfer) tells that bytes move again.
    TransferStalled {
        /// Which way the bytes should go.
        direction: Direction,
        /// How long nothing has moved.
        idle: Duration,
    },
    /// The submission was committed.
    Committed,
    /// The service has accepted the commit, yet shows the submission as not committed. The run goes on
    /// waiting, and does not commit twice.
    CommitUnconfirmed {
        /// For how long by now.
        waited: Duration,
    },
    /// The commit has come further.
    CommitStatus(&'a CommitStatus),
    /// The workflow has come further.
    Workflow {
        /// The current step.
        step: &'a WorkflowStep,
        /// The state of this step alone.
        state: &'a WorkflowState,
    },
    /// The service has something to say, also when all is well.
    Message(String),
    /// The next look at the service is this far away.
    Waiting(Duration),
    /// The account has used up its calls; all calls wait.
    Throttled {
        /// For how long.
        pause: Duration,
    },
    /// A call or a piece of a transfer failed and will be repeated; the other pieces go on.
    Retrying {
        /// What failed: an `operationId`, `token`, `upload` or `download`.
        operation: &'static str,
        /// Why.
        reason: &'a Error,
        /// The pause before it is repeated.
        pause: Duration,
    },
    /// A run comes to this part of its work.
    Entered(Stage),
    /// The journal of a run holds this on its medium: a step will be, or was, taken.
    Noted {
        /// The `operationId` of the call, or `upload` or `download`.
        operation: &'static str,
        /// Whether the step is still to come.
        intent: bool,
    },
    /// The answer to this call was lost; what became of it will be looked for.
    Unclear {
        /// The `operationId` of the call.
        operation: &'static str,
        /// Why no answer came.
        reason: &'a Error,
    },
    /// What a call whose answer was lost has made was found, and is gone on with.
    Adopted {
        /// The `operationId` of the call.
        operation: &'static str,
        /// The id of what it made.
        id: String,
    },
    /// A shipping label was made.
    LabelCreated(ShippingLabelId),
    /// A preproduction package was submitted.
    PackageSubmitted(&'a PreprodPackageId),
    /// Signing of the preproduction package has come further.
    Signing(&'a PreprodSigningStatus),
}

/// Which way bytes go.
///
/// See the example of [`Event`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To blob storage.
    Upload,
    /// From blob storage.
    Download,
}

/// Somebody who wants to know how a run goes.
///
/// Events come from the task that runs; an implementation must not block.
///
/// ```
/// use hardware_dashboard::{Event, Reporter};
///
/// #[derive(Debug)]
/// struct ToStderr;
///
/// impl Reporter for ToStderr {
///     fn event(&self, event: &Event<'_>) {
///         if let Event::Workflow { step, state } = event {
///             eprintln!("{step}: {state}");
///         }
///     }
/// }
/// ```
///
/// [`ClientBuilder::reporter`](crate::ClientBuilder::reporter) takes it.
pub trait Reporter: fmt::Debug + Send + Sync {
    /// Something has happened.
    fn event(&self, event: &Event<'_>);
}

/// Tells nobody.
///
/// ```
/// use std::sync::Arc;
///
/// use hardware_dashboard::{Client, Silent};
///
/// fn quiet(client: &Client) -> Client {
///     client.with_reporter(Arc::new(Silent))
/// }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn event(&self, _: &Event<'_>) {}
}
