//! What `hwdash schema` is told.

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  The fields of a request that makes a product, for an editor:
    hwdash schema new-product > new-product.schema.json")]
pub(crate) struct Schema {
    /// What to print the schema of; without it, the names are listed
    pub(crate) name: Option<String>,
}
