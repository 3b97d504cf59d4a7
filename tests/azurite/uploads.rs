//! Packages that go up, whatever happens.

use std::{os::unix::process::ExitStatusExt as _, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hardware_dashboard::blob::{ContentMd5, Integrity, UploadOptions};
use md5::{Digest as _, Md5};

use super::{
    Case, client,
    relay::Relay,
    service::Service,
    store::{DAY, Store},
};

const MIB: usize = 1 << 20;
const BLOCK: u64 = 4 << 20;

pub(super) const CASES: &[Case] = &[
    ("uploads: a large package arrives with its MD5", large),
    ("uploads: a small package goes in one request", small),
    ("uploads: every way to check the blocks is taken", every_integrity),
    ("uploads: after kill -9 only the missing blocks are sent", killed),
    ("uploads: a SAS that ends in the middle is renewed", ended),
    ("uploads: without the right to read it is sent all the same", write_only),
];

#[tokio::main(flavor = "current_thread")]
async fn large() {
    let (store, service) = both().await;
    let (package, content) = service.package(20 * MIB + 12345);
    let options = UploadOptions::default().content_md5(ContentMd5::Always);
    let sent = service.upload(&package, &options).await.expect("it arrives");
    assert_eq!((sent.bytes, sent.sent), (content.len() as u64, content.len() as u64));
    let head = reqwest::Client::new().head(store.url("r", DAY)).send().await.expect("an answer");
    let md5 = BASE64_STANDARD.encode(Md5::digest(&content));
    assert_eq!(head.headers()["content-md5"], md5.as_str());
    assert!(store.content().await == content);
}

#[tokio::main(flavor = "current_thread")]
async fn small() {
    let (store, service) = both().await;
    let (package, content) = service.package(4321);
    service.upload(&package, &UploadOptions::default()).await.expect("it arrives");
    assert_eq!((store.asked().len(), store.count("PUT", 201)), (1, 1), "{:?}", store.asked());
    assert!(store.content().await == content);
}

#[tokio::main(flavor = "current_thread")]
async fn every_integrity() {
    for integrity in [Integrity::Crc64, Integrity::Md5, Integrity::None] {
        let (store, service) = both().await;
        let (package, content) = service.package(9 * MIB);
        let options = UploadOptions::default().integrity(integrity);
        service.upload(&package, &options).await.expect("it arrives");
        assert!(store.content().await == content, "{integrity:?}");
    }
}

#[tokio::main(flavor = "current_thread")]
async fn killed() {
    let store = Store::open().await;
    // In the middle of the third block nothing comes through any more, so that no block is on its way
    // when the client is killed.
    let relay = Relay::swallowing(store.address(), 10 * MIB as u64).await;
    let (named, port) = (store.clone(), relay.port);
    let service = Service::naming(move |number| match number {
        0 => named.url_through(port, DAY),
        _ => named.url("rwl", DAY),
    })
    .await;
    let (package, content) = service.package(32 * MIB);
    let log = service.folder.path().join("log");
    let mut client = client::start(service.origin(), &package, &log);
    while !relay.has_swallowed() {
        assert!(client.try_wait().expect("it is ours").is_none(), "it has ended by itself");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // On Unix that is SIGKILL: nothing is put away, nobody is told.
    client.kill().expect("it runs");
    assert_eq!(client.wait().expect("it ends").signal(), Some(9));
    let log = std::fs::read_to_string(log).expect("it has logged something");
    assert!(log.contains("hyper") && log.contains("Transfer"), "{log}");
    // It is looked through with the rest.
    tracing::trace!("{log}");
    let there = store.blocks();
    assert_eq!(there.len(), 2);

    let options = UploadOptions::default();
    let sent = service.upload(&package, &options).await.expect("it arrives");
    let blocks = store.blocks();
    let mut different = blocks.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), blocks.len(), "none was sent twice");
    assert_eq!(blocks[..there.len()], there);
    assert_eq!(sent.bytes - sent.sent, 2 * BLOCK);
    assert!(service.told.text().contains("TransferResumed"), "{}", service.told.text());
    assert!(store.content().await == content);
}

#[tokio::main(flavor = "current_thread")]
async fn ended() {
    let store = Store::open().await;
    // Late enough for a busy machine to have begun with the blocks.
    let soon = Duration::from_secs(30);
    // Before the first blocks are through, all has to wait until the URL has ended.
    let held = soon + Duration::from_secs(1);
    let relay = Relay::holding(store.address(), 10 * MIB as u64, held).await;
    let (named, port) = (store.clone(), relay.port);
    let lives = move |number| if number == 0 { soon } else { DAY };
    let service = Service::naming(move |number| named.url_through(port, lives(number))).await;
    let (package, content) = service.package(24 * MIB);
    let options = UploadOptions::default().memory(16 * MIB as u64);
    let sent = service.upload(&package, &options).await.expect("it arrives");
    assert_eq!(sent.sent, content.len() as u64);
    assert_eq!(service.asked(), 2);
    let asked = store.asked();
    assert!(asked.iter().any(|it| it.block.is_some() && it.status == 403), "{asked:?}");
    let mut blocks = store.blocks();
    let arrived = blocks.len();
    blocks.sort();
    blocks.dedup();
    assert_eq!(blocks.len(), arrived, "none that had arrived was sent again");
    assert!(store.content().await == content);
}

#[tokio::main(flavor = "current_thread")]
async fn write_only() {
    let store = Store::open().await;
    let named = store.clone();
    let service = Service::naming(move |_| named.url("w", DAY)).await;
    let (package, content) = service.package(9 * MIB);
    service.upload(&package, &UploadOptions::default()).await.expect("it arrives");
    assert!(store.content().await == content);
}

async fn both() -> (Store, Service) {
    let store = Store::open().await;
    let named = store.clone();
    (store, Service::naming(move |_| named.url("rwl", DAY)).await)
}
