//! What `hwdash product` is told.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hardware_dashboard::model::{OsCode, TestHarness, Timestamp};

use super::{Changes, Connection, Listing, ProductArg, date};

#[derive(Debug, Subcommand)]
pub(crate) enum Product {
    /// List the products of the account
    List(List),
    /// Show a product
    Get(Get),
    /// Make a product; it cannot be deleted
    Create(Box<Create>),
    /// Change the name, the marketing names or the announcement date of a product
    Update(Update),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  The first twenty as a table, or all of them as JSON lines:
    hwdash product list --limit 20
    hwdash product list --output ndjson | jq -r .productName")]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) listing: Listing,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash product get 1463
    hwdash product get 1463 --output json")]
pub(crate) struct Get {
    #[command(flatten)]
    pub(crate) of: ProductArg,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Flags win over the file. The file is JSON or TOML: the request as the API takes it, or a file \
that was written for Microsoft's tool. `hwdash schema new-product` tells its fields.

Examples:
    hwdash product create --name Echo --harness attestation --signature win11-24h2-x64
    hwdash product create --from product.toml --name \"Echo 1.3\"")]
pub(crate) struct Create {
    /// Read the product from this JSON or TOML file, `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,

    /// The name of the product
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// How the driver was tested: attestation, hlk or hck
    #[arg(long, value_name = "HARNESS")]
    pub(crate) harness: Option<TestHarness>,

    /// The system of a signature: an OS code or its friendly name, such as win11-24h2-x64; may be
    /// given several times
    #[arg(long = "signature", value_name = "CODE")]
    pub(crate) signatures: Vec<OsCode>,

    /// A name under which the product is sold; may be given several times
    #[arg(long = "marketing-name", value_name = "NAME")]
    pub(crate) marketing_names: Vec<String>,

    /// When the product shall appear in the Windows Server Catalog, such as 2030-01-31
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) announcement_date: Option<Timestamp>,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash product update 1463 --name \"Echo 1.3\"
    hwdash product update 1463 --from changes.json")]
pub(crate) struct Update {
    #[command(flatten)]
    pub(crate) of: ProductArg,

    #[command(flatten)]
    pub(crate) changes: Changes,

    /// The new name
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// A name under which the product is sold; may be given several times, and replaces them all
    #[arg(long = "marketing-name", value_name = "NAME")]
    pub(crate) marketing_names: Vec<String>,

    /// When the product shall appear in the Windows Server Catalog, such as 2030-01-31
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) announcement_date: Option<Timestamp>,

    #[command(flatten)]
    pub(crate) connection: Connection,
}
