//! The token in use: fetched once however many tasks wait, renewed before it ends.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use http::HeaderValue;
use secrecy::ExposeSecret;
use tokio::{sync::Mutex, time::Instant};

use super::{AccessToken, Credential, TokenContext};
use crate::{
    error::{Error, Kind, Result, Stage},
    report::{Event, Reporter},
};

/// A token with less life left than this is renewed, so that none ends on its way to the server.
const MIN_LIFE_LEFT: Duration = Duration::from_secs(300);

/// The `Authorization` header, ready to be sent. Prints nothing of the token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bearer(HeaderValue);

impl Bearer {
    fn new(token: &AccessToken) -> Result<Self> {
        let secret = token.secret.expose_secret();
        // The service answers an empty bearer with 500, which would be retried in vain.
        let header = match secret.trim() {
            "" => None,
            secret => HeaderValue::try_from(format!("Bearer {secret}")).ok(),
        };
        let Some(mut header) = header else {
            let message = "the token endpoint sent a token that cannot be used";
            return Err(Error::new(Stage::Token, Kind::Decode, message));
        };
        header.set_sensitive(true);
        Ok(Self(header))
    }

    pub(crate) fn header(&self) -> &HeaderValue {
        &self.0
    }
}

#[derive(Clone, Debug)]
struct Cached {
    bearer: Bearer,
    renew_at: Instant,
    ends_at: Instant,
}

/// Keeps the token of one client.
#[derive(Debug)]
pub(crate) struct TokenCache {
    credential: Arc<dyn Credential>,
    context: TokenContext,
    cached: RwLock<Option<Cached>>,
    renewal: Mutex<()>,
}

impl TokenCache {
    pub(crate) fn new(credential: Arc<dyn Credential>, context: TokenContext) -> Self {
        Self { credential, context, cached: RwLock::default(), renewal: Mutex::default() }
    }

    /// The token, a new one when the one at hand is about to end.
    pub(crate) async fn get(&self, reporter: &dyn Reporter) -> Result<Bearer> {
        if let Some(bearer) = self.fresh() {
            return Ok(bearer);
        }
        let _one_at_a_time = self.renewal.lock().await;
        if let Some(bearer) = self.fresh() {
            return Ok(bearer);
        }
        match self.fetch(reporter).await {
            Ok(bearer) => Ok(bearer),
            Err(error) => self.still_valid(error),
        }
    }

    /// Forgets the token, unless another task has already got a newer one.
    pub(crate) fn discard(&self, refused: &Bearer) {
        let mut cached = self.cached.write().unwrap_or_else(PoisonError::into_inner);
        if cached.as_ref().is_some_and(|cached| cached.bearer == *refused) {
            *cached = None;
        }
    }

    async fn fetch(&self, reporter: &dyn Reporter) -> Result<Bearer> {
        let token = self.credential.fetch(&self.context).await?;
        let bearer = Bearer::new(&token)?;
        let now = Instant::now();
        // A short-lived token would otherwise be renewed on every call.
        let margin = MIN_LIFE_LEFT.min(token.lifetime / 2);
        let cached = Cached {
            bearer: bearer.clone(),
            renew_at: now + (token.lifetime - margin),
            ends_at: now + token.lifetime,
        };
        reporter.event(&Event::TokenObtained { lifetime: token.lifetime });
        *self.cached.write().unwrap_or_else(PoisonError::into_inner) = Some(cached);
        Ok(bearer)
    }

    fn cached(&self) -> Option<Cached> {
        self.cached.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fresh(&self) -> Option<Bearer> {
        self.cached().filter(|cached| Instant::now() < cached.renew_at).map(|cached| cached.bearer)
    }

    /// A renewal that failed costs nothing while the old token lives.
    fn still_valid(&self, error: Error) -> Result<Bearer> {
        match self.cached().filter(|cached| Instant::now() < cached.ends_at) {
            Some(cached) => {
                tracing::warn!(%error, "the token could not be renewed; the old one is still valid");
                Ok(cached.bearer)
            }
            None => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::{auth::TokenFuture, report::Silent};

    /// Gives `token-1`, `token-2`, …, an hour each, and fails from the given one on.
    #[derive(Debug)]
    struct Counting {
        fetched: Arc<AtomicUsize>,
        fails_from: usize,
    }

    impl Credential for Counting {
        fn fetch<'a>(&'a self, _: &'a TokenContext) -> TokenFuture<'a> {
            Box::pin(async {
                let number = self.fetched.fetch_add(1, Ordering::SeqCst) + 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
                if number >= self.fails_from {
                    return Err(Error::new(Stage::Token, Kind::Connect, "no network"));
                }
                Ok(AccessToken::new(format!("token-{number}"), Duration::from_secs(3600)))
            })
        }
    }

    fn cache(fails_from: usize) -> (Arc<TokenCache>, Arc<AtomicUsize>) {
        let fetched = Arc::<AtomicUsize>::default();
        let credential = Arc::new(Counting { fetched: fetched.clone(), fails_from });
        let context = TokenContext {
            http: reqwest::Client::new(),
            authority: super::super::AUTHORITY.parse().unwrap(),
            resource: String::new(),
        };
        (Arc::new(TokenCache::new(credential, context)), fetched)
    }

    fn text(bearer: &Bearer) -> &str {
        bearer.header().to_str().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn many_tasks_share_one_fetch() {
        let (cache, fetched) = cache(usize::MAX);
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let cache = cache.clone();
                tokio::spawn(async move { cache.get(&Silent).await.unwrap() })
            })
            .collect();
        for task in tasks {
            assert_eq!(text(&task.await.unwrap()), "Bearer token-1");
        }
        assert_eq!(fetched.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_renewed_five_minutes_before_its_end() {
        let (cache, _) = cache(usize::MAX);
        assert_eq!(text(&cache.get(&Silent).await.unwrap()), "Bearer token-1");
        tokio::time::advance(Duration::from_secs(3600 - 301)).await;
        assert_eq!(text(&cache.get(&Silent).await.unwrap()), "Bearer token-1");
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(text(&cache.get(&Silent).await.unwrap()), "Bearer token-2");
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_renewal_uses_the_old_token_while_it_lives() {
        let (cache, _) = cache(2);
        cache.get(&Silent).await.unwrap();
        tokio::time::advance(Duration::from_secs(3590)).await;
        assert_eq!(text(&cache.get(&Silent).await.unwrap()), "Bearer token-1");
        tokio::time::advance(Duration::from_secs(10)).await;
        assert!(cache.get(&Silent).await.unwrap_err().is_connect());
    }

    #[tokio::test(start_paused = true)]
    async fn only_the_token_that_was_refused_is_forgotten() {
        let (cache, _) = cache(usize::MAX);
        let first = cache.get(&Silent).await.unwrap();
        cache.discard(&first);
        let second = cache.get(&Silent).await.unwrap();
        cache.discard(&first);
        assert_eq!(cache.get(&Silent).await.unwrap(), second);
        assert_eq!(text(&second), "Bearer token-2");
    }

    #[test]
    fn a_bearer_prints_nothing_of_the_token() {
        let bearer =
            Bearer::new(&AccessToken::new("canary-token", Duration::from_secs(60))).unwrap();
        assert!(!format!("{bearer:?}").contains("canary"));
        assert!(Bearer::new(&AccessToken::new(" ", Duration::from_secs(60))).is_err());
        assert!(Bearer::new(&AccessToken::new("a\nb", Duration::from_secs(60))).is_err());
    }
}
