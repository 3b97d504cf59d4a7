//! Files of requests that several commands read.

use std::path::PathBuf;

use clap::Args;

/// The file of an update.
#[derive(Debug, Args)]
pub(crate) struct Changes {
    /// Read the changes from this JSON or TOML file, `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
}

/// The file of a new shipping label, and what most labels are told apart by.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct LabelFile {
    /// Read the label from this JSON or TOML file, `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,

    /// The name of the label
    #[arg(long)]
    pub(crate) name: Option<String>,
}
