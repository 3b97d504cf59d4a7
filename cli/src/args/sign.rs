//! What `hwdash sign` is told.

use std::path::PathBuf;

use clap::Args;
use hardware_dashboard::model::OsCode;

use super::{Running, Signing};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  Try it without an account, on the emulator:
    hwdash sign samples/echo-driver --name Echo \\
        --signature win11-24h2-x64 --out echo-signed.zip --emulator
  Sign for real (AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET are set):
    hwdash sign echo.cab --name Echo \\
        --signature win11-24h2-x64 --out echo-signed.zip
  Go home while the service works, and fetch the signed file tomorrow:
    hwdash sign echo.cab --name Echo \\
        --signature win11-24h2-x64 --out echo-signed.zip --no-wait
    hwdash resume echo-signed.zip.run.json")]
pub(crate) struct Sign {
    /// The package: a signed .cab (attestation), an .hlkx or an .hckx file; with --emulator also a
    /// folder of driver folders
    pub(crate) package: PathBuf,

    /// The name of the product and of its submission
    #[arg(long)]
    pub(crate) name: String,

    /// The system of a signature: an OS code such as WINDOWS_v100_X64_GE_FULL or its friendly name,
    /// win11-24h2-x64; may be given several times
    #[arg(long = "signature", value_name = "CODE", required = true)]
    pub(crate) signatures: Vec<OsCode>,

    #[command(flatten)]
    pub(crate) signing: Signing,

    #[command(flatten)]
    pub(crate) run: Running,
}
