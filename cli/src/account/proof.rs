//! What the application proves itself with, and where that is from.

use std::{
    env, fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use hardware_dashboard::auth::{
    self, ClientCertificate, ClientSecret, Environment, FederatedToken, ManagedIdentity,
};
use secrecy::SecretString;

use super::{CLIENT_ID, Names, Setting, TENANT_ID};
use crate::{
    config::{self, Chosen, Credential, SecretSource},
    failure::Failure,
    reading,
};

/// Variables that name a credential by themselves, in the order in which the library takes them.
const NAMING: &[(&str, &str)] = &[
    ("AZURE_CLIENT_SECRET", "client secret"),
    ("AZURE_CLIENT_CERTIFICATE_PATH", "certificate"),
    ("AZURE_FEDERATED_TOKEN_FILE", "federated token"),
];

/// The token of a GitHub Actions job: both are set for any job that may ask for one.
const GITHUB: [&str; 2] = ["ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"];

/// What Microsoft's own tool reads.
const SDCM_KEY: &str = "SDCM_CREDS_KEY";

/// What the application proves itself with.
#[derive(Debug)]
pub(crate) enum Proof {
    /// A client secret in the file that a flag names; `-` is standard input.
    SecretFile(PathBuf),
    /// What a variable names.
    Variable { name: &'static str, what: &'static str },
    /// What the profile names.
    Profile { credential: Credential, name: String, file: PathBuf },
    /// What the environment has that may be meant for others: this, if there is anything.
    Environment(&'static str),
    /// The secret of the emulator inside.
    Emulator(SecretString),
}

/// The application that has to prove itself.
#[derive(Clone, Copy)]
pub(super) struct Ids<'a> {
    pub(super) tenant: Option<&'a Setting>,
    pub(super) client: Option<&'a Setting>,
}

impl Proof {
    /// The flag's, or else the environment's, or else the profile's.
    pub(super) fn choose(secret_file: Option<&Path>, chosen: Option<Chosen>, ids: Ids<'_>) -> Self {
        if let Some(file) = secret_file {
            return Self::SecretFile(file.to_owned());
        }
        if let Some((name, what)) = NAMING.iter().find(|(name, _)| is_set(name)) {
            return Self::Variable { name, what };
        }
        if let Some(Chosen { profile, name, file, .. }) = chosen
            && let Some(credential) = profile.credential
        {
            return Self::Profile { credential, name, file };
        }
        let of_a_job = GITHUB.iter().all(|name| is_set(name));
        Self::Environment(match ids {
            Ids { tenant: Some(_), client: Some(_) } if of_a_job => "token of a GitHub Actions job",
            _ if is_set(SDCM_KEY) => "client secret from SDCM_CREDS_KEY",
            _ => "account from the authconfig.json of Microsoft's SDCM tool",
        })
    }

    pub(super) async fn credential(
        &self,
        ids: Ids<'_>,
    ) -> Result<Arc<dyn auth::Credential>, Failure> {
        match self {
            Self::SecretFile(path) => ids.with_secret(named_by_flag(path).await?),
            Self::Emulator(secret) => ids.with_secret(secret.clone()),
            Self::Profile { credential, file, .. } => of_profile(credential, file, ids).await,
            Self::Variable { .. } => {
                ids.both()?;
                Ok(Arc::new(environment(ids)))
            }
            Self::Environment(_) => Ok(Arc::new(environment(ids))),
        }
    }
}

async fn of_profile(
    credential: &Credential,
    file: &Path,
    ids: Ids<'_>,
) -> Result<Arc<dyn auth::Credential>, Failure> {
    match credential {
        Credential::ClientSecret(source) => {
            ids.with_secret(config::read_secret(source, file).await?)
        }
        Credential::Certificate { path, password } => {
            certificate(&config::resolve(path, file), password.as_ref(), file, ids).await
        }
        Credential::ManagedIdentity { client_id } => identity(client_id.as_deref(), ids),
        Credential::FederatedTokenFile(path) => {
            let (tenant, client) = ids.both()?;
            let path = config::resolve(path, file);
            Ok(Arc::new(FederatedToken::from_file(tenant, client, path)))
        }
        Credential::GithubActions => {
            let (tenant, client) = ids.both()?;
            Ok(Arc::new(FederatedToken::github_actions(tenant, client)))
        }
    }
}

async fn certificate(
    path: &Path,
    password: Option<&SecretSource>,
    file: &Path,
    ids: Ids<'_>,
) -> Result<Arc<dyn auth::Credential>, Failure> {
    let (tenant, client) = ids.both()?;
    let password = match password {
        Some(source) => Some(config::read_secret(source, file).await?),
        // Nothing but its permissions guards the key.
        None => config::check_secret_file(path).map(|()| None)?,
    };
    let read = ClientCertificate::from_file(tenant, client, path, password.as_ref());
    Ok(Arc::new(read.await?))
}

/// Partner Center knows either the application that the identity speaks for, or the identity.
fn identity(client_id: Option<&str>, ids: Ids<'_>) -> Result<Arc<dyn auth::Credential>, Failure> {
    let identity =
        client_id.map_or_else(ManagedIdentity::system_assigned, ManagedIdentity::user_assigned);
    if ids.tenant.is_none() && ids.client.is_none() {
        return Ok(Arc::new(identity));
    }
    let (tenant, client) = ids.both()?;
    Ok(Arc::new(FederatedToken::from_managed_identity(tenant, client, identity)))
}

fn is_set(name: &str) -> bool {
    env::var(name).is_ok_and(|value| !value.trim().is_empty())
}

/// The environment, as if the application that was found stood in it.
fn environment(ids: Ids<'_>) -> Environment {
    let found = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let named = [(TENANT_ID.1, ids.tenant), (CLIENT_ID.1, ids.client)];
    let named =
        named.into_iter().filter_map(|(name, id)| Some((name.to_owned(), id?.value.clone())));
    Environment::from_variables(found.chain(named))
}

impl Ids<'_> {
    fn with_secret(self, secret: SecretString) -> Result<Arc<dyn auth::Credential>, Failure> {
        let (tenant, client) = self.both()?;
        Ok(Arc::new(ClientSecret::new(tenant, client, secret)))
    }

    fn both(self) -> Result<(String, String), Failure> {
        Ok((
            needed(self.tenant, "tenant id", TENANT_ID)?,
            needed(self.client, "client id", CLIENT_ID)?,
        ))
    }
}

fn needed(id: Option<&Setting>, what: &str, (flag, name): Names) -> Result<String, Failure> {
    id.map(|id| id.value.clone()).ok_or_else(|| {
        Failure::credentials(
            format!("no {what} was given"),
            format!(
                "Set {name}, give {flag} or name a profile that has it; or try it with --emulator."
            ),
        )
    })
}

/// Reads a secret, whose permissions are not ours to judge: the flag was given for this run.
async fn named_by_flag(path: &Path) -> Result<SecretString, Failure> {
    let shown = path.display();
    let text = reading::read(path).await.map_err(|error| {
        Failure::file(format!("the client secret could not be read from {shown}"), error)
    })?;
    match text.trim() {
        "" => Err(Failure::credentials(
            format!("{shown} holds no client secret"),
            "Put the secret's value into it.",
        )),
        secret => Ok(secret.into()),
    }
}

/// What it is and where it is from, never its value.
impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SecretFile(path) if path == Path::new("-") => {
                f.write_str("client secret from standard input")
            }
            Self::SecretFile(path) => write!(f, "client secret from {}", path.display()),
            Self::Variable { name, what } => write!(f, "{what} from {name}"),
            Self::Profile { credential, name, file } => {
                write!(f, "{credential} (profile {name} in {})", file.display())
            }
            Self::Environment(what) => f.write_str(what),
            Self::Emulator(_) => f.write_str("client secret of the emulator inside"),
        }
    }
}
