//! What `hwdash resume` and `hwdash runs` are told.

use std::path::PathBuf;

use clap::Args;

use super::{Connection, Waiting};

#[derive(Debug, Args)]
#[command(after_help = "\
A run goes on where it stopped, on another machine too when its journal and its package are there \
under the same paths. What it may have made is looked for and not made again. The journal is removed \
when the run is over; to give a run up, delete it.

Examples:
    hwdash resume echo-signed.zip.run.json
  The only run whose journal is in this folder:
    hwdash resume")]
pub(crate) struct Resume {
    /// The journal of the run; without it, the only one in this folder
    #[arg(value_name = "STATE")]
    pub(crate) state: Option<PathBuf>,

    /// End as soon as the service has everything
    #[arg(long, help_heading = "Run")]
    pub(crate) no_wait: bool,

    #[command(flatten)]
    pub(crate) waiting: Waiting,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Only the journals are read, all files named *.run.json; the service is not asked.

Examples:
    hwdash runs
    hwdash runs releases --output json | jq -r '.value[].journal'")]
pub(crate) struct Runs {
    /// The folder to look in
    #[arg(default_value = ".", hide_default_value = true)]
    pub(crate) folder: PathBuf,
}
