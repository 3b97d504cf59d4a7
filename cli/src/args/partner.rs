//! What `hwdash partner` is told.

use clap::{Args, Subcommand};
use hardware_dashboard::model::{ProductId, PublisherId, SubmissionId};

use super::Connection;

#[derive(Debug, Subcommand)]
pub(crate) enum Partner {
    /// Show this account's own ids of a submission that a partner has shared
    Lookup(Lookup),
}

#[derive(Debug, Args)]
#[command(after_help = "\
The ids are the partner's; the answer holds this account's own.

Examples:
    hwdash partner lookup 27258209 1363 1151")]
pub(crate) struct Lookup {
    /// The partner's publisher id
    #[arg(value_name = "PUBLISHER")]
    pub(crate) publisher: PublisherId,

    /// The partner's id of the product
    #[arg(value_name = "PRODUCT")]
    pub(crate) product: ProductId,

    /// The partner's id of the submission
    #[arg(value_name = "SUBMISSION")]
    pub(crate) submission: SubmissionId,

    #[command(flatten)]
    pub(crate) connection: Connection,
}
