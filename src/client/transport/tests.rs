//! Calls whose answers are given without a network, under a clock that does not run by itself.

use std::{
    future::ready,
    sync::atomic::{AtomicUsize, Ordering},
};

use tokio::time::{Instant, sleep};

use super::*;
use crate::{
    auth::{AccessToken, Credential, TokenContext, TokenFuture},
    client::{Client, json_fault},
};

const SECOND: Duration = Duration::from_secs(1);

/// Gives one token, and is refused afterwards.
#[derive(Debug, Default)]
struct Once(AtomicUsize);

impl Credential for Once {
    fn fetch<'a>(&'a self, _: &'a TokenContext) -> TokenFuture<'a> {
        Box::pin(async {
            match self.0.fetch_add(1, Ordering::SeqCst) {
                0 => Ok(AccessToken::new("token", Duration::from_secs(3600))),
                _ => Err(Error::credential_refused("it has ended")),
            }
        })
    }
}

fn client(retry: RetryPolicy) -> Client {
    Client::builder().credential(Once::default()).retry(retry).build().unwrap()
}

/// Status and `Retry-After` of an answer.
type Answered = (u16, Option<u32>);

/// Makes a call whose attempts 1, 2, … are answered by the script.
async fn call(
    client: &Client,
    operation: Operation,
    script: impl Fn(usize) -> Answered,
) -> Result<()> {
    let attempts = AtomicUsize::default();
    let send = |_| {
        let (status, retry_after) = script(attempts.fetch_add(1, Ordering::SeqCst) + 1);
        let status = StatusCode::from_u16(status).unwrap();
        let headers = retry_after.map(|seconds| (RETRY_AFTER, seconds.into()));
        let answer = ResponseValue::new((), status, HeaderMap::from_iter(headers));
        ready(if status.is_success() { Ok(answer) } else { Err(RawError::ErrorResponse(answer)) })
    };
    let mut call = client.asks(operation);
    client.transport.call(&mut call, json_fault::<()>, send).await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn the_pace_recovers_with_every_answer_in_health() {
    for (status, recovers) in [(200, true), (404, true), (422, true), (500, false)] {
        let client = client(RetryPolicy::never());
        call(&client, Operation::GET_PRODUCT, |_| (429, None)).await.unwrap_err();
        let mut last = Instant::now();
        let mut space = Duration::ZERO;
        for _ in 0..60 {
            let outcome = call(&client, Operation::GET_PRODUCT, |_| (status, None)).await;
            assert_eq!(outcome.is_ok(), status == 200);
            (space, last) = (last.elapsed(), Instant::now());
        }
        assert_eq!(space.is_zero(), recovers, "{status}: {space:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_in_the_middle_of_a_call_tells_of_the_call() {
    let client = client(RetryPolicy::default());
    let script = |attempt| (if attempt == 1 { 500 } else { 401 }, None);
    let error = call(&client, Operation::UPDATE_PRODUCT, script).await.unwrap_err();
    assert_eq!((error.stage(), error.to_string().as_str()), (Stage::Token, "it has ended"));
    assert_eq!(error.correlation_id(), Some(client.correlation_id()));
    assert!(error.request_id().is_some_and(|id| !id.is_nil()), "{error:?}");
    assert!(error.may_have_been_applied() && error.hint().contains("may have acted"), "{error:?}");

    let error = call(&client, Operation::UPDATE_PRODUCT, script).await.unwrap_err();
    assert_eq!(error.correlation_id(), Some(client.correlation_id()));
    assert_eq!((error.request_id(), error.may_have_been_applied()), (None, false));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_held_after_it_was_sent_says_so() {
    let client = client(RetryPolicy::default().first_delay(10 * SECOND));
    let sent = call(&client, Operation::UPDATE_PRODUCT, |_| (500, None));
    let throttled = async {
        sleep(SECOND).await;
        call(&client, Operation::GET_PRODUCT, |_| (429, Some(3600))).await.unwrap_err();
    };
    let (outcome, ()) = tokio::join!(sent, throttled);
    let error = outcome.unwrap_err();
    assert!(error.to_string().starts_with("updateProduct was not sent again: "), "{error}");
    assert!(error.is_throttled() && error.may_have_been_applied(), "{error:?}");
    assert!(error.request_id().is_some(), "{error:?}");
}
