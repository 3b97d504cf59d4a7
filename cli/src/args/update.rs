//! What `hwdash update` is told.

use std::path::PathBuf;

use clap::Args;

use super::{ProductArg, Running, Signing};

#[derive(Debug, Args)]
#[command(after_help = "\
The package is made from the shell of the product, which is the derived download of its finished \
initial submission. Attestation-signed products take no updates.

Examples:
    hwdash update 1463 dua.hlkx --name \"Echo 1.2, more ids\" --out signed.zip
  Fetch the shell first, make the package from it, and go on:
    hwdash update 1463 dua.hlkx --name \"Echo 1.2, more ids\" \\
        --out signed.zip --shell shell.hlkx
    hwdash resume signed.zip.run.json
  The shell alone, from the initial submission:
    hwdash submission download 1463 1152 --kind derived --out shell.hlkx")]
pub(crate) struct Update {
    #[command(flatten)]
    pub(crate) of: ProductArg,

    /// The package of the update; with --shell it need not be there yet
    pub(crate) package: PathBuf,

    /// The name of the submission
    #[arg(long)]
    pub(crate) name: String,

    /// Make the submission, fetch the shell of the product to this file, and stop until the package has
    /// been made from it: `hwdash resume` then uploads it
    #[arg(long, value_name = "FILE")]
    pub(crate) shell: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) signing: Signing,

    #[command(flatten)]
    pub(crate) run: Running,
}
