//! What `hwdash doctor` is told.

use clap::Args;

use super::Connection;

#[derive(Debug, Args)]
#[command(after_help = "\
Each line says what was looked at, what is wrong with it and what to do. One product is listed, with
one token; nothing is changed. The exit code is that of the first line that failed. No secret is printed.

Examples:
  hwdash doctor
  hwdash doctor --profile contoso --output json")]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) connection: Connection,
}
