//! How steps and runs end.

use std::{path::PathBuf, time::Duration};

use crate::{blob::Downloaded, model::ShippingLabelId};

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
    /// The signed package is on disk, which was all that was ordered.
    Done(Downloaded),
    /// The shipping label is as far as it was to be waited for.
    Shipped {
        /// The label.
        label: ShippingLabelId,
        /// The signed package, when it was ordered too.
        file: Option<Downloaded>,
    },
    /// The shell of the update is on disk, and the package that is to be made from it is not.
    PackageWanted {
        /// Where the shell is.
        shell: PathBuf,
    },
}

/// How a run ended.
///
/// See the example of [`Run`](super::Run).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// The signed package is on disk, which was all that was ordered.
    Done(Downloaded),
    /// The shipping label is as far as it was to be waited for.
    Shipped {
        /// The label.
        label: ShippingLabelId,
        /// The signed package, when it was ordered too.
        file: Option<Downloaded>,
    },
    /// The shell of the update is on disk, and the package that is to be made from it is not: build
    /// it under the name that was ordered, and go on with the same run, or resume it from its journal.
    PackageWanted {
        /// Where the shell is.
        shell: PathBuf,
    },
    /// The service is at work, and the run was not to wait for it:
    /// [`Run::until_handed_over`](super::Run::until_handed_over).
    HandedOver,
    /// The service is still at work and the time to wait is over. This says nothing against the
    /// submission: go on with the same run, or resume it from its journal. Where it was not the service
    /// that took so long, [`Run::last_failure`](super::Run::last_failure) tells what did.
    StillRunning,
}
