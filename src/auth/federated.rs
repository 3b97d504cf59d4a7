//! A token of somebody whom the application trusts, in the place of a secret.

use std::{fmt, path::PathBuf};

use secrecy::SecretString;

use super::{
    AccessToken, Credential, ManagedIdentity, TokenContext, TokenFuture,
    entra::{Application, Proof, Version},
    github::GitHub,
    variables::Variables,
};
use crate::error::{Error, Result};

/// Whom the token that is handed in is made for.
pub(super) const AUDIENCE: &str = "api://AzureADTokenExchange";

/// An Entra application that trusts the tokens of somebody else (workload identity federation), so
/// that no secret has to be kept.
///
/// The application needs a federated credential in Entra ID that names the issuer, the subject and
/// the audience of the token, `api://AzureADTokenExchange`. The token is handed in at the v2
/// endpoint, `POST {authority}/{tenant}/oauth2/v2.0/token`, and got anew each time.
///
/// Each of the constructors has an example.
#[derive(Clone)]
pub struct FederatedToken {
    application: Application,
    issuer: Issuer,
}

/// Who gives the token that is handed in.
#[derive(Clone, Debug)]
enum Issuer {
    File(PathBuf),
    GitHub(GitHub),
    ManagedIdentity(ManagedIdentity),
}

impl FederatedToken {
    /// The token in a file, which is read anew each time: Kubernetes names one in
    /// `AZURE_FEDERATED_TOKEN_FILE` and replaces its content before the token ends.
    ///
    /// ```
    /// use hardware_dashboard::auth::FederatedToken;
    ///
    /// let path = "/var/run/secrets/azure/tokens/azure-identity-token";
    /// let credential = FederatedToken::from_file("tenant id", "client id", path);
    /// ```
    pub fn from_file(
        tenant_id: impl Into<String>,
        client_id: impl Into<String>,
        path: impl Into<PathBuf>,
    ) -> Self {
        Self::file_of(Application::new(tenant_id, client_id), path)
    }

    /// The token that GitHub Actions gives to a job with `permissions: id-token: write`.
    ///
    /// Outside of such a job, where `ACTIONS_ID_TOKEN_REQUEST_URL` and
    /// `ACTIONS_ID_TOKEN_REQUEST_TOKEN` are missing, the credential is absent.
    ///
    /// ```
    /// use hardware_dashboard::auth::FederatedToken;
    ///
    /// let credential = FederatedToken::github_actions("tenant id", "client id");
    /// ```
    pub fn github_actions(tenant_id: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self::github_of(Application::new(tenant_id, client_id), Variables::Process)
    }

    /// The token that GitHub gives at `request_url`, whatever the environment says.
    ///
    /// The URL must be https; http is taken for loopback hosts only.
    ///
    /// ```
    /// use hardware_dashboard::auth::FederatedToken;
    ///
    /// let url = "http://127.0.0.1:8080/token?api-version=2.0";
    /// let credential =
    ///     FederatedToken::github_actions_at("tenant id", "client id", url, "request token");
    /// ```
    pub fn github_actions_at(
        tenant_id: impl Into<String>,
        client_id: impl Into<String>,
        request_url: impl Into<String>,
        request_token: impl Into<SecretString>,
    ) -> Self {
        let github = GitHub::At { url: request_url.into(), token: request_token.into() };
        let application = Application::new(tenant_id, client_id);
        Self { application, issuer: Issuer::GitHub(github) }
    }

    /// The token of a managed identity that speaks for the application, as Microsoft's own
    /// open-source client does it.
    ///
    /// ```
    /// use hardware_dashboard::auth::{FederatedToken, ManagedIdentity};
    ///
    /// let identity = ManagedIdentity::user_assigned("the identity's client id");
    /// let credential = FederatedToken::from_managed_identity("tenant id", "client id", identity);
    /// ```
    pub fn from_managed_identity(
        tenant_id: impl Into<String>,
        client_id: impl Into<String>,
        identity: ManagedIdentity,
    ) -> Self {
        Self::identity_of(Application::new(tenant_id, client_id), identity)
    }

    pub(super) fn file_of(application: Application, path: impl Into<PathBuf>) -> Self {
        Self { application, issuer: Issuer::File(path.into()) }
    }

    pub(super) fn github_of(application: Application, variables: Variables) -> Self {
        Self { application, issuer: Issuer::GitHub(GitHub::Discovered(variables)) }
    }

    pub(super) fn identity_of(application: Application, identity: ManagedIdentity) -> Self {
        Self { application, issuer: Issuer::ManagedIdentity(identity) }
    }

    async fn exchange(&self, context: &TokenContext) -> Result<AccessToken> {
        let assertion = match &self.issuer {
            Issuer::File(path) => read(path).await?,
            Issuer::GitHub(github) => github.token(context, AUDIENCE).await?,
            Issuer::ManagedIdentity(identity) => identity.token(AUDIENCE).await?.secret,
        };
        self.application.exchange(context, Version::V2, Proof::Assertion(&assertion)).await
    }
}

async fn read(path: &PathBuf) -> Result<SecretString> {
    let text = tokio::fs::read_to_string(path).await.map_err(|error| {
        let message = format!("the federated token could not be read from {}", path.display());
        Error::file(message, error)
    })?;
    match text.trim() {
        "" => Err(Error::input(format!(
            "the file {} is empty: it should hold the federated token",
            path.display()
        ))),
        token => Ok(token.into()),
    }
}

impl Credential for FederatedToken {
    fn fetch<'a>(&'a self, context: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(self.exchange(context))
    }
}

impl fmt::Debug for FederatedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FederatedToken")
            .field("application", &self.application)
            .field("issuer", &self.issuer)
            .finish()
    }
}
