//! Every recording is played to the client over HTTP, and a snapshot pins what the client makes of
//! it: the decoded value, or what the error says.

mod call;
mod outcome;
mod request;
mod token;

use std::{
    collections::BTreeSet,
    fs,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use hardware_dashboard::{
    Client, ClientBuilder, RetryPolicy,
    auth::{AccessToken, Credential, TokenContext, TokenFuture},
};
use serde_json::{Value, json};

use crate::{
    replay::{Exchange, Recording, Replay, all},
    snapshot,
};

/// The folder of the snapshots.
const RECORDINGS: &str = "recordings";

#[tokio::test]
async fn every_recording_is_read_as_its_snapshot_says() {
    let mut failed = Vec::new();
    for Recording { name, exchange } in all() {
        // A task each, so that one that fails does not hide the others.
        let checked = tokio::spawn(check(snapshot_name(&name), exchange)).await;
        failed.extend(checked.err().map(|_| name));
    }
    assert!(failed.is_empty(), "what was wrong with these stands above: {failed:?}");
}

#[test]
fn every_snapshot_has_its_recording() {
    let names = fs::read_dir(snapshot::folder(RECORDINGS))
        .expect("the snapshots can be listed")
        .map(|entry| {
            entry.expect("the snapshots can be listed").file_name().to_string_lossy().into_owned()
        });
    let snapshots: BTreeSet<_> =
        names.filter_map(|name| Some(name.strip_suffix(".snap")?.to_owned())).collect();
    let recordings: BTreeSet<_> = all().iter().map(|each| snapshot_name(&each.name)).collect();
    let orphans: Vec<_> = snapshots.difference(&recordings).collect();
    assert!(orphans.is_empty(), "delete these, their recordings are gone: {orphans:?}");
}

async fn check(name: String, exchange: Exchange) {
    let about = exchange.about.clone();
    let outcome = match exchange.operation.as_str() {
        "token" => token::outcome(exchange).await,
        _ => api_outcome(exchange).await,
    };
    let titled = json!({ "about": about, "outcome": outcome });
    snapshot::settings(RECORDINGS).bind(|| insta::assert_json_snapshot!(name, titled));
}

/// `getProduct/id-as-string` as the name of a file.
fn snapshot_name(recording: &str) -> String {
    recording.replace('/', "__")
}

async fn api_outcome(exchange: Exchange) -> Value {
    let replay = Replay::start(script(&exchange));
    let client = client(&replay).credential(Numbered::default());
    let client = client.build().expect("the settings are valid");
    let result = call::make(&client, &exchange).await;
    if let Err(error) = &result {
        assert_eq!(error.correlation_id(), Some(client.correlation_id()));
        assert!(error.request_id().is_some(), "support asks for the request id");
    }
    let outcome = outcome::describe(result, &replay);
    replay.finish().await;
    outcome
}

/// A token that is refused is renewed, and the call repeated, once.
fn script(exchange: &Exchange) -> Vec<Exchange> {
    let attempts = if exchange.response.status == 401 { 2 } else { 1 };
    let attempt = |number| {
        let mut exchange = exchange.clone();
        let bearer = format!("Bearer {}", Numbered::token(number));
        exchange.request.headers.insert("authorization".to_owned(), bearer);
        exchange
    };
    (1..=attempts).map(attempt).collect()
}

/// A client of the replay that makes one attempt.
fn client(replay: &Replay) -> ClientBuilder {
    Client::builder()
        .api_base_url(format!("{}/v2.0/my", replay.origin()))
        .authority_url(replay.origin())
        .retry(RetryPolicy::never())
}

/// Gives another token each time.
#[derive(Debug, Default)]
struct Numbered(AtomicU32);

impl Numbered {
    fn token(number: u32) -> String {
        format!("token-{number}")
    }
}

impl Credential for Numbered {
    fn fetch<'a>(&'a self, _: &'a TokenContext) -> TokenFuture<'a> {
        let number = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        let token = AccessToken::new(Self::token(number), Duration::from_secs(3600));
        Box::pin(async { Ok(token) })
    }
}
