//! What `hwdash label` is told.

use clap::{Args, Subcommand, ValueEnum};
use hardware_dashboard::model::{AudienceId, Guid, ReceiverPublisherId, Timestamp};

use super::{
    Changes, Connection, LabelFile, LabelIds, Listing, SubmissionIds, Targets, Waiting, date,
};

#[derive(Debug, Subcommand)]
pub(crate) enum Label {
    /// List the shipping labels of a submission
    List(List),
    /// Show a shipping label, with its targets and how far it is
    Get(Get),
    /// Make a shipping label
    Create(Box<Create>),
    /// Change the targets of a shipping label
    Update(Box<Update>),
    /// Take a shipping label back, which may take over a day
    Cancel(Cancel),
    /// Wait until a shipping label is published or shared
    Wait(Wait),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash label list 1463 1152")]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) which: SubmissionIds,

    #[command(flatten)]
    pub(crate) listing: Listing,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash label get 1463 1152 2204")]
pub(crate) struct Get {
    #[command(flatten)]
    pub(crate) which: LabelIds,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// What a new shipping label shall be.
#[derive(Debug, Default, Args)]
pub(crate) struct LabelFlags {
    #[command(flatten)]
    pub(crate) file: LabelFile,

    /// Go live no sooner than this date, such as 2030-01-31
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) go_live: Option<Timestamp>,

    /// Only machines of this audience; may be given several times
    #[arg(long = "audience", value_name = "ID")]
    pub(crate) audiences: Vec<AudienceId>,

    /// Only computers with this hardware id (CHID); may be given several times
    #[arg(long = "chid", value_name = "GUID")]
    pub(crate) chids: Vec<Guid>,

    /// Target every hardware id of the driver metadata
    #[arg(long, conflicts_with_all = ["systems", "infs", "pnp_strings", "bundles"])]
    pub(crate) all: bool,

    #[command(flatten)]
    pub(crate) targets: Targets,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Flags win over the file. The file is JSON or TOML: the request as the API takes it, or a file \
that was written for Microsoft's tool. `hwdash schema new-label` tells its fields. Without \
publishingSpecifications in it, people have to ask for the driver (manual acquisition).

Examples:
  Look at what would be targeted, then publish it for people who ask for it:
    hwdash label create 1463 1152 --all --dry-run
    hwdash label create 1463 1152 --name Retail --all
  Only Windows 11 on USB, installed automatically as the file says:
    hwdash label create 1463 1152 --from label.toml \\
        --os 'win11-*' --pnp 'usb\\*'
  Share it with a partner:
    hwdash label create 1463 1152 --name Shared --partner 27258209")]
pub(crate) struct Create {
    #[command(flatten)]
    pub(crate) which: SubmissionIds,

    /// Share with the partner of this publisher id, instead of publishing to Windows Update
    #[arg(long, value_name = "PUBLISHER")]
    pub(crate) partner: Option<ReceiverPublisherId>,

    /// Show what would be targeted, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    #[command(flatten)]
    pub(crate) label: LabelFlags,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Audiences that are not spoken of stay: they are read first and sent again, for the service \
removes those that are left out. Only what the label does not show yet is sent, so that the same \
command can be given again after a failure.

Examples:
  Target more hardware ids, or fewer:
    hwdash label update 1463 1152 2204 \\
        --add --pnp 'usb\\vid_1209*'
    hwdash label update 1463 1152 2204 \\
        --remove --os win10-rs5-x64
  As a file says:
    hwdash label update 1463 1152 2204 \\
        --from changes.json")]
pub(crate) struct Update {
    #[command(flatten)]
    pub(crate) which: LabelIds,

    #[command(flatten)]
    pub(crate) changes: Changes,

    /// Target the chosen hardware ids too
    #[arg(long, conflicts_with = "remove")]
    pub(crate) add: bool,

    /// Target the chosen hardware ids no longer
    #[arg(long)]
    pub(crate) remove: bool,

    /// Choose every hardware id of the driver metadata
    #[arg(long, conflicts_with_all = ["systems", "infs", "pnp_strings", "bundles"])]
    pub(crate) all: bool,

    /// Target the computers with this hardware id (CHID) too; may be given several times
    #[arg(long = "add-chid", value_name = "GUID")]
    pub(crate) added_chids: Vec<Guid>,

    /// Target the computers with this hardware id (CHID) no longer; may be given several times
    #[arg(long = "remove-chid", value_name = "GUID")]
    pub(crate) removed_chids: Vec<Guid>,

    /// Only machines of this audience from now on; may be given several times, and replaces them all
    #[arg(long = "audience", value_name = "ID", conflicts_with = "remove_audiences")]
    pub(crate) audiences: Vec<AudienceId>,

    /// Let the driver go to the machines of everyone
    #[arg(long)]
    pub(crate) remove_audiences: bool,

    /// Why the change should be granted
    #[arg(long, value_name = "TEXT")]
    pub(crate) justification: Option<String>,

    /// Show what would be sent, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    #[command(flatten)]
    pub(crate) targets: Targets,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
A label can be taken back while it waits for Microsoft's approval or rolls out gradually. The same \
command can be given again after a failure.

Examples:
    hwdash label cancel 1463 1152 2204")]
pub(crate) struct Cancel {
    #[command(flatten)]
    pub(crate) which: LabelIds,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
    hwdash label wait 1463 1152 2204
  Until a person at Microsoft has to approve it, which is as far as a build machine should wait:
    hwdash label wait 1463 1152 2204 \\
        --until approval --max-wait 2h")]
pub(crate) struct Wait {
    #[command(flatten)]
    pub(crate) which: LabelIds,

    /// How far the label must come
    #[arg(long, value_name = "POINT", value_enum, default_value_t)]
    pub(crate) until: Until,

    #[command(flatten)]
    pub(crate) waiting: Waiting,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// How far a label must come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Until {
    /// Published on Windows Update, or shared with the partner
    #[default]
    End,
    /// Waiting for Microsoft's approval, or further
    Approval,
}
