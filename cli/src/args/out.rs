//! Where files go.

use std::path::PathBuf;

use clap::Args;

/// The file that a run has signed.
#[derive(Clone, Debug, Args)]
pub(crate) struct SignedZip {
    /// Where the signed zip goes
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,

    /// Replace the file that --out names
    #[arg(long)]
    pub(crate) overwrite: bool,
}

/// A file that is downloaded.
#[derive(Clone, Debug, Args)]
pub(crate) struct Target {
    /// Where the file goes
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,

    /// Replace the file that --out names
    #[arg(long)]
    pub(crate) overwrite: bool,
}
