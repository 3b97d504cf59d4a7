//! What `hwdash preprod` is told.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hardware_dashboard::model::{PreprodAssetId, PreprodPackageId};

use super::{Connection, Keeping, Waiting};

#[derive(Debug, Subcommand)]
pub(crate) enum Preprod {
    /// Have a package signed for test machines: submit, wait, download
    Sign(Box<Sign>),
    /// Submit a package to be signed for test machines
    Submit(Submit),
    /// Show a package and how far its signing is
    Get(Get),
    /// List what the signing of a package has brought
    Assets(Assets),
    /// Download an asset, and check its hash
    Download(Download),
    /// Wait until a package is signed
    Wait(Wait),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash preprod sign echo.cab --out echo-test.zip")]
pub(crate) struct Sign {
    /// The package
    pub(crate) package: PathBuf,

    /// Where the signed zip goes
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,

    /// Replace the file that --out names
    #[arg(long)]
    pub(crate) overwrite: bool,

    #[command(flatten)]
    pub(crate) keeping: Keeping,

    #[command(flatten)]
    pub(crate) waiting: Waiting,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash preprod submit echo.cab
    id=$(hwdash preprod submit echo.cab --output json | jq -r .id)")]
pub(crate) struct Submit {
    /// The package
    pub(crate) package: PathBuf,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash preprod get 0e4c7a1b")]
pub(crate) struct Get {
    /// The id of the package
    #[arg(value_name = "PACKAGE")]
    pub(crate) package: PreprodPackageId,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash preprod assets 0e4c7a1b")]
pub(crate) struct Assets {
    /// The id of the package
    #[arg(value_name = "PACKAGE")]
    pub(crate) package: PreprodPackageId,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  The signed files:
    hwdash preprod download 0e4c7a1b --out echo-preprod.zip")]
pub(crate) struct Download {
    /// The id of the package
    #[arg(value_name = "PACKAGE")]
    pub(crate) package: PreprodPackageId,

    /// The id of the asset; without it, the zip of the signed files
    #[arg(value_name = "ASSET")]
    pub(crate) asset: Option<PreprodAssetId>,

    /// Where the file goes
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,

    /// Replace the file that --out names
    #[arg(long)]
    pub(crate) overwrite: bool,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash preprod wait 0e4c7a1b --max-wait 2h")]
pub(crate) struct Wait {
    /// The id of the package
    #[arg(value_name = "PACKAGE")]
    pub(crate) package: PreprodPackageId,

    #[command(flatten)]
    pub(crate) waiting: Waiting,

    #[command(flatten)]
    pub(crate) connection: Connection,
}
