//! What may stand in the configuration file.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

/// The configuration of hwdash: accounts by name.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct File {
    /// The accounts by name. `default` is taken when no other one is asked for.
    #[serde(default)]
    pub(crate) profiles: BTreeMap<String, Profile>,
}

/// One account. Environment variables and flags win over what stands here.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Profile {
    /// The Microsoft Entra tenant: its id or its domain.
    pub(crate) tenant_id: Option<String>,
    /// The Microsoft Entra application.
    pub(crate) client_id: Option<String>,
    /// Where the API is, when not in the public cloud.
    pub(crate) api_url: Option<String>,
    /// Where Microsoft Entra ID is, when not in the public cloud.
    pub(crate) authority_url: Option<String>,
    /// What the application proves itself with.
    pub(crate) credential: Option<Credential>,
}

/// What the application proves itself with. Secrets are named, never written down here.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub(crate) enum Credential {
    /// A client secret, and where it is kept.
    ClientSecret(SecretSource),
    /// A certificate with its private key.
    Certificate {
        /// A PFX or PEM file.
        path: PathBuf,
        /// Where the password of a PFX file is kept.
        password: Option<SecretSource>,
    },
    /// The identity that Azure gives to this machine or app. With a tenant and a client id it speaks
    /// for that application, without them for itself.
    ManagedIdentity {
        /// The client id of the identity; without it the machine's own one is taken.
        client_id: Option<String>,
    },
    /// A file that holds a token which the application trusts, as Kubernetes writes it.
    FederatedTokenFile(PathBuf),
    /// The token that GitHub Actions gives to a job with `permissions: id-token: write`.
    GithubActions,
}

/// Where a secret is kept.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", deny_unknown_fields)]
pub(crate) enum SecretSource {
    /// A file that nobody else may read; beside this one, unless it is given with its whole path.
    File(PathBuf),
    /// A program and its arguments, which prints the secret. No shell is asked.
    Command(Vec<String>),
    /// An entry of the system's keyring.
    Keyring {
        /// The service of the entry.
        service: String,
        /// The user of the entry.
        user: String,
    },
    /// Standard input.
    Stdin,
}

/// What it is and where it is from.
impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClientSecret(source) => write!(f, "client secret from {source}"),
            Self::Certificate { path, .. } => write!(f, "certificate from {}", path.display()),
            Self::ManagedIdentity { client_id: None } => f.write_str("managed identity"),
            Self::ManagedIdentity { client_id: Some(id) } => write!(f, "managed identity {id}"),
            Self::FederatedTokenFile(path) => {
                write!(f, "federated token from {}", path.display())
            }
            Self::GithubActions => f.write_str("token of a GitHub Actions job"),
        }
    }
}

/// Where, never what.
impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file {}", path.display()),
            // The arguments are not ours to show.
            Self::Command(command) => {
                write!(f, "the command {}", command.first().map_or("", String::as_str))
            }
            Self::Keyring { service, user } => {
                write!(f, "the keyring (service {service}, user {user})")
            }
            Self::Stdin => f.write_str("standard input"),
        }
    }
}
