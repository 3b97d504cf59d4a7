//! Credentials, and the token that they are exchanged for.
//!
//! # Which credential to choose
//!
//! | where the program runs | credential | what is kept on the machine |
//! |---|---|---|
//! | GitHub Actions | [`FederatedToken::github_actions`] | nothing |
//! | Kubernetes, or any other place that writes a token to a file | [`FederatedToken::from_file`] | nothing that lasts |
//! | Azure (virtual machine, App Service, Functions) | [`FederatedToken::from_managed_identity`] | nothing |
//! | a build machine elsewhere | `ClientCertificate`, with the feature `certificate` | a private key |
//! | anywhere, to begin with | [`ClientSecret`] | a secret that ends after months |
//! | wherever the environment decides | [`Environment`] | what the environment names |
//!
//! The best credential is one that nobody can carry away, so take the first line that fits. Whichever
//! it is, the application that it speaks for must be known to Partner Center and hold its Hardware
//! roles there.
//!
//! [`ManagedIdentity`] alone is for an identity that Partner Center knows itself. [`Chain`] tries one
//! credential after another.
//!
//! ```
//! use hardware_dashboard::{
//!     Client,
//!     auth::{Chain, Environment, FederatedToken, ManagedIdentity},
//! };
//!
//! # fn main() -> hardware_dashboard::Result<()> {
//! let identity = ManagedIdentity::user_assigned("the identity's client id");
//! let client = Client::builder()
//!     .credential(
//!         Chain::new()
//!             .then(Environment::new())
//!             .then(FederatedToken::from_managed_identity("tenant id", "client id", identity)),
//!     )
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Tokens
//!
//! However many tasks wait, one token is asked for at a time. It is renewed five minutes before it
//! ends: one call renews it, while all others go on with the old one; so does that call when the
//! renewal fails, which is tried again half a minute later. With no token left, what passes by itself
//! (no connection, a time-out, 429, 5xx, a credential that gave a token before and seems absent now) is
//! tried again as the client's [`RetryPolicy`](crate::RetryPolicy) says. A credential that does not
//! answer is given up after its [`deadline`](Credential::deadline). A call that is answered with 401
//! takes a new token and is repeated, once.
//!
//! No secret, key, assertion or token is ever printed: not by `Debug`, not in an error, not in a log.
//!
//! # A credential of your own
//!
//! See [`Credential`].

mod cache;
#[cfg(feature = "certificate")]
mod certificate;
mod chain;
mod claims;
mod deadline;
mod endpoint;
mod entra;
mod environment;
mod federated;
mod github;
mod managed_identity;
mod secret;
mod variables;

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use secrecy::SecretString;
use url::Url;

pub(crate) use self::cache::{Bearer, TokenCache};
#[cfg(feature = "certificate")]
pub use self::certificate::ClientCertificate;
pub use self::{
    chain::Chain, claims::TokenClaims, environment::Environment, federated::FederatedToken,
    managed_identity::ManagedIdentity, secret::ClientSecret,
};
use crate::{error::Result, net::HttpClients};

/// The resource that a token is asked for.
pub(crate) const RESOURCE: &str = "https://manage.devcenter.microsoft.com";

/// Where Microsoft Entra ID of the public cloud lives.
pub(crate) const AUTHORITY: &str = "https://login.microsoftonline.com";

/// A future that a [`Credential`] answers with.
///
/// See the example of [`Credential`].
pub type TokenFuture<'a> = Pin<Box<dyn Future<Output = Result<AccessToken>> + Send + 'a>>;

/// Something that a token for the Hardware dashboard can be got with.
///
/// The client keeps the token and asks again before it ends; a credential only has to get one.
///
/// A credential of your own may get its token wherever it likes. It fails with
/// [`Error::credential_absent`](crate::Error::credential_absent) where there is nothing that it could
/// work with, so that a [`Chain`] goes on; with
/// [`Error::credential_refused`](crate::Error::credential_refused) where someone said no; and with
/// [`Error::credential_unavailable`](crate::Error::credential_unavailable) where it is worth asking
/// again.
///
/// ```
/// use std::{path::PathBuf, time::Duration};
///
/// use hardware_dashboard::{
///     Client, Error,
///     auth::{AccessToken, Credential, TokenContext, TokenFuture},
/// };
///
/// /// A token that another program of the company writes to a file, each quarter of an hour.
/// #[derive(Debug)]
/// struct TokenFile(PathBuf);
///
/// impl Credential for TokenFile {
///     fn fetch<'a>(&'a self, _: &'a TokenContext) -> TokenFuture<'a> {
///         Box::pin(async {
///             let token = std::fs::read_to_string(&self.0).map_err(|error| {
///                 let message = format!("there is no token in {}", self.0.display());
///                 Error::credential_absent(message).caused_by(error)
///             })?;
///             Ok(AccessToken::new(token.trim(), Duration::from_secs(15 * 60)))
///         })
///     }
/// }
///
/// # fn main() -> hardware_dashboard::Result<()> {
/// let client = Client::builder().credential(TokenFile("token".into())).build()?;
/// # Ok(())
/// # }
/// ```
pub trait Credential: fmt::Debug + Send + Sync {
    /// Gets a new token.
    ///
    /// # Errors
    ///
    /// Fails when the credential is absent or refused, or when whoever gives the token cannot be
    /// reached.
    fn fetch<'a>(&'a self, context: &'a TokenContext) -> TokenFuture<'a>;

    /// How long [`fetch`](Self::fetch) may take: two minutes, unless the credential says otherwise.
    /// Then it is given up, so that none that never answers holds every call for ever.
    fn deadline(&self) -> Duration {
        deadline::USUAL
    }
}

/// For a program that chooses its credential while it runs.
impl<T: Credential + ?Sized> Credential for Arc<T> {
    fn fetch<'a>(&'a self, context: &'a TokenContext) -> TokenFuture<'a> {
        (**self).fetch(context)
    }

    fn deadline(&self) -> Duration {
        (**self).deadline()
    }
}

/// What a credential needs to know of the client.
///
/// ```
/// use std::time::Duration;
///
/// use hardware_dashboard::auth::{AccessToken, Credential, TokenContext, TokenFuture};
///
/// /// A broker on this machine that has tokens for everything.
/// #[derive(Debug)]
/// struct Broker;
///
/// # impl Broker {
/// #     async fn token(&self, _: &str, _: &str) -> String {
/// #         String::new()
/// #     }
/// # }
/// impl Credential for Broker {
///     fn fetch<'a>(&'a self, context: &'a TokenContext) -> TokenFuture<'a> {
///         Box::pin(async {
///             // Version 1 of the token endpoint would be asked for `context.resource()`.
///             let token = self.token(context.authority_url(), &context.scope()).await;
///             Ok(AccessToken::new(token, Duration::from_secs(3600)))
///         })
///     }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct TokenContext {
    pub(crate) http: HttpClients,
    pub(crate) authority: Url,
    pub(crate) resource: String,
}

impl TokenContext {
    /// Where Microsoft Entra ID is: everything up to the tenant.
    #[must_use]
    pub fn authority_url(&self) -> &str {
        self.authority.as_str()
    }

    /// What the token is for, as version 1 of the token endpoint names it.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// What the token is for, as version 2 of the token endpoint names it.
    #[must_use]
    pub fn scope(&self) -> String {
        format!("{}/.default", self.resource.trim_end_matches('/'))
    }
}

/// A token and how long it lives.
///
/// ```
/// use std::time::Duration;
///
/// use hardware_dashboard::auth::AccessToken;
///
/// let token = AccessToken::new("eyJ0eXAiOiJKV1Qi", Duration::from_secs(3600));
/// assert!(!format!("{token:?}").contains("eyJ0"), "it is never printed");
/// ```
#[derive(Clone, Debug)]
pub struct AccessToken {
    pub(crate) secret: SecretString,
    pub(crate) lifetime: Duration,
}

impl AccessToken {
    /// A token that ends after `lifetime`.
    #[must_use]
    pub fn new(secret: impl Into<SecretString>, lifetime: Duration) -> Self {
        Self { secret: secret.into(), lifetime }
    }
}
