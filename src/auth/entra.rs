//! The exchange with the token endpoint of Microsoft Entra ID, through the oauth2 crate.

mod answer;

use std::time::Duration;

use oauth2::{
    AuthType, ClientId, HttpRequest, HttpResponse, RequestTokenError, Scope,
    StandardRevocableToken, TokenResponse, TokenUrl,
    basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse},
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub(super) use self::answer::EntraError;
use self::answer::EntraToken;
use super::{AccessToken, TokenContext, endpoint::Endpoint};
use crate::error::{Error, Result};

/// Documented: a token lives for 60 minutes. For an answer that does not say.
pub(super) const DOCUMENTED_LIFETIME: Duration = Duration::from_secs(3600);

/// Says that an assertion is a signed token.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

type EntraClient = oauth2::Client<
    EntraError,
    EntraToken,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
>;

/// An application of a tenant, which tokens are asked for.
#[derive(Clone, Debug)]
pub(super) struct Application {
    pub(super) tenant_id: String,
    pub(super) client_id: String,
}

/// The two token endpoints of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// Takes `resource`: the one that the dashboard's documentation names.
    V1,
    /// Takes `scope`: the one that Microsoft's own libraries use with assertions.
    V2,
}

/// What an application proves itself with.
#[derive(Clone, Copy)]
pub(super) enum Proof<'a> {
    Secret(&'a SecretString),
    Assertion(&'a SecretString),
}

impl Application {
    pub(super) fn new(tenant_id: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self { tenant_id: tenant_id.into(), client_id: client_id.into() }
    }

    /// Trades a proof for a token.
    pub(super) async fn exchange(
        &self,
        context: &TokenContext,
        version: Version,
        proof: Proof<'_>,
    ) -> Result<AccessToken> {
        let url = self.token_url(context, version)?;
        let (Proof::Secret(sent) | Proof::Assertion(sent)) = proof;
        let endpoint =
            Endpoint::new(context.http.to(&url)?, "the token endpoint", &url).proven_by(sent);
        let mut client = EntraClient::new(ClientId::new(self.client_id.clone()))
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(TokenUrl::from_url(url));
        if let Proof::Secret(secret) = proof {
            let secret = secret.expose_secret().to_owned();
            client = client.set_client_secret(oauth2::ClientSecret::new(secret));
        }
        let mut request = client.exchange_client_credentials();
        request = match version {
            Version::V1 => request.add_extra_param("resource", context.resource()),
            Version::V2 => request.add_scope(Scope::new(context.scope())),
        };
        if let Proof::Assertion(assertion) = proof {
            request = request
                .add_extra_param("client_assertion_type", JWT_BEARER)
                .add_extra_param("client_assertion", assertion.expose_secret());
        }
        let sender = endpoint.clone();
        let answer = request.request_async(&move |request| send(sender.clone(), request)).await;
        let token = answer.map_err(|error| explain(&endpoint, error))?;
        let lifetime = token.expires_in().unwrap_or(DOCUMENTED_LIFETIME);
        Ok(AccessToken::new(token.into_secret(), lifetime))
    }

    /// The token endpoint of the application's tenant.
    pub(super) fn token_url(&self, context: &TokenContext, version: Version) -> Result<Url> {
        let tenant = self.tenant_id.as_str();
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if tenant.is_empty() || tenant.starts_with('.') || !tenant.chars().all(allowed) {
            return Err(Error::input(
                "the tenant id must be a GUID or a domain such as contoso.onmicrosoft.com",
            ));
        }
        let path: &[&str] = match version {
            Version::V1 => &[tenant, "oauth2", "token"],
            Version::V2 => &[tenant, "oauth2", "v2.0", "token"],
        };
        let mut url = context.authority.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        Ok(url)
    }
}

/// Sends one request. What is no token ends here, with status and `Retry-After`, which oauth2 would
/// drop.
async fn send(endpoint: Endpoint, request: HttpRequest) -> Result<HttpResponse> {
    let request = reqwest::Request::try_from(request).map_err(|error| endpoint.network(error))?;
    let success = endpoint.send(request).await?;
    let mut answer = HttpResponse::new(success.body);
    *answer.status_mut() = success.status;
    *answer.headers_mut() = success.headers;
    Ok(answer)
}

/// Puts one of oauth2's errors into our words. A body is never kept: it may hold a token.
fn explain(endpoint: &Endpoint, error: RequestTokenError<Error, EntraError>) -> Error {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::Parse(error, _) => endpoint.unreadable(&error.path().to_string()),
        // `send` lets success answers through only.
        RequestTokenError::ServerResponse(_) | RequestTokenError::Other(_) => {
            endpoint.unreadable(".")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::{HttpClients, HttpSettings};

    fn token_url(tenant: &str, version: Version) -> Result<Url> {
        let authority = Url::parse("https://login.microsoftonline.com/").unwrap();
        let context = TokenContext {
            http: HttpClients::new(&authority, &HttpSettings::default()).unwrap(),
            authority,
            resource: String::new(),
        };
        Application::new(tenant, "client").token_url(&context, version)
    }

    #[test]
    fn the_tenant_stays_in_its_path_segment() {
        let url = |version| token_url("contoso.onmicrosoft.com", version).unwrap().to_string();
        let tenant = "https://login.microsoftonline.com/contoso.onmicrosoft.com";
        assert_eq!(url(Version::V1), format!("{tenant}/oauth2/token"));
        assert_eq!(url(Version::V2), format!("{tenant}/oauth2/v2.0/token"));
        for tenant in ["", "..", "a/b", "a?b", "a b"] {
            assert!(token_url(tenant, Version::V1).unwrap_err().is_input(), "{tenant}");
        }
    }
}
