//! What `hwdash update` is told.

use std::path::PathBuf;

use clap::Args;
use hardware_dashboard::model::ProductId;

use super::{Connection, Keeping, Waiting};

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
    /// The id of the product
    #[arg(value_name = "PRODUCT")]
    pub(crate) product: ProductId,

    /// The package of the update; with --shell it need not be there yet
    pub(crate) package: PathBuf,

    /// The name of the submission
    #[arg(long)]
    pub(crate) name: String,

    /// Where the signed zip goes
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,

    /// Make the submission, fetch the shell of the product to this file, and stop until the package has
    /// been made from it: `hwdash resume` then uploads it
    #[arg(long, value_name = "FILE")]
    pub(crate) shell: Option<PathBuf>,

    /// Replace the file that --out names
    #[arg(long)]
    pub(crate) overwrite: bool,

    /// When it is signed, make the shipping label of this JSON or TOML file, which is written as for
    /// `hwdash label create --from`; one to Windows Update that names no hardware ids targets all
    #[arg(long, value_name = "LABEL")]
    pub(crate) publish: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) keeping: Keeping,

    #[command(flatten)]
    pub(crate) waiting: Waiting,

    #[command(flatten)]
    pub(crate) connection: Connection,
}
