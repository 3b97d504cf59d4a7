//! Where a blob is: a SAS URL, and a new one when it ends in the middle.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::{sync::Mutex as Gate, time::sleep};
use url::Url;

use super::checked;
use crate::{
    error::{Error, Kind, Result, Stage},
    model::SafeUrl,
    retry::RetryPolicy,
};

/// After so many new URLs in a row with which nothing went, or one request did not, it is not their age.
const MAX_RENEWALS: u8 = 3;

type Renewal = Pin<Box<dyn Future<Output = Result<SafeUrl>> + Send>>;
type Renew = Box<dyn Fn() -> Renewal + Send + Sync>;

/// The SAS URL of a blob, which the workers of a transfer share.
pub(crate) struct Sas {
    stage: Stage,
    current: Mutex<Current>,
    /// Whoever asks for a new URL holds it; the others wait for what comes of that.
    gate: Gate<()>,
    renew: Renew,
}

/// A URL to use until it is refused.
#[derive(Clone)]
pub(crate) struct Lease {
    url: Url,
    generation: u32,
    /// How often the request that holds it has been refused.
    refusals: u8,
}

struct Current {
    lease: Lease,
    /// Renewals since something last went.
    renewals: u8,
}

impl Sas {
    /// A URL that `renew` asks the service for anew.
    pub(crate) fn renewable<F>(
        stage: Stage,
        url: &SafeUrl,
        renew: impl Fn() -> F + Send + Sync + 'static,
    ) -> Result<Self>
    where
        F: Future<Output = Result<SafeUrl>> + Send + 'static,
    {
        let renew: Renew = Box::new(move || Box::pin(renew()));
        let lease = Lease { url: checked(stage, url)?, generation: 0, refusals: 0 };
        let current = Mutex::new(Current { lease, renewals: 0 });
        Ok(Self { stage, current, gate: Gate::default(), renew })
    }

    pub(crate) fn lease(&self) -> Lease {
        self.current().lease.clone()
    }

    /// The URL for another attempt of a request that has held this one.
    pub(crate) fn again(&self, earlier: &Lease) -> Lease {
        Lease { refusals: earlier.refusals, ..self.lease() }
    }

    /// Something went: the URL is good.
    pub(crate) fn worked(&self) {
        self.current().renewals = 0;
    }

    /// Gives a URL in the place of one that was refused with this error. Of many who were refused
    /// one asks for it. A request for which a new one did not help leaves the service alone for a while.
    ///
    /// # Errors
    ///
    /// Gives the refusal back when new ones do not help, and fails as asking for one does.
    pub(crate) async fn renew(
        &self,
        refused: &Lease,
        refusal: Error,
        retry: &RetryPolicy,
    ) -> Result<Lease> {
        if refused.refusals >= MAX_RENEWALS {
            return Err(refusal);
        }
        let pause = |attempt| retry.pause(refusal.failed(), attempt, fastrand::f64());
        if refused.refusals > 0 {
            sleep(pause(refused.refusals.into())).await;
        }
        let refusals = refused.refusals + 1;
        let _asking = self.gate.lock().await;
        let (lease, renewals) = {
            let current = self.current();
            (current.lease.clone(), current.renewals)
        };
        if lease.generation != refused.generation {
            return Ok(Lease { refusals, ..lease });
        }
        if renewals >= MAX_RENEWALS {
            return Err(refusal);
        }
        tracing::info!(error = %refusal, "the SAS URL was refused: asking for a new one");
        let url = checked(self.stage, &(self.renew)().await?)?;
        if !same_blob(&url, &lease.url) {
            return Err(elsewhere(self.stage));
        }
        if url == lease.url {
            // It will be refused as before, unless there is trouble over there that passes.
            sleep(pause(refusals.into())).await;
        }
        let lease = Lease { url, generation: lease.generation + 1, refusals: 0 };
        *self.current() = Current { lease: lease.clone(), renewals: renewals + 1 };
        Ok(Lease { refusals, ..lease })
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease {
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }
}

/// Blocks and ranges belong to one blob: those of another would be mixed up with them.
fn same_blob(one: &Url, other: &Url) -> bool {
    (one.scheme(), one.host(), one.port_or_known_default(), one.path())
        == (other.scheme(), other.host(), other.port_or_known_default(), other.path())
}

fn elsewhere(stage: Stage) -> Error {
    let message = "the service now names another blob than the one that the transfer began with";
    Error::new(stage, Kind::Decode, message)
        .with_hint("Look at the submission: somebody may have changed it. Then begin again.")
}

impl fmt::Debug for Sas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sas").field("lease", &self.lease()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lease({})", SafeUrl::from(&self.url))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
        time::Duration,
    };

    use futures_util::future::join_all;
    use tokio::time::Instant;

    use super::*;

    fn url(path: &str, number: u32) -> SafeUrl {
        SafeUrl::from(format!("https://host/{path}?sig=signature{number}").as_str())
    }

    fn retry() -> RetryPolicy {
        RetryPolicy::default()
    }

    fn refusal() -> Error {
        Error::new(Stage::Upload, Kind::Status, "refused")
    }

    /// A source whose URLs are numbered, and how many it was asked for.
    fn numbered(path: &'static str) -> (Sas, Arc<AtomicU32>) {
        let asked = Arc::new(AtomicU32::new(0));
        let count = asked.clone();
        let renew = move || {
            let number = count.fetch_add(1, Ordering::Relaxed) + 1;
            async move {
                tokio::task::yield_now().await;
                Ok(url(path, number))
            }
        };
        let sas = Sas::renewable(Stage::Upload, &url("blob", 0), renew).unwrap();
        (sas, asked)
    }

    #[tokio::test]
    async fn of_many_that_were_refused_one_asks() {
        let (sas, asked) = numbered("blob");
        let (refused, retry) = (sas.lease(), retry());
        let renewed = join_all((0..16).map(|_| sas.renew(&refused, refusal(), &retry))).await;
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        for lease in renewed {
            assert_eq!(lease.unwrap().url().query(), Some("sig=signature1"));
        }
        assert_eq!(sas.lease().url().query(), Some("sig=signature1"));
    }

    #[tokio::test]
    async fn new_urls_that_do_not_help_end_and_those_that_do_are_not_counted() {
        let (sas, asked) = numbered("blob");
        for _ in 0..10 {
            sas.renew(&sas.lease(), refusal(), &retry()).await.unwrap();
            sas.worked();
        }
        for _ in 0..MAX_RENEWALS {
            sas.renew(&sas.lease(), refusal(), &retry()).await.unwrap();
        }
        let error = sas.renew(&sas.lease(), refusal(), &retry()).await.unwrap_err();
        assert_eq!(error.to_string(), "refused");
        assert_eq!(asked.load(Ordering::Relaxed), 10 + u32::from(MAX_RENEWALS));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_always_refused_ends_while_others_go() {
        let (sas, asked) = numbered("blob");
        let start = Instant::now();
        let mut lease = sas.lease();
        for _ in 0..MAX_RENEWALS {
            lease = sas.renew(&sas.again(&lease), refusal(), &retry()).await.unwrap();
            sas.worked();
        }
        let error = sas.renew(&lease, refusal(), &retry()).await.unwrap_err();
        assert_eq!(error.to_string(), "refused");
        assert_eq!(asked.load(Ordering::Relaxed), u32::from(MAX_RENEWALS));
        // At least half of one second, and of two.
        assert!(start.elapsed() >= Duration::from_millis(1500), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_url_that_is_named_again_is_not_tried_at_once() {
        let renew = || async { Ok(url("blob", 0)) };
        let sas = Sas::renewable(Stage::Upload, &url("blob", 0), renew).unwrap();
        let start = Instant::now();
        sas.renew(&sas.lease(), refusal(), &retry()).await.unwrap();
        assert!(start.elapsed() >= Duration::from_millis(500), "{:?}", start.elapsed());
    }

    #[tokio::test]
    async fn another_blob_is_not_gone_on_with() {
        let (sas, _) = numbered("another");
        let error = sas.renew(&sas.lease(), refusal(), &retry()).await.unwrap_err();
        assert!(error.to_string().contains("another blob"), "{error}");
        assert!(!format!("{sas:?} {error:?}").contains("signature"), "{sas:?} {error:?}");
    }
}
