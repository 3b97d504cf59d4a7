//! The credential that the documentation asks for: a client secret.

use std::fmt;

use secrecy::SecretString;

use super::{
    Credential, TokenContext, TokenFuture,
    entra::{Application, Proof, Version},
};

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
    application: Application,
    secret: SecretString,
    version: Version,
}

impl ClientSecret {
    /// The application `client_id` of the tenant, given by its id or its domain.
    pub fn new(
        tenant_id: impl Into<String>,
        client_id: impl Into<String>,
        secret: impl Into<SecretString>,
    ) -> Self {
        Self::of(Application::new(tenant_id, client_id), secret)
    }

    pub(super) fn of(application: Application, secret: impl Into<SecretString>) -> Self {
        Self { application, secret: secret.into(), version: Version::V1 }
    }

    /// Asks the v2 endpoint, `POST {authority}/{tenant}/oauth2/v2.0/token`, with `scope`.
    ///
    /// ```
    /// use hardware_dashboard::auth::ClientSecret;
    ///
    /// let credential = ClientSecret::new("contoso.onmicrosoft.com", "1b3d…", "secret").v2();
    /// ```
    #[must_use]
    pub fn v2(self) -> Self {
        Self { version: Version::V2, ..self }
    }
}

impl Credential for ClientSecret {
    fn fetch<'a>(&'a self, context: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(self.application.exchange(context, self.version, Proof::Secret(&self.secret)))
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientSecret")
            .field("application", &self.application)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
