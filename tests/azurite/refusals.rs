//! What Azure's rules refuse, and what is said of it.

use std::time::Duration;

use hardware_dashboard::{Error, Stage, blob::UploadOptions};
use url::Url;

use super::{
    Case,
    service::Service,
    store::{DAY, Store},
};

pub(super) const CASES: &[Case] = &[
    ("refusals: a URL without the permission", permission),
    ("refusals: a URL with another signature", signature),
    ("refusals: a URL that has ended, each time", ended),
    ("refusals: a blob that is not there", missing),
    ("refusals: a blob of another kind", kind),
];

/// How the service's new URLs are asked for before it is given up, the first one included.
const URLS: usize = 4;

async fn upload(url: impl Fn() -> Url + Send + Sync + 'static) -> (Error, Service) {
    let service = Service::naming(move |_| url()).await;
    let (package, _) = service.package(4321);
    let sent = service.upload(&package, &UploadOptions::default()).await;
    let error = sent.expect_err("it is refused");
    assert_eq!(error.stage(), Stage::Upload, "{error:?}");
    (error, service)
}

async fn download(url: impl Fn() -> Url + Send + Sync + 'static) -> (Error, Service) {
    let service = Service::naming(move |_| url()).await;
    let error = service.download().await.expect_err("it is refused");
    assert_eq!(error.stage(), Stage::Download, "{error:?}");
    assert!(!error.may_have_been_applied() && !service.target().exists(), "{error:?}");
    (error, service)
}

fn status(error: &Error) -> Option<u16> {
    error.status().map(|status| status.as_u16())
}

#[tokio::main(flavor = "current_thread")]
async fn permission() {
    let store = Store::open().await;
    store.put(b"there", &[("x-ms-blob-type", "BlockBlob")]).await;
    let (reads, writes) = (store.clone(), store.clone());
    let (error, service) = upload(move || reads.url("r", DAY)).await;
    assert_eq!((status(&error), service.asked()), (Some(403), URLS), "{error:?}");
    assert!(error.hint().contains("permission"), "{}", error.hint());
    let (error, service) = download(move || writes.url("w", DAY)).await;
    assert_eq!((status(&error), service.asked()), (Some(403), URLS), "{error:?}");
    assert_eq!(store.content().await, b"there");
}

#[tokio::main(flavor = "current_thread")]
async fn signature() {
    let store = Store::open().await;
    let (error, _) = download(move || {
        // Signed for reading, used for more.
        let url = store.url("r", DAY);
        url.as_str().replace("sp=r&", "sp=rwl&").parse().expect("a URL")
    })
    .await;
    assert_eq!(status(&error), Some(403), "{error:?}");
    assert!(error.code().is_some(), "{error:?}");
}

#[tokio::main(flavor = "current_thread")]
async fn ended() {
    let store = Store::open().await;
    let (error, service) = download(move || {
        let url = store.url("r", Duration::ZERO);
        std::thread::sleep(Duration::from_secs(2));
        url
    })
    .await;
    assert_eq!((status(&error), service.asked()), (Some(403), URLS), "{error:?}");
}

#[tokio::main(flavor = "current_thread")]
async fn missing() {
    let store = Store::open().await;
    let named = store.clone();
    let (error, service) = download(move || named.url("r", DAY)).await;
    assert!(error.is_not_found() && error.code() == Some("BlobNotFound"), "{error:?}");
    // Asking again would not bring it.
    assert_eq!((store.asked().len(), service.asked()), (1, 1));
}

#[tokio::main(flavor = "current_thread")]
async fn kind() {
    let store = Store::open().await;
    let page_blob = [("x-ms-blob-type", "PageBlob"), ("x-ms-blob-content-length", "512")];
    store.put(b"", &page_blob).await;
    let named = store.clone();
    let service = Service::naming(move |_| named.url("rwl", DAY)).await;
    let (package, _) = service.package(9 << 20);
    let sent = service.upload(&package, &UploadOptions::default()).await;
    let error = sent.expect_err("blocks do not go into a page blob");
    assert_eq!(status(&error), Some(409), "{error:?}");
}
