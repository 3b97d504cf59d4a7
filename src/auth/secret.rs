//! The credential that the documentation asks for: a client secret.

use std::fmt;

use secrecy::SecretString;

use super::{Credential, TokenContext, TokenFuture, entra};

/// An Entra application with a client secret.
///
/// The token is asked for at the documented v1 endpoint,
/// `POST {authority}/{tenant}/oauth2/token`, with `resource`.
///
/// ```
/// use hardware_dashboard::auth::ClientSecret;
///
/// let credential = ClientSecret::new("contoso.onmicrosoft.com", "1b3d…", "the secret's value");
/// assert!(!format!("{credential:?}").contains("the secret's value"));
/// ```
#[derive(Clone)]
pub struct ClientSecret {
    tenant_id: String,
    client_id: String,
    secret: SecretString,
}

impl ClientSecret {
    /// The application `client_id` of the tenant, given by its id or its domain.
    pub fn new(
        tenant_id: impl Into<String>,
        client_id: impl Into<String>,
        secret: impl Into<SecretString>,
    ) -> Self {
        Self { tenant_id: tenant_id.into(), client_id: client_id.into(), secret: secret.into() }
    }
}

impl Credential for ClientSecret {
    fn fetch<'a>(&'a self, context: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(entra::exchange(context, &self.tenant_id, &self.client_id, &self.secret))
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSecret")
            .field("tenant_id", &self.tenant_id)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}
