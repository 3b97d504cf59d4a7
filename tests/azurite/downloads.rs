//! Blobs that come down, whatever happens.

use std::sync::{Mutex, mpsc};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hardware_dashboard::{
    Event, Result,
    blob::{DownloadOptions, Downloaded},
    model::DownloadType,
};
use md5::{Digest as _, Md5};

use super::{
    Case,
    relay::Relay,
    service::{Service, content},
    store::{DAY, Store},
    support::{reporter::Watch, silence::Overheard as _},
};

const MIB: usize = 1 << 20;
const BLOCK_BLOB: (&str, &str) = ("x-ms-blob-type", "BlockBlob");

pub(super) const CASES: &[Case] = &[
    ("downloads: a large blob comes in ranges at the same time", parallel),
    ("downloads: small and empty blobs", small),
    ("downloads: a range that breaks off is gone on with", cut),
    ("downloads: a blob that is replaced in the middle is begun again", replaced),
    ("downloads: a wrong MD5 is refused", wrong_md5),
    ("downloads: a SAS that has ended is renewed", ended),
    ("downloads: a writer gets the bytes in their order", to_a_writer),
];

async fn fetch(service: &Service) -> Result<Downloaded> {
    let fetched = service.download().await;
    assert_eq!(service.target().exists(), fetched.is_ok());
    fetched
}

/// Fetches what is to be this.
async fn fetch_whole(service: &Service, content: &[u8]) {
    let fetched = fetch(service).await.expect("it comes");
    let md5: [u8; 16] = Md5::digest(content).into();
    assert_eq!((fetched.bytes, fetched.md5), (content.len() as u64, md5));
    assert!(std::fs::read(fetched.path).expect("it is there") == content);
}

/// A store that holds so many bytes, and a service that names it.
async fn holding(bytes: usize) -> (Store, Service, Vec<u8>) {
    let (store, content) = (Store::open().await, content(bytes));
    store.put(&content, &[BLOCK_BLOB]).await;
    let named = store.clone();
    let service = Service::naming(move |_| named.url("r", DAY)).await;
    (store, service, content)
}

#[tokio::main(flavor = "current_thread")]
async fn parallel() {
    let (store, service, content) = holding(20 * MIB + 1).await;
    fetch_whole(&service, &content).await;
    assert_eq!((store.count("GET", 206), store.count("GET", 200)), (3, 0));
}

#[tokio::main(flavor = "current_thread")]
async fn small() {
    let (store, service, content) = holding(4321).await;
    fetch_whole(&service, &content).await;
    assert_eq!((store.count("GET", 206), store.asked().len()), (1, 2));
    let (store, service, content) = holding(0).await;
    fetch_whole(&service, &content).await;
    assert_eq!((store.count("GET", 416), store.count("GET", 200)), (1, 1));
}

#[tokio::main(flavor = "current_thread")]
async fn cut() {
    let (store, content) = (Store::open().await, content(12 * MIB));
    store.put(&content, &[BLOCK_BLOB]).await;
    let relay = Relay::cutting(store.address(), 2, 3 * MIB as u64).await;
    let (named, port) = (store.clone(), relay.port);
    let service = Service::naming(move |_| named.url_through(port, DAY)).await;
    fetch_whole(&service, &content).await;
    assert_eq!(service.told.text().matches("Retrying").count(), 2);
    // Two ranges, each of which was asked for once more.
    assert_eq!((store.count("GET", 206), store.count("GET", 200)), (4, 0));
}

#[tokio::main(flavor = "current_thread")]
async fn replaced() {
    let store = Store::open().await;
    store.put(&content(2 * MIB), &[BLOCK_BLOB]).await;
    let new = content(3 * MIB);
    let relay = Relay::cutting(store.address(), 1, MIB as u64).await;
    let (named, port) = (store.clone(), relay.port);
    let service = Service::naming(move |_| named.url_through(port, DAY)).await;

    let (asks, is_asked) = mpsc::channel();
    let (done, is_done) = mpsc::channel();
    let (there, other) = (store.clone(), new.clone());
    std::thread::spawn(move || {
        for () in is_asked {
            put(&there, &other);
            done.send(()).expect("somebody waits");
        }
    });
    let is_done = Mutex::new(is_done);
    // Another blob takes the place of the one that is being fetched, when that has broken off.
    let watch = Watch(move |event: &Event<'_>| {
        if let Event::Retrying { .. } = event {
            asks.send(()).expect("somebody replaces it");
            is_done.lock().expect("nobody panics").recv().expect("it is replaced");
        }
    });
    let submission = service.submission_by(|client| client.reporter(watch));
    let (what, options) = (DownloadType::InitialPackage, DownloadOptions::default());
    let fetched = submission.download(&what, &service.target(), &options).await.overheard();
    assert!(std::fs::read(fetched.expect("it comes").path).expect("it is there") == new);
    assert_eq!(store.count("GET", 412), 1);
}

#[tokio::main(flavor = "current_thread")]
async fn put(store: &Store, content: &[u8]) {
    store.put(content, &[BLOCK_BLOB]).await;
}

#[tokio::main(flavor = "current_thread")]
async fn wrong_md5() {
    for bytes in [4321, 12 * MIB] {
        let (store, content) = (Store::open().await, content(bytes));
        store.put(&content, &[BLOCK_BLOB]).await;
        store.tell_md5(&BASE64_STANDARD.encode(Md5::digest(b"another file"))).await;
        let named = store.clone();
        let service = Service::naming(move |_| named.url("r", DAY)).await;
        let error = fetch(&service).await.expect_err("it is another file");
        assert!(error.to_string().contains("MD5"), "{error}");
    }
}

#[tokio::main(flavor = "current_thread")]
async fn ended() {
    let (store, content) = (Store::open().await, content(12 * MIB));
    store.put(&content, &[BLOCK_BLOB]).await;
    let named = store.clone();
    let lives = |number| if number == 0 { std::time::Duration::ZERO } else { DAY };
    let service = Service::naming(move |number| named.url("r", lives(number))).await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    fetch_whole(&service, &content).await;
    assert_eq!((store.count("GET", 403), service.asked()), (1, 2));
}

#[tokio::main(flavor = "current_thread")]
async fn to_a_writer() {
    let (_store, service, content) = holding(12 * MIB).await;
    let (what, options) = (DownloadType::InitialPackage, DownloadOptions::default());
    let mut written = Vec::new();
    let received = service.submission().download_to(&what, &mut written, &options).await;
    assert_eq!(received.overheard().expect("it comes").bytes, content.len() as u64);
    assert!(written == content);
}
