//! Where a run is kept, and whether it is waited for.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Run")]
pub(crate) struct Keeping {
    /// Keep the run's journal in this new file; name it *.run.json for `hwdash runs` to find it. By
    /// default it lies beside the file that --out names, or here
    #[arg(long, value_name = "FILE", conflicts_with = "emulator")]
    pub(crate) state: Option<PathBuf>,

    /// End as soon as the service has everything; `hwdash resume` does the rest
    #[arg(long, conflicts_with = "emulator")]
    pub(crate) no_wait: bool,
}
