//! What `hwdash emulator` is told.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "\
It prints the environment variables that point a client at it. Its credentials are no secret.
Ctrl-C (or SIGTERM) is its proper end: the exit code is 0, and its temporary files are removed.

Examples:
  An emulator whose time goes 600 times as fast, and a client of it in another shell:
    hwdash emulator --port 8765 --speed 600 --allow-unsigned > emulator.env
    . ./emulator.env && hwdash sign echo.cab --name Echo \\
        --signature WINDOWS_v100_X64_GE_FULL --out echo-signed.zip
  Record what the real service answers (the account is the one of your client):
    hwdash emulator --upstream https://manage.devcenter.microsoft.com/v2.0/my --record recordings")]
pub(crate) struct Emulator {
    /// Listen on this port of the loopback interface; without it on a free one
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,

    /// Write every exchange with the API and the token endpoint into this folder, without
    /// secrets, tokens and SAS signatures; blob transfers are not recorded
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
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = speed)]
    pub(crate) speed: f64,

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

    /// Misbehave as this JSON file says
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
        conflicts_with_all = ["speed", "seed", "drift", "faults", "quota", "allow_unsigned"]
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

/// Each takes two to three kilobytes of memory.
fn products(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(products) if products <= 1_000_000 => Ok(products),
        _ => Err("give a number of products up to 1000000".to_owned()),
    }
}
