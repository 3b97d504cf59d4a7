//! Credentials, and the token that they are exchanged for.

mod cache;
mod entra;
mod secret;

use std::{fmt, future::Future, pin::Pin, time::Duration};

use secrecy::SecretString;
use url::Url;

pub(crate) use self::cache::{Bearer, TokenCache};
pub use self::secret::ClientSecret;
use crate::error::Result;

/// The resource that a token is asked for.
pub(crate) const RESOURCE: &str = "https://manage.devcenter.microsoft.com";

/// Where Microsoft Entra ID of the public cloud lives.
pub(crate) const AUTHORITY: &str = "https://login.microsoftonline.com";

/// A future that a [`Credential`] answers with.
pub type TokenFuture<'a> = Pin<Box<dyn Future<Output = Result<AccessToken>> + Send + 'a>>;

/// Something that a token for the Hardware dashboard can be got with.
///
/// The client keeps the token and asks again before it ends; a credential only has to get one.
pub trait Credential: fmt::Debug + Send + Sync {
    /// Gets a new token.
    ///
    /// # Errors
    ///
    /// Fails when the credential is refused or the token endpoint cannot be reached.
    fn fetch<'a>(&'a self, context: &'a TokenContext) -> TokenFuture<'a>;
}

/// What a credential needs of the client.
#[derive(Clone, Debug)]
pub struct TokenContext {
    pub(crate) http: reqwest::Client,
    pub(crate) authority: Url,
    pub(crate) resource: String,
}

/// A token and how long it lives.
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
