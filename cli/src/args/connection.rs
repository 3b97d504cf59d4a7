//! Which account, and where the service is.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args, Command, parser::ValueSource};

use super::Global;
use crate::shell;

/// What stands above these flags in the help.
pub(super) const HEADING: &str = "Account";

/// Which account, and where the service is.
#[derive(Debug, Args)]
#[command(next_help_heading = HEADING)]
pub(crate) struct Connection {
    /// Start an emulator of the service inside this process and use that: no account is needed
    #[arg(long, conflicts_with = "client_secret_file")]
    pub(crate) emulator: bool,

    /// The Microsoft Entra tenant: its id or its domain
    #[arg(long, env = "AZURE_TENANT_ID", hide_env_values = true, value_name = "ID")]
    pub(crate) tenant_id: Option<String>,

    /// The Microsoft Entra application
    #[arg(long, env = "AZURE_CLIENT_ID", hide_env_values = true, value_name = "ID")]
    pub(crate) client_id: Option<String>,

    /// A file that holds the client secret, `-` for standard input; without it the environment
    /// variable AZURE_CLIENT_SECRET is read
    #[arg(long, value_name = "FILE")]
    pub(crate) client_secret_file: Option<PathBuf>,

    /// Where the API is, when not in the public cloud
    #[arg(long, env = "HWDASH_API_URL", hide_env_values = true, value_name = "URL")]
    pub(crate) api_url: Option<String>,

    /// Where Microsoft Entra ID is, when not in the public cloud
    #[arg(long, env = "HWDASH_AUTHORITY_URL", hide_env_values = true, value_name = "URL")]
    pub(crate) authority_url: Option<String>,
}

/// The flags that say for which account a command is, as they were given: a command that is told to be
/// run next needs them too. What stands in the environment is there the next time.
pub(super) fn given(matches: &ArgMatches) -> String {
    let mut matches = matches;
    while let Some((_, command)) = matches.subcommand() {
        matches = command;
    }
    let connection = Connection::augment_args(Command::new("connection"));
    let flags = Global::augment_args(connection);
    let flags = flags.get_arguments().filter(|flag| flag.get_help_heading() == Some(HEADING));
    flags.filter_map(|flag| given_flag(matches, flag)).collect::<Vec<_>>().join(" ")
}

fn given_flag(matches: &ArgMatches, flag: &Arg) -> Option<String> {
    let (id, name) = (flag.get_id().as_str(), flag.get_long()?);
    // Not every command asks the service.
    matches.try_contains_id(id).ok()?;
    if matches.value_source(id) != Some(ValueSource::CommandLine) {
        return None;
    }
    if !flag.get_action().takes_values() {
        return Some(format!("--{name}"));
    }
    let value = matches.get_raw(id)?.next()?;
    Some(shell::flag(name, &value.to_string_lossy()))
}
