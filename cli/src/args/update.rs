//! What `hwdash update` is told.

use std::path::PathBuf;

use clap::Args;

use super::{ProductArg, Running, Signing};

#[derive(Debug, Args)]
#[command(after_help = "\
The package is made from the shell of the product, which is the derived download of its finished \
initial submission. Attestation-signed products take no updates.

Examples:
    hwdash submission download 1463 1152 --kind derived --out shell.hlkx
    hwdash update 1463 dua.hlkx --name \"Echo 1.2, more ids\" --out signed.zip")]
pub(crate) struct Update {
    #[command(flatten)]
    pub(crate) of: ProductArg,

    /// The package of the update
    pub(crate) package: PathBuf,

    /// The name of the submission
    #[arg(long)]
    pub(crate) name: String,

    #[command(flatten)]
    pub(crate) signing: Signing,

    #[command(flatten)]
    pub(crate) run: Running,
}
