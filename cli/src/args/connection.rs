//! Which account, and where the service is.

use std::path::PathBuf;

use clap::Args;

/// Which account, and where the service is.
#[derive(Debug, Args)]
#[command(next_help_heading = "Account")]
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
