//! The token of a client under a clock that does not run by itself.

use std::{pin::pin, sync::atomic::AtomicUsize};

use http::{HeaderMap, StatusCode};

use super::*;
use crate::{
    auth::{Chain, TokenFuture},
    error::Answer,
    net::{HttpClients, HttpSettings},
    report::Silent,
    retry::{Reach, RetryPolicy},
};

/// How an attempt fails.
type Failure = fn() -> Error;

/// Gives `token-1`, `token-2`, …, an hour each; the failures come in the place of these.
#[derive(Debug)]
struct Scripted {
    fetched: Arc<AtomicUsize>,
    failures: fn(usize) -> Option<Failure>,
}

impl Credential for Scripted {
    fn fetch<'a>(&'a self, _: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(async {
            let number = self.fetched.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
            match (self.failures)(number) {
                Some(failure) => Err(failure()),
                None => Ok(AccessToken::new(format!("token-{number}"), Duration::from_secs(3600))),
            }
        })
    }
}

/// Keeps what was going to be repeated, and after how long.
#[derive(Debug, Default)]
struct Retries(Mutex<Vec<(String, Duration)>>);

impl Reporter for Retries {
    fn event(&self, event: &Event<'_>) {
        if let Event::Retrying { operation, reason, pause } = event {
            assert_eq!(*operation, "token");
            self.0.lock().unwrap().push((reason.to_string(), *pause));
        }
    }
}

fn no_network() -> Error {
    Error::new(Stage::Token, Kind::Connect, "no network").with_reach(Reach::NotSent)
}

fn refused() -> Error {
    Error::credential_refused("refused")
}

fn absent() -> Error {
    Error::credential_absent("absent")
}

fn unavailable() -> Error {
    Error::credential_unavailable("the vault is closed", Some(Duration::from_secs(45)))
}

fn busy() -> Error {
    let headers = HeaderMap::from_iter([(http::header::RETRY_AFTER, "90".parse().unwrap())]);
    let answer = Answer::bare(StatusCode::TOO_MANY_REQUESTS, &headers, chrono::Utc::now());
    let error = Error::new(Stage::Token, Kind::Status, "busy").with_answer(answer);
    error.with_reach(Reach::TurnedAway)
}

fn cache(failures: fn(usize) -> Option<Failure>) -> (Arc<TokenCache>, Arc<AtomicUsize>) {
    let fetched = Arc::<AtomicUsize>::default();
    let credential = Arc::new(Scripted { fetched: fetched.clone(), failures });
    (Arc::new(TokenCache::new(credential, context(), RetryPolicy::default())), fetched)
}

fn context() -> TokenContext {
    let authority = crate::auth::AUTHORITY.parse().unwrap();
    TokenContext {
        http: HttpClients::new(&authority, &HttpSettings::default()).unwrap(),
        authority,
        resource: String::new(),
    }
}

fn text(bearer: &Bearer) -> &str {
    bearer.header().to_str().unwrap()
}

async fn get(cache: &TokenCache) -> Result<Bearer> {
    let silent: Arc<dyn Reporter> = Arc::new(Silent);
    cache.get(&silent).await
}

/// Fifty tasks that want a token at once.
async fn many(cache: &Arc<TokenCache>) -> Vec<Result<Bearer>> {
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move { get(&cache).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

#[tokio::test(start_paused = true)]
async fn many_tasks_share_one_fetch() {
    let (cache, fetched) = cache(|_| None);
    for outcome in many(&cache).await {
        assert_eq!(text(&outcome.unwrap()), "Bearer token-1");
    }
    assert_eq!(fetched.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn many_tasks_share_one_refusal_and_the_next_task_asks_again() {
    let (cache, fetched) = cache(|number| (number == 1).then_some(refused));
    for outcome in many(&cache).await {
        assert_eq!(outcome.unwrap_err().to_string(), "refused");
    }
    assert_eq!(fetched.load(Ordering::SeqCst), 1);
    assert_eq!(text(&get(&cache).await.unwrap()), "Bearer token-2");
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_credential_ends_the_wait_of_all() {
    let (cache, fetched) =
        cache(|number| (number == 1).then_some(|| panic!("a broken credential")));
    for outcome in many(&cache).await {
        assert_eq!(outcome.unwrap_err().to_string(), "the credential panicked");
    }
    assert_eq!(fetched.load(Ordering::SeqCst), 1);
    assert_eq!(text(&get(&cache).await.unwrap()), "Bearer token-2");
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_five_minutes_before_its_end() {
    let (cache, _) = cache(|_| None);
    assert_eq!(text(&get(&cache).await.unwrap()), "Bearer token-1");
    tokio::time::advance(Duration::from_secs(3600 - 301)).await;
    assert_eq!(text(&get(&cache).await.unwrap()), "Bearer token-1");
    tokio::time::advance(Duration::from_secs(2)).await;
    assert_eq!(text(&get(&cache).await.unwrap()), "Bearer token-2");
}

#[tokio::test(start_paused = true)]
async fn a_failed_renewal_uses_the_old_token_while_it_lives() {
    let (cache, fetched) = cache(|number| (number > 1).then_some(no_network));
    get(&cache).await.unwrap();
    tokio::time::advance(Duration::from_secs(3400)).await;
    for _ in 0..5 {
        assert_eq!(text(&get(&cache).await.unwrap()), "Bearer token-1");
    }
    assert_eq!(fetched.load(Ordering::SeqCst), 2, "a renewal that failed is not tried at once");
    tokio::time::advance(RENEWAL_PAUSE).await;
    assert_eq!(text(&get(&cache).await.unwrap()), "Bearer token-1");
    assert_eq!(fetched.load(Ordering::SeqCst), 3);
    tokio::time::advance(Duration::from_secs(200)).await;
    assert!(get(&cache).await.unwrap_err().is_connect());
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_tried_again_and_told() {
    let (cache, fetched) = cache(|number| match number {
        1 => Some(no_network),
        2 => Some(busy),
        3 => Some(unavailable),
        _ => None,
    });
    let retries = Arc::<Retries>::default();
    let reporter: Arc<dyn Reporter> = retries.clone();
    assert_eq!(text(&cache.get(&reporter).await.unwrap()), "Bearer token-4");
    assert_eq!(fetched.load(Ordering::SeqCst), 4);
    let told = retries.0.lock().unwrap();
    let reasons: Vec<_> = told.iter().map(|(reason, _)| reason.as_str()).collect();
    assert_eq!(reasons, ["no network", "busy", "the vault is closed"]);
    assert_eq!(told[1].1, Duration::from_secs(90), "Retry-After is waited for");
    assert_eq!(told[2].1, Duration::from_secs(45), "and so is what a credential asks for");
}

#[tokio::test(start_paused = true)]
async fn attempts_end_and_those_without_connection_end_soon() {
    for (failures, attempts) in [
        ((|_| Some(no_network as Failure)) as fn(usize) -> Option<Failure>, 3),
        (|_| Some(busy), 6),
        (|_| Some(refused), 1),
        (|_| Some(absent), 1),
        (|_| Some(|| Error::input("a broken key")), 1),
    ] {
        let (cache, fetched) = cache(failures);
        let error = get(&cache).await.unwrap_err();
        assert_eq!(fetched.load(Ordering::SeqCst), attempts, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_gave_a_token_is_asked_again_when_it_seems_absent() {
    let (cache, fetched) = cache(|number| matches!(number, 2 | 4..).then_some(absent));
    cache.discard(&get(&cache).await.unwrap());
    let third = get(&cache).await.unwrap();
    assert_eq!((text(&third), fetched.load(Ordering::SeqCst)), ("Bearer token-3", 3));
    cache.discard(&third);
    let error = get(&cache).await.unwrap_err();
    assert!(error.is_credential_unavailable() && error.is_passing(), "{error:?}");
    assert!(std::error::Error::source(&error).is_some(), "the reason is kept");
    assert_eq!(fetched.load(Ordering::SeqCst), 9, "the policy allows six attempts");
}

#[tokio::test(start_paused = true)]
async fn only_the_token_that_was_refused_is_forgotten() {
    let (cache, _) = cache(|_| None);
    let first = get(&cache).await.unwrap();
    cache.discard(&first);
    let second = get(&cache).await.unwrap();
    cache.discard(&first);
    assert_eq!(get(&cache).await.unwrap(), second);
    assert_eq!(text(&second), "Bearer token-2");
}

#[tokio::test(start_paused = true)]
async fn while_one_task_renews_the_others_go_on_with_the_old_token() {
    let (cache, fetched) = cache(|_| None);
    get(&cache).await.unwrap();
    tokio::time::advance(Duration::from_secs(3400)).await;
    let bearers = many(&cache).await.into_iter().map(|outcome| text(&outcome.unwrap()).to_owned());
    let old = bearers.filter(|bearer| bearer == "Bearer token-1").count();
    assert_eq!((old, fetched.load(Ordering::SeqCst)), (49, 2));
    assert_eq!(text(&get(&cache).await.unwrap()), "Bearer token-2");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_is_dropped_is_taken_over() {
    let (cache, fetched) = cache(|_| None);
    let soon = Duration::from_millis(10);
    for _ in 0..2 {
        assert!(tokio::time::timeout(soon, get(&cache)).await.is_err());
    }
    assert_eq!(text(&get(&cache).await.unwrap()), "Bearer token-3");
    tokio::time::advance(Duration::from_secs(3400)).await;
    assert!(tokio::time::timeout(soon, get(&cache)).await.is_err());
    assert_eq!(text(&get(&cache).await.unwrap()), "Bearer token-5");
    assert_eq!(fetched.load(Ordering::SeqCst), 5);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_whose_first_waiter_is_dropped_goes_on_for_the_others() {
    let (cache, fetched) = cache(|number| (number == 1).then_some(refused));
    get(&cache).await.unwrap_err();
    let dropped = tokio::spawn({
        let cache = cache.clone();
        async move { get(&cache).await }
    });
    tokio::task::yield_now().await;
    let (waiting, _) = tokio::join!(get(&cache), async { dropped.abort() });
    assert_eq!(text(&waiting.unwrap()), "Bearer token-2", "what failed before is over");
    assert_eq!(fetched.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn one_who_is_polled_no_more_stops_nobody() {
    let (cache, fetched) = cache(|number| (number == 2).then_some(refused));
    let mut suspended = [pin!(get(&cache)), pin!(get(&cache))];
    for future in &mut suspended {
        assert!(future.as_mut().now_or_never().is_none());
    }
    let patience = Duration::from_secs(60);
    let bearer = tokio::time::timeout(patience, get(&cache)).await.expect("it is driven");
    assert_eq!(text(&bearer.unwrap()), "Bearer token-1");
    tokio::time::advance(Duration::from_secs(3600)).await;
    assert!(get(&cache).await.unwrap_err().is_auth(), "what is kept of a renewal that is over");
    assert_eq!(text(&get(&cache).await.unwrap()), "Bearer token-3");
    assert_eq!(fetched.load(Ordering::SeqCst), 3);
}

/// Answers so often, and then never again.
#[derive(Debug)]
struct Stuck {
    answers: usize,
    fetched: Arc<AtomicUsize>,
}

impl Credential for Stuck {
    fn fetch<'a>(&'a self, _: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(async {
            if self.fetched.fetch_add(1, Ordering::SeqCst) >= self.answers {
                std::future::pending::<()>().await;
            }
            Ok(AccessToken::new("token", Duration::from_secs(3600)))
        })
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(45)
    }
}

fn stuck(answers: usize) -> (Arc<TokenCache>, Arc<AtomicUsize>) {
    let fetched = Arc::<AtomicUsize>::default();
    // In chains, too, a credential has its own time.
    let credential =
        Chain::new().then(Chain::new().then(Stuck { answers, fetched: fetched.clone() }));
    let cache = TokenCache::new(Arc::new(credential), context(), RetryPolicy::default());
    (Arc::new(cache), fetched)
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_never_answers_is_given_up_once_for_all() {
    let (cache, fetched) = stuck(0);
    let start = Instant::now();
    for outcome in many(&cache).await {
        let error = outcome.unwrap_err();
        assert!(error.is_timeout() && error.stage() == Stage::Token && !error.is_auth());
        assert_eq!(error.to_string(), "the credential gave no token within 45s");
        assert!(error.hint().contains("deadline"));
    }
    assert_eq!((start.elapsed().as_secs(), fetched.load(Ordering::SeqCst)), (45, 1));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_never_ends_holds_one_task_while_the_old_token_lives() {
    let (cache, fetched) = stuck(1);
    get(&cache).await.unwrap();
    tokio::time::advance(Duration::from_secs(3400)).await;
    let start = Instant::now();
    let renewing = tokio::spawn({
        let cache = cache.clone();
        async move { get(&cache).await }
    });
    tokio::task::yield_now().await;
    assert_eq!(text(&get(&cache).await.unwrap()), "Bearer token");
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(text(&renewing.await.unwrap().unwrap()), "Bearer token");
    assert_eq!((start.elapsed().as_secs(), fetched.load(Ordering::SeqCst)), (45, 2));
    assert_eq!(text(&get(&cache).await.unwrap()), "Bearer token");
    assert_eq!(fetched.load(Ordering::SeqCst), 2, "the next renewal has time");
}

#[derive(Debug)]
struct Eternal;

impl Credential for Eternal {
    fn fetch<'a>(&'a self, _: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(async { Ok(AccessToken::new("token", Duration::MAX)) })
    }
}

#[tokio::test(start_paused = true)]
async fn a_lifetime_beyond_the_clock_is_no_harm() {
    let cache = TokenCache::new(Arc::new(Eternal), context(), RetryPolicy::default());
    assert_eq!(text(&get(&cache).await.unwrap()), "Bearer token");
}

#[test]
fn a_bearer_prints_nothing_of_the_token() {
    let bearer = Bearer::new(&AccessToken::new("canary-token", Duration::from_secs(60))).unwrap();
    assert!(!format!("{bearer:?}").contains("canary"));
    assert!(Bearer::new(&AccessToken::new(" ", Duration::from_secs(60))).is_err());
    assert!(Bearer::new(&AccessToken::new("a\nb", Duration::from_secs(60))).is_err());
}
