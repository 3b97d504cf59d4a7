//! What `hwdash submission` is told.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Connection, Listing, ProductArg, SubmissionIds, Target, Targets};

#[derive(Debug, Subcommand)]
pub(crate) enum Submission {
    /// List the submissions of a product
    List(List),
    /// Show a submission, with its downloads and how far it is
    Get(Get),
    /// Make a submission
    Create(Create),
    /// Give a submission another name
    Rename(Rename),
    /// Upload the package of a submission that is not committed
    Upload(Upload),
    /// Commit the uploaded package, which starts the workflow
    Commit(Commit),
    /// Download a file of a submission
    Download(Download),
    /// Show the hardware ids that shipping labels may target, from the driver metadata
    Metadata(Metadata),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash submission list 1463")]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) of: ProductArg,

    #[command(flatten)]
    pub(crate) listing: Listing,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash submission get 1463 1152
    hwdash submission get 1463 1152 --output json \\
        | jq -r .workflowStatus.currentStep")]
pub(crate) struct Get {
    #[command(flatten)]
    pub(crate) which: SubmissionIds,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
A product takes one initial submission. A derived one updates it (DUA).

Examples:
    hwdash submission create 1463 --name \"Echo 1.2\"
    hwdash submission create 1463 --name \"Echo 1.2, more ids\" --derived
    hwdash submission create 1463 --from submission.json")]
pub(crate) struct Create {
    #[command(flatten)]
    pub(crate) of: ProductArg,

    /// Read the submission from this JSON or TOML file, `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,

    /// The name of the submission
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// Update a finished initial submission
    #[arg(long)]
    pub(crate) derived: bool,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash submission rename 1463 1152 \"Echo 1.2, second try\"")]
pub(crate) struct Rename {
    #[command(flatten)]
    pub(crate) which: SubmissionIds,

    /// The new name
    pub(crate) name: String,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
An upload that broke off goes on where it stopped: run the same command again.

Examples:
    hwdash submission upload 1463 1152 echo.cab")]
pub(crate) struct Upload {
    #[command(flatten)]
    pub(crate) which: SubmissionIds,

    /// The package: a signed .cab (attestation), an .hlkx or an .hckx file
    pub(crate) package: PathBuf,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash submission commit 1463 1152")]
pub(crate) struct Commit {
    #[command(flatten)]
    pub(crate) which: SubmissionIds,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash submission download 1463 1152 --out echo-signed.zip
    hwdash submission download 1463 1152 \\
        --kind driver-metadata --out metadata.json")]
pub(crate) struct Download {
    #[command(flatten)]
    pub(crate) which: SubmissionIds,

    /// What to download
    #[arg(long, value_name = "KIND", value_enum, default_value_t)]
    pub(crate) kind: Kind,

    #[command(flatten)]
    pub(crate) target: Target,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// A file of a submission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// The signed package
    #[default]
    Signed,
    /// The package as it was submitted
    Initial,
    /// The shell that an update (DUA) starts from
    Derived,
    /// The hardware ids of the package, for shipping labels
    DriverMetadata,
    /// What the service found fault with
    ErrorReport,
}

#[derive(Debug, Args)]
#[command(after_help = "\
--output json gives the document as it comes, unless hardware ids are chosen from it.

Examples:
    hwdash submission metadata 1463 1152
    hwdash submission metadata 1463 1152 --os 'win11-*' --pnp 'usb\\*'
  Have it made for a submission that a partner has shared:
    hwdash submission metadata 1463 1152 --request")]
pub(crate) struct Metadata {
    #[command(flatten)]
    pub(crate) which: SubmissionIds,

    /// Ask the service to make the metadata of a shared submission, which takes hours
    #[arg(long, conflicts_with_all = ["systems", "infs", "pnp_strings", "bundles"])]
    pub(crate) request: bool,

    #[command(flatten)]
    pub(crate) targets: Targets,

    #[command(flatten)]
    pub(crate) connection: Connection,
}
