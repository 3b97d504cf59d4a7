//! What every run is told.

use std::path::PathBuf;

use clap::Args;

use super::{Connection, Keeping, SignedZip, Waiting};

/// How a run is kept and waited for, and for which account it is.
#[derive(Debug, Args)]
pub(crate) struct Running {
    #[command(flatten)]
    pub(crate) keeping: Keeping,

    #[command(flatten)]
    pub(crate) waiting: Waiting,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// What becomes of a package that a run has signed.
#[derive(Debug, Args)]
pub(crate) struct Signing {
    #[command(flatten)]
    pub(crate) zip: SignedZip,

    /// When it is signed, make the shipping label of this JSON or TOML file, which is written as for
    /// `hwdash label create --from`; one to Windows Update that names no hardware ids targets all
    #[arg(long, value_name = "LABEL")]
    pub(crate) publish: Option<PathBuf>,
}
