//! What `hwdash emulator` is told.

use std::{path::PathBuf, time::Duration};

use clap::Args;
use hardware_dashboard_emulator::Step;

#[derive(Debug, Args)]
#[command(after_help = "\
It prints the environment variables that point a client at it. Its credentials are no secret. \
Ctrl-C (or SIGTERM) is its proper end: the exit code is 0, and its temporary files are removed.

Examples:
  One whose time goes 600 times as fast, and a client of it in another shell:
    hwdash emulator --port 8765 --speed 600 --allow-unsigned > emulator.env
    . ./emulator.env && hwdash sign echo.cab --name Echo \\
        --signature WINDOWS_v100_X64_GE_FULL --out echo-signed.zip
  Record what the real service answers (the account is the one of your client):
    hwdash emulator --record recordings \\
        --upstream https://manage.devcenter.microsoft.com/v2.0/my")]
pub(crate) struct Emulator {
    /// Listen on this port of the loopback interface; without it on a free one
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,

    /// Write every exchange with the API and the token endpoint into this folder, without
    /// secrets, tokens and SAS signatures; blob transfers, packages, calls whose answer was lost
    /// or broke off, and paths outside the specification are not recorded
    #[arg(long, value_name = "FOLDER")]
    pub(crate) record: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) behaviour: Behaviour,

    #[command(flatten)]
    pub(crate) upstream: Upstream,
}

/// How the emulated service behaves.
#[derive(Debug, Args)]
#[command(next_help_heading = "Behaviour")]
pub(crate) struct Behaviour {
    /// Let the emulator's time go so many times as fast as the real one
    ///
    /// A token lives for sixty of its minutes: beyond a factor of 1000 it may end before it is used.
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,

    /// Let the emulator's time stand still until POST /_emulator/clock/advance moves it
    #[arg(long, conflicts_with = "speed")]
    pub(crate) stepped: bool,

    /// How long the manual review of a submission takes on the emulator's clock, such as 5days;
    /// without it there is none
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub(crate) manual_review: Option<Duration>,

    /// How long the approval of a shipping label takes on the emulator's clock; without it 1min
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub(crate) approval: Option<Duration>,

    /// Let every workflow fail in this step, such as scanning; may be given several times
    #[arg(long = "fail-step", value_name = "STEP", value_parser = step)]
    pub(crate) failing_steps: Vec<Step>,

    /// Refuse every commit because the package's certificate is not registered
    #[arg(long)]
    pub(crate) unregistered_certificate: bool,

    /// Begin with so many made-up products, such as 100000
    #[arg(
        long,
        value_name = "PRODUCTS",
        default_value_t = 0,
        hide_default_value = true,
        value_parser = products
    )]
    pub(crate) seed: usize,

    /// Write ids, dates, enum values and links in all the odd ways that the service was seen to;
    /// the same seed gives the same ways
    #[arg(long, value_name = "SEED")]
    pub(crate) drift: Option<u64>,

    /// Misbehave as this JSON file says: faults, or an object of faults, quota and failures
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,

    /// Answer 429 to an account that sends more requests in a minute
    #[arg(long, value_name = "REQUESTS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) quota: Option<u32>,

    /// Take cabinets that carry no Authenticode signature
    #[arg(long)]
    pub(crate) allow_unsigned: bool,
}

/// The real service, to be recorded.
#[derive(Debug, Args)]
#[command(next_help_heading = "Recording the real service")]
pub(crate) struct Upstream {
    /// Emulate nothing, but forward to the API with this base URL and record its answers
    #[arg(
        long,
        value_name = "URL",
        requires = "record",
        conflicts_with_all = [
            "speed", "stepped", "manual_review", "approval", "failing_steps", "seed", "drift",
            "faults", "quota", "allow_unsigned", "unregistered_certificate",
        ]
    )]
    pub(crate) upstream: Option<String>,

    /// Forward token requests to this authority; without it to Microsoft Entra ID
    #[arg(long, value_name = "URL", requires = "upstream")]
    pub(crate) authority_upstream: Option<String>,
}

/// As fast as makes sense: a million times is a year in half a minute.
fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(factor) if factor > 0.0 && factor <= 1e6 => Ok(factor),
        _ => Err("give a number above 0 and up to 1000000".to_owned()),
    }
}

fn step(text: &str) -> Result<Step, String> {
    Step::from_name(text).ok_or_else(|| {
        "give a step of a workflow as the API names it, such as scanning or publishJobValidation"
            .to_owned()
    })
}

/// Each takes two to three kilobytes of memory.
fn products(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(products) if products <= 1_000_000 => Ok(products),
        _ => Err("give a number of products up to 1000000".to_owned()),
    }
}
