//! What `hwdash audience` is told.

use clap::{Args, Subcommand};

use super::{Connection, Listing};

#[derive(Debug, Subcommand)]
pub(crate) enum Audience {
    /// List the audiences of the account
    List(List),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash audience list")]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) listing: Listing,

    #[command(flatten)]
    pub(crate) connection: Connection,
}
