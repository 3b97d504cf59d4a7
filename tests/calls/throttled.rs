//! A 429 holds back the calls of all clones, also when it ends the call that met it.

use std::{sync::Arc, time::Duration};

use hardware_dashboard::RetryPolicy;

use super::client;
use crate::support::{Scripted, Told, predicates, reply};

async fn throttling(retry_after: &'static str) -> Scripted {
    Scripted::start(move |_, _| reply("429 Too Many Requests", retry_after, b"")).await
}

#[tokio::test]
async fn a_call_that_is_not_repeated_holds_the_others_back() {
    let server = throttling("retry-after: 3600\r\n").await;
    let client = client(&server).retry(RetryPolicy::never()).build().expect("a client");
    let told = Told::default();
    let watched = client.with_reporter(Arc::new(told.clone()));
    let error = watched.product(1.into()).get().await.expect_err("it is throttled");
    assert!(error.is_throttled() && error.request_id().is_some(), "{error:?}");
    assert_eq!(told.pauses(), [Duration::from_secs(3600)]);

    let error = client.product(2.into()).get().await.expect_err("the clones are held back");
    assert_eq!(predicates(&error), ["is_throttled"], "{error:?}");
    assert!(error.to_string().starts_with("getProduct was not sent"), "{error}");
    let left = error.retry_after().expect("it tells for how long");
    assert!(left <= Duration::from_secs(3600), "{left:?}");
    assert_eq!(error.correlation_id(), Some(client.correlation_id()));
    assert_eq!(server.requests("GET").len(), 1, "the second call was sent");
}

#[tokio::test]
async fn nobody_is_locked_up_for_longer_than_an_hour() {
    let server = throttling("retry-after: 99999999999\r\n").await;
    let client = client(&server).build().expect("a client");
    for _ in 0..2 {
        client.product(1.into()).get().await.expect_err("it is throttled");
    }
    let error = client.product(1.into()).get().await.expect_err("it is held back");
    assert!(error.retry_after() <= Some(Duration::from_secs(3600)), "{error:?}");
}

#[tokio::test]
async fn patience_with_others_is_that_of_the_policy() {
    let server = throttling("retry-after: 500\r\n").await;
    let second = Duration::from_secs(1);
    let hasty = RetryPolicy::never().max_delay(second).max_retry_after(second);
    let client = client(&server).retry(hasty).build().expect("a client");
    for _ in 0..2 {
        let error = client.product(1.into()).get().await.expect_err("it is throttled");
        assert!(error.is_throttled(), "{error:?}");
    }
    assert_eq!(server.requests("GET").len(), 1, "ten minutes are waited for by default");
}
