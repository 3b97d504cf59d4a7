//! The identity that Azure gives to a machine or an app.

use std::{fmt, time::Duration};

use chrono::Utc;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{
    AccessToken, Credential, TokenContext, TokenFuture, endpoint::Endpoint,
    entra::DOCUMENTED_LIFETIME, variables::Variables,
};
use crate::{
    error::{Error, Result},
    model::LenientInteger,
    net::{HttpSettings, http_client, is_link_local, is_private},
};

/// The instance metadata service of a virtual machine. Its address is the same everywhere.
const IMDS_URL: &str = "http://169.254.169.254";
const IMDS_PATH: &str = "metadata/identity/oauth2/token";
const IMDS_VERSION: &str = "2018-02-01";
const APP_SERVICE_VERSION: &str = "2019-08-01";

/// The metadata service is on the same host: who does not answer at once is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Documented: 410 says that the service is being updated, which takes up to 70 seconds. Five pauses
/// of this length, as the default policy has, last longer.
const UPDATE_PAUSE: Duration = Duration::from_secs(15);

/// The identity that Azure gives to a virtual machine, an App Service or a Functions app.
///
/// The token is asked for at the app's identity endpoint, where `IDENTITY_ENDPOINT` and
/// `IDENTITY_HEADER` name one, and else at the machine's metadata service. Where there is neither,
/// the credential is absent, and a [`Chain`](super::Chain) goes on. Azure Arc and Service Fabric are
/// not supported.
///
/// By itself it is of use where Partner Center knows the identity itself. In most cases Partner Center
/// knows an application, and the identity speaks for it:
/// [`FederatedToken::from_managed_identity`](super::FederatedToken::from_managed_identity).
///
/// ```
/// use hardware_dashboard::auth::ManagedIdentity;
///
/// let of_the_machine = ManagedIdentity::system_assigned();
/// let shared = ManagedIdentity::user_assigned("the identity's client id");
/// ```
#[derive(Clone)]
pub struct ManagedIdentity {
    client_id: Option<String>,
    place: Place,
}

/// Who gives the token.
#[derive(Clone)]
enum Place {
    /// Whoever the environment names.
    Discovered(Variables),
    Imds(String),
    AppService {
        endpoint: String,
        header: SecretString,
    },
}

/// In what the two of them differ.
struct Ask<'a> {
    what: &'static str,
    version: &'static str,
    headers: HeaderMap,
    /// What of the headers is secret.
    proof: &'a SecretString,
}

/// The answer of both; the metadata service writes its numbers as text.
#[derive(Deserialize)]
struct IdentityToken {
    access_token: SecretString,
    #[serde(default)]
    expires_in: Option<LenientInteger>,
    #[serde(default)]
    expires_on: Option<LenientInteger>,
}

impl ManagedIdentity {
    /// The one identity that belongs to this machine or app alone.
    #[must_use]
    pub fn system_assigned() -> Self {
        Self { client_id: None, place: Place::Discovered(Variables::Process) }
    }

    /// An identity that was assigned to this machine or app, by its client id.
    pub fn user_assigned(client_id: impl Into<String>) -> Self {
        Self { client_id: Some(client_id.into()), ..Self::system_assigned() }
    }

    /// Reads the environment there.
    pub(super) fn with_variables(self, variables: Variables) -> Self {
        Self { place: Place::Discovered(variables), ..self }
    }

    /// Asks a metadata service at this URL, up to `/metadata`: a stand-in for tests.
    ///
    /// It must be https; http is taken for loopback and link-local addresses only.
    ///
    /// ```
    /// use hardware_dashboard::auth::ManagedIdentity;
    ///
    /// let identity = ManagedIdentity::system_assigned().imds_url("http://127.0.0.1:8080");
    /// ```
    #[must_use]
    pub fn imds_url(self, url: impl Into<String>) -> Self {
        Self { place: Place::Imds(url.into()), ..self }
    }

    /// Asks the identity endpoint of an app, whatever the environment says.
    ///
    /// It must be https; http is taken for loopback and link-local addresses only.
    ///
    /// ```
    /// use hardware_dashboard::auth::ManagedIdentity;
    ///
    /// let endpoint = "http://127.0.0.1:41741/msi/token";
    /// let identity = ManagedIdentity::system_assigned().app_service(endpoint, "the header's value");
    /// ```
    #[must_use]
    pub fn app_service(self, endpoint: impl Into<String>, header: impl Into<SecretString>) -> Self {
        let place = Place::AppService { endpoint: endpoint.into(), header: header.into() };
        Self { place, ..self }
    }

    /// A token of this identity for `resource`.
    pub(super) async fn token(&self, resource: &str) -> Result<AccessToken> {
        match &self.place {
            Place::Discovered(variables) => {
                match (variables.get("IDENTITY_ENDPOINT"), variables.get("IDENTITY_HEADER")) {
                    (Some(endpoint), Some(header)) => {
                        self.ask_app_service(&endpoint, &header.into(), resource).await
                    }
                    _ => self.ask_imds(IMDS_URL, resource).await,
                }
            }
            Place::Imds(url) => self.ask_imds(url, resource).await,
            Place::AppService { endpoint, header } => {
                self.ask_app_service(endpoint, header, resource).await
            }
        }
    }

    async fn ask_imds(&self, url: &str, resource: &str) -> Result<AccessToken> {
        let mut url = trusted("metadata service", url)?;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(IMDS_PATH.split('/'));
        }
        let metadata = (HeaderName::from_static("metadata"), HeaderValue::from_static("true"));
        let ask = Ask {
            what: "the Azure metadata service",
            version: IMDS_VERSION,
            headers: HeaderMap::from_iter([metadata]),
            proof: &SecretString::default(),
        };
        self.ask(url, ask, resource).await.map_err(of_imds)
    }

    async fn ask_app_service(
        &self,
        endpoint: &str,
        header: &SecretString,
        resource: &str,
    ) -> Result<AccessToken> {
        let url = trusted("identity endpoint", endpoint)?;
        let mut proof = HeaderValue::try_from(header.expose_secret()).map_err(|_| {
            Error::input("the value of IDENTITY_HEADER cannot be sent: it has a line break in it")
        })?;
        proof.set_sensitive(true);
        let ask = Ask {
            what: "the identity endpoint",
            version: APP_SERVICE_VERSION,
            headers: HeaderMap::from_iter([(HeaderName::from_static("x-identity-header"), proof)]),
            proof: header,
        };
        self.ask(url, ask, resource).await
    }

    async fn ask(&self, mut url: Url, ask: Ask<'_>, resource: &str) -> Result<AccessToken> {
        let version = ask.version;
        url.query_pairs_mut().append_pair("api-version", version).append_pair("resource", resource);
        if let Some(client_id) = &self.client_id {
            url.query_pairs_mut().append_pair("client_id", client_id);
        }
        // The metadata service must not be asked through a proxy: it would be the proxy's own.
        let http = http_client(
            &url,
            &HttpSettings::new(|it| it.no_proxy().connect_timeout(CONNECT_TIMEOUT)),
        )?;
        let endpoint = Endpoint::new(http, ask.what, &url).proven_by(ask.proof);
        let token: IdentityToken = endpoint.get(url, ask.headers).await?;
        let lifetime = token.lifetime();
        Ok(AccessToken::new(token.access_token, lifetime))
    }
}

impl IdentityToken {
    fn lifetime(&self) -> Duration {
        let number = |field: &Option<LenientInteger>| field.as_ref()?.get();
        // The endpoint of an app tells the end only.
        let until =
            || number(&self.expires_on).map(|end| end.saturating_sub(Utc::now().timestamp()));
        let seconds = number(&self.expires_in).or_else(until);
        let lifetime = seconds.map(|seconds| u64::try_from(seconds).unwrap_or_default());
        lifetime.map_or(DOCUMENTED_LIFETIME, Duration::from_secs)
    }
}

/// What an error of the metadata service means by Azure's documentation.
fn of_imds(error: Error) -> Error {
    if error.is_connect() {
        let message = "there is no managed identity on this machine: it has no metadata service";
        return Error::credential_absent(message).caused_by(error);
    }
    match error.status() {
        // A code says that Entra knows the identity and refuses the resource.
        Some(StatusCode::BAD_REQUEST) if error.code().is_none() => {
            let message = "this machine has no such managed identity";
            Error::credential_absent(message).caused_by(error).with_hint(
                "Assign the identity to the machine in Azure, and check its client id; a new \
                 assignment takes some minutes.",
            )
        }
        Some(StatusCode::NOT_FOUND) => error.passing(None),
        Some(StatusCode::GONE) => error.passing(Some(UPDATE_PAUSE)),
        _ => error,
    }
}

/// Takes a URL that a token may come from: https, or http that does not leave the host.
fn trusted(what: &str, text: &str) -> Result<Url> {
    match Url::parse(text) {
        Ok(url) if is_private(&url) || is_link_local(&url) => Ok(url),
        _ => Err(Error::input(format!(
            "the URL of the {what} must be https (http is taken for loopback and link-local \
             addresses only)"
        ))),
    }
}

impl Credential for ManagedIdentity {
    fn fetch<'a>(&'a self, context: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(self.token(context.resource()))
    }
}

impl fmt::Debug for ManagedIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManagedIdentity")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_ended_long_ago_or_never_ends_is_no_harm() {
        let lifetime = |end: i64| {
            let token = serde_json::json!({ "access_token": "token", "expires_on": end });
            serde_json::from_value::<IdentityToken>(token).unwrap().lifetime()
        };
        assert_eq!(lifetime(i64::MIN), Duration::ZERO);
        assert!(lifetime(i64::MAX) > DOCUMENTED_LIFETIME);
    }
}
