//! What `hwdash publish` and `hwdash share` are told.

use clap::Args;
use hardware_dashboard::model::ReceiverPublisherId;

use super::{
    LabelFile, Running, SubmissionIds,
    label::{LabelFlags, Until},
};

#[derive(Debug, Args)]
#[command(after_help = "\
Waits for the submission to be signed, makes the label, and waits until people at Microsoft look at it.

Examples:
  Look at what would be targeted, then publish it for people who ask for it:
    hwdash publish 1463 1152 --all --dry-run
    hwdash publish 1463 1152 --all --name Retail
  Only Windows 11 on USB, installed automatically as the file says:
    hwdash publish 1463 1152 --from label.toml \\
        --os 'win11-*' --pnp 'usb\\*'
  What a partner has shared, whose driver metadata has to be asked for:
    hwdash publish 1463 1152 --all --name Retail \\
        --request-metadata")]
pub(crate) struct Publish {
    #[command(flatten)]
    pub(crate) which: SubmissionIds,

    /// Show what would be targeted, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Have the driver metadata made first, which takes hours: for a submission that a partner shared
    #[arg(long)]
    pub(crate) request_metadata: bool,

    /// How far the label must come
    #[arg(long, value_name = "POINT", value_enum, default_value_t = Until::Approval)]
    pub(crate) until: Until,

    #[command(flatten)]
    pub(crate) label: LabelFlags,

    #[command(flatten)]
    pub(crate) run: Running,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Waits for the submission to be signed, makes the label, and waits until it is shared.

Examples:
    hwdash share 1463 1152 --partner 27258209 --name Shared")]
pub(crate) struct Share {
    #[command(flatten)]
    pub(crate) which: SubmissionIds,

    /// The publisher id of the partner
    #[arg(long, value_name = "PUBLISHER")]
    pub(crate) partner: ReceiverPublisherId,

    #[command(flatten)]
    pub(crate) file: LabelFile,

    #[command(flatten)]
    pub(crate) run: Running,
}
