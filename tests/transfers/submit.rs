//! Packages for preproduction signing on their way to the API.

use std::{
    fs::{self, File},
    num::NonZeroU64,
    path::{Path, PathBuf},
    time::Duration,
};

use hardware_dashboard::{
    Client, Error, Stage,
    auth::{AccessToken, Credential, TokenContext, TokenFuture},
    model::PreprodPackage,
};
use tempfile::TempDir;
use tokio::{net::TcpListener, time::Instant};

use super::{TOKEN, service::header};
use crate::support::{
    Given, Guarded, Overheard as _, Scripted, Silent, Told, clock, impatient, reply,
};

/// What somebody does to a file.
type Change = fn(&Path);

/// More than one piece, and no multiple of one.
const LENGTH: usize = (1 << 20) + 17;

/// A token that comes after something has happened to the package: after it was looked at first, and
/// before any of it is sent.
struct After<F>(F);

impl<F> std::fmt::Debug for After<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("After")
    }
}

impl<F: Fn() + Send + Sync> Credential for After<F> {
    fn fetch<'a>(&'a self, _: &'a TokenContext) -> TokenFuture<'a> {
        (self.0)();
        let token = AccessToken::new(TOKEN, Duration::from_secs(3600));
        Box::pin(async { Ok(token) })
    }
}

fn package() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("echo.cab");
    fs::write(&path, vec![b'x'; LENGTH]).expect("there is room");
    (folder, path)
}

/// A server that is sent the token, as it may be without a request that comes to its end.
struct SentToken<T>(T);

impl<T> Guarded for SentToken<T> {
    fn secrets(&self) -> Vec<String> {
        vec![TOKEN.to_owned()]
    }
}

/// A service that takes every package.
async fn takes_all() -> Scripted {
    let json = "content-type: application/json\r\n";
    Scripted::start(move |_, _| reply("202 Accepted", json, br#"{ "id": "p" }"#)).await
}

/// Submits a package to which this happens meanwhile; gives the requests that came to their end.
async fn submit(
    package: &Path,
    happens: impl Fn() + Send + Sync + 'static,
) -> (Result<PreprodPackage, Error>, Vec<String>) {
    let server = Silent::around(SentToken(takes_all().await));
    submit_to(&server.0, package, happens).await
}

async fn submit_to(
    server: &Scripted,
    package: &Path,
    happens: impl Fn() + Send + Sync + 'static,
) -> (Result<PreprodPackage, Error>, Vec<String>) {
    let client = Client::builder().api_base_url(server.origin()).credential(After(happens));
    let client = client.retry(impatient()).reporter(Told::default());
    let client = client.build().expect("a client");
    let submitted = client.preprod().submit(package).await.overheard();
    (submitted, server.requests("PUT "))
}

#[tokio::test]
async fn a_package_goes_out_with_its_exact_length_and_in_no_chunks() {
    let (_folder, path) = package();
    let (submitted, requests) = submit(&path, || {}).await;
    assert_eq!(submitted.expect("it is taken").id, Some("p".parse().expect("an id")));
    let [request] = requests.as_slice() else { panic!("{} requests", requests.len()) };
    assert_eq!(header(request, "content-length"), Some(LENGTH.to_string().as_str()));
    assert_eq!(header(request, "content-type"), Some("application/octet-stream"));
    assert_eq!(header(request, "transfer-encoding"), None);
    assert!(request.ends_with(&"x".repeat(LENGTH)), "the package itself");
}

#[tokio::test]
async fn a_package_that_changes_meanwhile_does_not_arrive() {
    let grows = |path: &Path| fs::write(path, vec![b'x'; 2 * LENGTH]).expect("there is room");
    let shrinks = |path: &Path| {
        let file = File::options().write(true).open(path).expect("it is there");
        file.set_len(LENGTH as u64 / 2).expect("it can be cut");
    };
    let is_replaced = |path: &Path| {
        let other = path.with_extension("new");
        fs::write(&other, vec![b'y'; LENGTH]).expect("there is room");
        fs::rename(&other, path).expect("it can be replaced");
    };
    let changes: [(&str, Change); 3] =
        [("grows", grows), ("shrinks", shrinks), ("is replaced", is_replaced)];
    for (name, change) in changes {
        let (_folder, path) = package();
        let changed = path.clone();
        let (submitted, requests) = submit(&path, move || change(&changed)).await;
        let error = submitted.expect_err(name);
        assert_eq!(error.stage(), Stage::File, "{name}: {error:?}");
        assert!(error.to_string().contains("changed while it was being sent"), "{name}: {error}");
        assert!(!error.may_have_been_applied(), "{name}: {error:?}");
        assert_eq!(requests.len(), 0, "{name}: the service has not taken it");
    }
}

#[tokio::test]
async fn nothing_is_sent_of_what_cannot_be_a_package() {
    let (folder, path) = package();
    fs::write(&path, "").expect("there is room");
    // There is nobody to listen to.
    let server = takes_all().await;
    let (empty, requests) = submit_to(&server, &path, || {}).await;
    assert!(empty.expect_err("it is empty").is_input() && requests.is_empty());
    let missing = folder.path().join("none.cab");
    let (missing, requests) = submit_to(&server, &missing, || {}).await;
    assert!(missing.expect_err("there is none").is_file() && requests.is_empty());
}

#[tokio::test]
async fn how_far_a_package_is_can_be_seen_and_its_rate_be_limited() {
    let (_folder, path) = package();
    let server = Silent::around(SentToken(takes_all().await));
    let (server, told) = (&server.0, Told::default());
    let rate = NonZeroU64::new(4 << 20).expect("it is not zero");
    let client = Client::builder().api_base_url(server.origin()).credential(Given(TOKEN));
    let client = client.transfer_rate(rate).reporter(told.clone()).build().expect("a client");
    let start = Instant::now();
    client.preprod().submit(&path).await.overheard().expect("it is taken");
    // All but the last 17 bytes have gone by then.
    assert!(start.elapsed() >= Duration::from_millis(250), "{:?}", start.elapsed());
    let (told, all) = (told.text(), format!("total: Some({LENGTH})"));
    let steps: Vec<_> = told.lines().filter(|line| line.contains(&all)).collect();
    assert!(steps.len() > 4, "{told}");
    assert!(steps[0].contains("direction: Upload, done: 0,"), "{told}");
    assert_eq!(told.matches(&format!("done: {LENGTH},")).count(), 1, "{told}");
}

#[tokio::test]
async fn a_package_that_stops_moving_is_given_up_and_not_sent_again() {
    let (_folder, path) = package();
    // More than the buffers of a connection hold.
    File::options().write(true).open(&path).expect("it is there").set_len(64 << 20).expect("room");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let server = Silent::around(SentToken(listener));
    let origin = format!("http://{}", server.0.local_addr().expect("it has an address"));
    let told = Told::default();
    let client = Client::builder().api_base_url(origin).credential(Given(TOKEN));
    let client = client.reporter(told.clone()).build().expect("a client");
    let (preprod, mut connections) = (client.preprod(), Vec::new());
    let submitted = preprod.submit(&path);
    tokio::pin!(submitted);
    let error = loop {
        tokio::select! {
            // It is accepted, and nobody ever reads from it.
            connection = server.0.accept() => connections.push(connection),
            submitted = &mut submitted => break submitted.overheard().expect_err("nothing moves"),
            () = clock::turn() => if told.moved() > 0 {
                // What still moves into the buffers begins to wait anew.
                clock::leap(Duration::from_secs(15));
            }
        }
    };
    assert!(error.is_timeout() && error.may_have_been_applied(), "{error:?}");
    assert_eq!(error.correlation_id(), Some(client.correlation_id()));
    assert!(error.request_id().is_some(), "{error:?}");
    assert_eq!(connections.len(), 1);
    assert!(told.text().contains("TransferStalled"), "{}", told.text());
}
