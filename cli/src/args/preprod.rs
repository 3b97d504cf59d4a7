//! What `hwdash preprod` is told.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hardware_dashboard::model::PreprodAssetId;

use super::{Connection, PackageArg, Running, SignedZip, Target, Waiting};

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

    #[command(flatten)]
    pub(crate) zip: SignedZip,

    #[command(flatten)]
    pub(crate) run: Running,
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
    #[command(flatten)]
    pub(crate) of: PackageArg,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash preprod assets 0e4c7a1b")]
pub(crate) struct Assets {
    #[command(flatten)]
    pub(crate) of: PackageArg,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  The signed files:
    hwdash preprod download 0e4c7a1b --out echo-preprod.zip")]
pub(crate) struct Download {
    #[command(flatten)]
    pub(crate) of: PackageArg,

    /// The id of the asset; without it, the zip of the signed files
    #[arg(value_name = "ASSET")]
    pub(crate) asset: Option<PreprodAssetId>,

    #[command(flatten)]
    pub(crate) target: Target,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash preprod wait 0e4c7a1b --max-wait 2h")]
pub(crate) struct Wait {
    #[command(flatten)]
    pub(crate) of: PackageArg,

    #[command(flatten)]
    pub(crate) waiting: Waiting,

    #[command(flatten)]
    pub(crate) connection: Connection,
}
