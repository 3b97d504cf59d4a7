//! What can be said on the command line.

pub(crate) mod emulator;

use std::{path::PathBuf, time::Duration};

use clap::{Args as ClapArgs, Parser, Subcommand};
use hardware_dashboard::model::OsCode;

/// Has Windows drivers signed by Microsoft's Hardware dashboard.
#[derive(Debug, Parser)]
#[command(name = "hwdash", version, about, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
    0  done: the signed file is on disk, complete and checked; or the emulator was stopped
    1  something unexpected
    2  bad arguments or input
    3  credentials missing or refused
    4  the application may not do this
    5  not found
    6  refused: the request or the state is wrong
    7  throttled
    8  the service has failed the submission
    9  still running when the time to wait was over
   10  a local file is at fault
   11  the network is at fault
   12  the service is in trouble
  130  interrupted";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Have a driver package signed: create product and submission, upload, commit, wait, download
    Sign(Box<Sign>),
    /// Run an emulator of the service, or record the real one, until Ctrl-C
    Emulator(emulator::Emulator),
    /// Print the JSON Schema of a request or an answer, for editors and scripts
    Schema(Schema),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Schema {
    /// What to print the schema of; without it, the names are listed
    pub(crate) name: Option<String>,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  Try it without an account, on the emulator:
    hwdash sign samples/echo-driver --name Echo --signature WINDOWS_v100_X64_GE_FULL \\
        --out echo-signed.zip --emulator
  Sign for real (AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET are set):
    hwdash sign echo.cab --name Echo --signature win11-24h2-x64 --out echo-signed.zip")]
pub(crate) struct Sign {
    /// The package: a signed .cab (attestation), an .hlkx or an .hckx file; with --emulator also a
    /// folder of driver folders
    pub(crate) package: PathBuf,

    /// The name of the product and of its submission
    #[arg(long)]
    pub(crate) name: String,

    /// The system of a signature: an OS code such as WINDOWS_v100_X64_GE_FULL or its friendly name,
    /// win11-24h2-x64; may be given several times
    #[arg(long = "signature", value_name = "CODE", required = true)]
    pub(crate) signatures: Vec<OsCode>,

    /// Where the signed zip goes
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,

    /// Replace the file that --out names
    #[arg(long)]
    pub(crate) overwrite: bool,

    /// How long to wait for the service, such as 2h or 5days
    #[arg(long, value_name = "TIME", default_value = "7days", value_parser = humantime::parse_duration)]
    pub(crate) max_wait: Duration,

    /// The shortest pause between two looks at the service, such as 10s
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub(crate) poll: Option<Duration>,

    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// Which account, and where the service is.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Account")]
pub(crate) struct Connection {
    /// Start an emulator of the service inside this process and use that: no account is needed
    #[arg(long, conflicts_with = "client_secret_file")]
    pub(crate) emulator: bool,

    /// The Microsoft Entra tenant: its id or its domain
    #[arg(long, env = "AZURE_TENANT_ID", value_name = "ID")]
    pub(crate) tenant_id: Option<String>,

    /// The Microsoft Entra application
    #[arg(long, env = "AZURE_CLIENT_ID", value_name = "ID")]
    pub(crate) client_id: Option<String>,

    /// A file that holds the client secret, `-` for standard input; without it the environment
    /// variable AZURE_CLIENT_SECRET is read
    #[arg(long, value_name = "FILE")]
    pub(crate) client_secret_file: Option<PathBuf>,

    /// Where the API is, when not in the public cloud
    #[arg(long, env = "HWDASH_API_URL", value_name = "URL")]
    pub(crate) api_url: Option<String>,

    /// Where Microsoft Entra ID is, when not in the public cloud
    #[arg(long, env = "HWDASH_AUTHORITY_URL", value_name = "URL")]
    pub(crate) authority_url: Option<String>,
}
