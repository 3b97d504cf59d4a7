//! One credential after another.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use super::{AccessToken, Credential, TokenContext, TokenFuture, deadline};
use crate::error::{Error, Result};

/// Tries credentials in order, and takes the first that is present.
///
/// Only a credential that is [absent](Error::is_credential_absent) is passed over. One that was
/// refused, is broken, or cannot reach its server ends the chain: another account in its place would
/// only hide what is wrong. For the same reason the credential that gave the first token gives all
/// later ones: whatever becomes of it, a run does not change its account halfway.
///
/// ```
/// use hardware_dashboard::auth::{Chain, ClientSecret, Environment, ManagedIdentity};
///
/// let credential = Chain::new()
///     .then(Environment::new())
///     .then(ManagedIdentity::system_assigned())
///     .then(ClientSecret::new("tenant id", "client id", "secret"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Chain {
    credentials: Vec<Arc<dyn Credential>>,
    /// Which of them gave the first token.
    chosen: OnceLock<usize>,
}

impl Chain {
    /// An empty chain, which gives no token.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The chain that tries `credential` after those before it.
    #[must_use]
    pub fn then(mut self, credential: impl Credential + 'static) -> Self {
        self.credentials.push(Arc::new(credential));
        self
    }

    async fn token(&self, context: &TokenContext) -> Result<AccessToken> {
        if let Some(chosen) = self.chosen.get() {
            return deadline::fetch(&*self.credentials[*chosen], context).await;
        }
        let mut absent = Vec::new();
        for (place, credential) in self.credentials.iter().enumerate() {
            match deadline::fetch(&**credential, context).await {
                Err(error) if error.is_credential_absent() => {
                    tracing::debug!(%error, "the next credential is tried");
                    absent.push(error.to_string());
                }
                Err(error) => return Err(mention(&absent, error)),
                Ok(token) => {
                    // Of two that ask at once the first decides.
                    self.chosen.get_or_init(|| place);
                    return Ok(token);
                }
            }
        }
        Err(Error::credential_absent(match absent.as_slice() {
            [] => "the chain of credentials is empty: add one by Chain::then".to_owned(),
            absent => format!("none of the credentials is present: {}", absent.join("; ")),
        }))
    }
}

/// Says in the hint which credentials were passed over: perhaps one of those was meant.
fn mention(absent: &[String], error: Error) -> Error {
    if absent.is_empty() {
        return error;
    }
    let before = format!("Before this credential others were tried: {}.", absent.join("; "));
    let hint = format!("{} {before}", error.hint());
    error.with_hint(hint)
}

impl Credential for Chain {
    fn fetch<'a>(&'a self, context: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(self.token(context))
    }

    /// Each has its own time.
    fn deadline(&self) -> Duration {
        let deadlines = self.credentials.iter().map(|credential| credential.deadline());
        deadlines.fold(Duration::ZERO, Duration::saturating_add)
    }
}
