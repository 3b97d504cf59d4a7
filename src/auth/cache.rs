//! The token in use: fetched once however many tasks wait, renewed before it ends.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::{
    FutureExt as _,
    future::{BoxFuture, Shared, WeakShared},
};
use http::HeaderValue;
use secrecy::ExposeSecret;
use tokio::time::Instant;

use super::{AccessToken, Credential, TokenContext, deadline};
use crate::{
    error::{Error, Kind, Result, Stage},
    report::{Event, Reporter},
    retry::{Idempotency, RetryPolicy, Verdict},
};

/// A token with less life left than this is renewed, so that none ends on its way to the server.
const MIN_LIFE_LEFT: Duration = Duration::from_secs(300);

/// Managed identities give tokens for a day, and nobody for longer. It also keeps nonsense off the
/// clock.
const MAX_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// After a renewal that failed, the old token is used for so long before the next one.
const RENEWAL_PAUSE: Duration = Duration::from_secs(30);

/// Whoever mistyped the host, or has no network, wants to know it soon.
const MAX_CONNECT_ATTEMPTS: u32 = 3;

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

/// How a renewal ends for all who wait for it.
type Outcome = std::result::Result<Bearer, Arc<Error>>;

/// A renewal under way. Each of those who wait drives it: one who is polled no more stops nobody.
type Renewal = Shared<BoxFuture<'static, Outcome>>;

/// Keeps the token of one client.
#[derive(Debug)]
pub(crate) struct TokenCache {
    tokens: Arc<Tokens>,
    /// The last renewal, which belongs to those who wait for it: it ends with the last of them.
    renewal: Mutex<Option<WeakShared<BoxFuture<'static, Outcome>>>>,
}

/// What a renewal works with.
#[derive(Debug)]
struct Tokens {
    credential: Arc<dyn Credential>,
    context: TokenContext,
    retry: RetryPolicy,
    cached: RwLock<Option<Cached>>,
    /// Whether the credential has ever given a token.
    proven: AtomicBool,
}

impl TokenCache {
    pub(crate) fn new(
        credential: Arc<dyn Credential>,
        context: TokenContext,
        retry: RetryPolicy,
    ) -> Self {
        let (cached, proven) = Default::default();
        let tokens = Arc::new(Tokens { credential, context, retry, cached, proven });
        Self { tokens, renewal: Mutex::default() }
    }

    /// The token, a new one when the one at hand is about to end.
    pub(crate) async fn get(&self, reporter: &Arc<dyn Reporter>) -> Result<Bearer> {
        if let Some(bearer) = self.tokens.fresh() {
            return Ok(bearer);
        }
        match self.at_hand(reporter) {
            Ok(bearer) => Ok(bearer),
            // It fails for all who waited: were each to ask again, a wrong secret would be sent as
            // often as there are tasks.
            Err(renewal) => renewal.await.map_err(|error| error.share()),
        }
    }

    /// The token that can be used now, or else the renewal that brings one.
    fn at_hand(&self, reporter: &Arc<dyn Reporter>) -> std::result::Result<Bearer, Renewal> {
        let mut last = self.renewal.lock().unwrap_or_else(PoisonError::into_inner);
        // Another renewal may have ended since the first look.
        if let Some(bearer) = self.tokens.fresh() {
            return Ok(bearer);
        }
        // Whoever is polled no more keeps a renewal that is over.
        let running = last.as_ref().and_then(WeakShared::upgrade);
        if let Some(running) = running.filter(|renewal| renewal.peek().is_none()) {
            // Nobody else has to wait for it while the old token lives.
            return self.tokens.living().ok_or(running);
        }
        let renewal = AssertUnwindSafe(self.tokens.clone().renew(reporter.clone()));
        // `Shared` wakes nobody after a panic, and a credential may be anybody's.
        let renewal = renewal.catch_unwind().map(|ended| ended.unwrap_or_else(|_| Err(panicked())));
        let renewal = renewal.boxed().shared();
        *last = renewal.downgrade();
        Err(renewal)
    }

    /// Forgets the token, unless another task has already got a newer one.
    pub(crate) fn discard(&self, refused: &Bearer) {
        let mut cached = self.tokens.cached.write().unwrap_or_else(PoisonError::into_inner);
        if cached.as_ref().is_some_and(|cached| cached.bearer == *refused) {
            *cached = None;
        }
    }
}

impl Tokens {
    /// Fetches a token, and fetches again what failed in passing.
    async fn renew(self: Arc<Self>, reporter: Arc<dyn Reporter>) -> Outcome {
        let mut attempt = 1;
        loop {
            let error = match self.fetch(&*reporter).await {
                Ok(bearer) => return Ok(bearer),
                Err(error) => error,
            };
            // No call has to wait while the old token lives.
            if let Some(bearer) = self.postpone(&error) {
                return Ok(bearer);
            }
            let Some(pause) = self.pause_after(&error, attempt) else { return Err(error.into()) };
            tracing::debug!(attempt, ?pause, %error, "the token will be asked for again");
            reporter.event(&Event::Retrying { operation: "token", reason: &error, pause });
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    fn pause_after(&self, error: &Error, attempt: u32) -> Option<Duration> {
        if error.is_connect() && attempt >= MAX_CONNECT_ATTEMPTS {
            return None;
        }
        match self.retry.verdict(Idempotency::Read, error.failed(), attempt, fastrand::f64()) {
            Verdict::After(pause) => Some(pause),
            Verdict::Stop => None,
        }
    }

    async fn fetch(&self, reporter: &dyn Reporter) -> Result<Bearer> {
        let token = deadline::fetch(&*self.credential, &self.context).await;
        let token = token.map_err(|error| self.not_absent_for_good(error))?;
        let bearer = Bearer::new(&token)?;
        let (now, lifetime) = (Instant::now(), token.lifetime.min(MAX_LIFETIME));
        // A short-lived token would otherwise be renewed on every call.
        let margin = MIN_LIFE_LEFT.min(lifetime / 2);
        let cached = Cached {
            bearer: bearer.clone(),
            renew_at: now + (lifetime - margin),
            ends_at: now + lifetime,
        };
        reporter.event(&Event::TokenObtained { lifetime });
        *self.cached.write().unwrap_or_else(PoisonError::into_inner) = Some(cached);
        self.proven.store(true, Ordering::Relaxed);
        Ok(bearer)
    }

    /// A credential that has given a token is there, also when its metadata service or its file is
    /// out of reach for a while.
    fn not_absent_for_good(&self, error: Error) -> Error {
        if !error.is_credential_absent() || !self.proven.load(Ordering::Relaxed) {
            return error;
        }
        let message = "the credential gave a token before, and cannot be found now";
        Error::credential_unavailable(message, None).caused_by(error)
    }

    fn cached(&self) -> Option<Cached> {
        self.cached.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fresh(&self) -> Option<Bearer> {
        self.cached().filter(|cached| Instant::now() < cached.renew_at).map(|cached| cached.bearer)
    }

    fn living(&self) -> Option<Bearer> {
        self.cached().filter(|cached| Instant::now() < cached.ends_at).map(|cached| cached.bearer)
    }

    /// A renewal that failed costs nothing while the old token lives. It is tried again later.
    fn postpone(&self, error: &Error) -> Option<Bearer> {
        let now = Instant::now();
        let mut cached = self.cached.write().unwrap_or_else(PoisonError::into_inner);
        let cached = cached.as_mut().filter(|cached| now < cached.ends_at)?;
        tracing::warn!(%error, "the token could not be renewed; the old one is still valid");
        let pause = error.retry_after().unwrap_or_default().max(RENEWAL_PAUSE);
        cached.renew_at = cached.ends_at.min(now + pause.min(MAX_LIFETIME));
        Some(cached.bearer.clone())
    }
}

fn panicked() -> Arc<Error> {
    let error = Error::new(Stage::Token, Kind::Status, "the credential panicked");
    Arc::new(error.with_hint("Mend the credential, which is at fault; the panic says where."))
}

#[cfg(test)]
mod tests;
