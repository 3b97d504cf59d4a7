//! What `hwdash wait` and `hwdash log` are told.

use std::path::PathBuf;

use clap::Args;
use hardware_dashboard::model::ShippingLabelId;

use super::{Connection, SubmissionIds, Waiting};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash wait 1463 1152 --max-wait 2h
  And fetch what was signed:
    hwdash wait 1463 1152 --out echo-signed.zip")]
pub(crate) struct Wait {
    #[command(flatten)]
    pub(crate) which: SubmissionIds,

    /// Download the signed zip into this file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Replace the file that --out names
    #[arg(long, requires = "out")]
    pub(crate) overwrite: bool,

    #[command(flatten)]
    pub(crate) waiting: Waiting,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash log 1463 1152
    hwdash log 1463 1152 --output json | jq -r .report
  Of a shipping label:
    hwdash log 1463 1152 2204")]
pub(crate) struct Log {
    #[command(flatten)]
    pub(crate) which: SubmissionIds,

    /// The id of a shipping label of the submission, to read what is said of that
    #[arg(value_name = "LABEL")]
    pub(crate) label: Option<ShippingLabelId>,

    #[command(flatten)]
    pub(crate) connection: Connection,
}
