//! The credential that the environment names.

mod sdcm;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::{
    AccessToken, ClientSecret, Credential, FederatedToken, ManagedIdentity, TokenContext,
    TokenFuture, entra::Application, github::GitHub, variables::Variables,
};
use crate::error::{Error, Result};

const TENANT_ID: &str = "AZURE_TENANT_ID";
const CLIENT_ID: &str = "AZURE_CLIENT_ID";
const CLIENT_SECRET: &str = "AZURE_CLIENT_SECRET";
const CERTIFICATE_PATH: &str = "AZURE_CLIENT_CERTIFICATE_PATH";
#[cfg(feature = "certificate")]
const CERTIFICATE_PASSWORD: &str = "AZURE_CLIENT_CERTIFICATE_PASSWORD";
const TOKEN_FILE: &str = "AZURE_FEDERATED_TOKEN_FILE";

/// The credential that the environment names.
///
/// The first line that is complete is taken:
///
/// | variables | credential |
/// |---|---|
/// | `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET` | [`ClientSecret`] |
/// | … and `AZURE_CLIENT_CERTIFICATE_PATH`, a PEM or PFX file, and its `AZURE_CLIENT_CERTIFICATE_PASSWORD` | `ClientCertificate`, with the feature `certificate` |
/// | … and `AZURE_FEDERATED_TOKEN_FILE` | [`FederatedToken::from_file`] |
/// | … in a job of GitHub Actions that may ask for a token | [`FederatedToken::github_actions`] |
/// | `SDCM_CREDS_TENANTID`, `SDCM_CREDS_CLIENTID`, `SDCM_CREDS_KEY` | [`ClientSecret`] |
/// | `authconfig.json` | [`ClientSecret`], or [`FederatedToken::from_managed_identity`] |
///
/// The last two are what Microsoft's SDCM tool reads. `authconfig.json` is looked for in the current
/// directory, then in `sdcm` below `APPDATA`, `XDG_CONFIG_HOME` or `HOME/.config`. It is a list whose
/// first entry is taken, or, in the tool's newer fork, holds named profiles of which `default` is
/// taken: `tenantId` and `clientId`, and `key` or `managedIdentityClientId`. The address of the
/// service that both may name is not read: it belongs to
/// [`ClientBuilder::api_base_url`](crate::ClientBuilder::api_base_url).
///
/// Where there is none of this the credential is absent; where something is there but not complete it
/// fails and says what is missing. The environment is read anew for each token.
///
/// ```
/// use hardware_dashboard::{Client, auth::Environment};
///
/// # fn main() -> hardware_dashboard::Result<()> {
/// let client = Client::builder().credential(Environment::new()).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Environment {
    variables: Variables,
    authconfig: Option<PathBuf>,
}

impl Environment {
    /// The environment of this process.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An environment of these variables alone, say from a settings file.
    ///
    /// ```
    /// use hardware_dashboard::auth::Environment;
    ///
    /// let credential = Environment::from_variables([
    ///     ("AZURE_TENANT_ID", "contoso.onmicrosoft.com"),
    ///     ("AZURE_CLIENT_ID", "1b3d…"),
    ///     ("AZURE_CLIENT_SECRET", "the secret's value"),
    /// ]);
    /// assert!(!format!("{credential:?}").contains("the secret's value"));
    /// ```
    pub fn from_variables<K: Into<String>, V: Into<String>>(
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self { variables: variables.into_iter().collect(), authconfig: None }
    }

    /// Reads this `authconfig.json` and looks for no other.
    ///
    /// ```
    /// use hardware_dashboard::auth::Environment;
    ///
    /// let credential = Environment::new().authconfig("/etc/sdcm/authconfig.json");
    /// ```
    #[must_use]
    pub fn authconfig(self, path: impl Into<PathBuf>) -> Self {
        Self { authconfig: Some(path.into()), ..self }
    }

    async fn token(&self, context: &TokenContext) -> Result<AccessToken> {
        let named = match self.azure().await? {
            Some(named) => Some(named),
            None => self.sdcm().await?,
        };
        match named {
            Some(named) => named.fetch(context).await,
            None => Err(absent()),
        }
    }

    /// What the `AZURE_*` variables name.
    async fn azure(&self) -> Result<Option<Box<dyn Credential>>> {
        if let Some(secret) = self.variables.get(CLIENT_SECRET) {
            let application = self.application(CLIENT_SECRET)?;
            return Ok(Some(Box::new(ClientSecret::of(application, secret))));
        }
        if let Some(path) = self.variables.get(CERTIFICATE_PATH) {
            let application = self.application(CERTIFICATE_PATH)?;
            return self.certificate(application, path.as_ref()).await.map(Some);
        }
        if let Some(path) = self.variables.get(TOKEN_FILE) {
            let application = self.application(TOKEN_FILE)?;
            return Ok(Some(Box::new(FederatedToken::file_of(application, path))));
        }
        // GitHub sets its variables for any job that asks: they do not say that we are meant.
        match (self.variables.get(TENANT_ID), self.variables.get(CLIENT_ID)) {
            (Some(tenant_id), Some(client_id)) if GitHub::is_in(&self.variables) => {
                let application = Application::new(tenant_id, client_id);
                let variables = self.variables.clone();
                Ok(Some(Box::new(FederatedToken::github_of(application, variables))))
            }
            _ => Ok(None),
        }
    }

    /// The application that the proof in `given` is for.
    fn application(&self, given: &str) -> Result<Application> {
        Ok(Application::new(self.needed(TENANT_ID, given)?, self.needed(CLIENT_ID, given)?))
    }

    fn needed(&self, name: &str, given: &str) -> Result<String> {
        self.variables.get(name).ok_or_else(|| {
            Error::input(format!("{given} is set but {name} is not: set both or none"))
        })
    }

    #[cfg(feature = "certificate")]
    async fn certificate(&self, app: Application, path: &Path) -> Result<Box<dyn Credential>> {
        let password = self.variables.get(CERTIFICATE_PASSWORD).map(Into::into);
        Ok(Box::new(super::ClientCertificate::read(app, path, password.as_ref()).await?))
    }

    #[cfg(not(feature = "certificate"))]
    async fn certificate(&self, _: Application, _: &Path) -> Result<Box<dyn Credential>> {
        Err(Error::input(format!(
            "{CERTIFICATE_PATH} is set, but this program was built without certificates: build it \
             with the feature `certificate` of hardware-dashboard"
        )))
    }

    /// What Microsoft's SDCM tool would take.
    async fn sdcm(&self) -> Result<Option<Box<dyn Credential>>> {
        let entry = match sdcm::Entry::from_variables(&self.variables)? {
            Some(entry) => entry,
            None => match self.authconfig_entry().await? {
                Some(entry) => entry,
                None => return Ok(None),
            },
        };
        let application = Application::new(entry.tenant_id, entry.client_id);
        Ok(Some(match entry.proof {
            sdcm::Proof::Key(key) => Box::new(ClientSecret::of(application, key)),
            sdcm::Proof::ManagedIdentity(client_id) => {
                let identity = ManagedIdentity::user_assigned(client_id);
                let identity = identity.with_variables(self.variables.clone());
                Box::new(FederatedToken::identity_of(application, identity))
            }
        }))
    }

    async fn authconfig_entry(&self) -> Result<Option<sdcm::Entry>> {
        if let Some(path) = &self.authconfig {
            return sdcm::Entry::from_file(path).await;
        }
        for path in sdcm::places(&self.variables) {
            let found = tokio::fs::try_exists(&path).await.unwrap_or(false);
            if found {
                return sdcm::Entry::from_file(&path).await;
            }
        }
        Ok(None)
    }
}

fn absent() -> Error {
    let message = "the environment names no credential";
    Error::credential_absent(message).with_hint(format!(
        "Set {TENANT_ID}, {CLIENT_ID} and one of {CLIENT_SECRET}, {CERTIFICATE_PATH} and \
         {TOKEN_FILE}."
    ))
}

impl Credential for Environment {
    fn fetch<'a>(&'a self, context: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(self.token(context))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables)
            .field("authconfig", &self.authconfig)
            .finish()
    }
}
