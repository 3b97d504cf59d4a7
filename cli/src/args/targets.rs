//! Which hardware ids of the driver metadata are meant.

use clap::Args;

/// Flags of one kind let through what fits any of them; flags of different kinds must all fit.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Hardware ids, from the driver metadata")]
pub(crate) struct Targets {
    /// Those for this system: an OS code, its friendly name, or a pattern such as 'win11-*'
    #[arg(long = "os", value_name = "CODE")]
    pub(crate) systems: Vec<String>,

    /// Those of the INF file of this name or pattern, such as 'echo*.inf'
    #[arg(long = "inf", value_name = "NAME")]
    pub(crate) infs: Vec<String>,

    /// This hardware id, or those that fit a pattern such as 'usb\vid_1209*'
    #[arg(long = "pnp", value_name = "ID")]
    pub(crate) pnp_strings: Vec<String>,

    /// Those in the bundle of this id or pattern
    #[arg(long = "bundle", value_name = "ID")]
    pub(crate) bundles: Vec<String>,
}

impl Targets {
    /// Whether anything was said.
    pub(crate) fn is_empty(&self) -> bool {
        [&self.systems, &self.infs, &self.pnp_strings, &self.bundles]
            .iter()
            .all(|patterns| patterns.is_empty())
    }
}
