//! What commands that wait are told.

use std::time::Duration;

use clap::Args;

#[derive(Debug, Args)]
#[command(next_help_heading = "Waiting")]
pub(crate) struct Waiting {
    /// How long to wait for the service, such as 2h or 5days; then the exit code is 9
    #[arg(
        long,
        value_name = "TIME",
        default_value = "7days",
        value_parser = humantime::parse_duration
    )]
    pub(crate) max_wait: Duration,

    /// The shortest pause between two looks at the service, such as 10s
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub(crate) poll: Option<Duration>,
}
