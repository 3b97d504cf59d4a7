//! The store as a client meets it: requests in, answers out.

mod blocks;
mod download;
mod sas;
mod upload;

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};

use super::{BlobStore, Sas, request::text};
use crate::{body::Body, clock::Clock};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A store with one slot, and the URL to it.
struct Slot {
    store: BlobStore,
    clock: Clock,
    url: String,
}

/// An answer, read to its end.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: http::HeaderMap,
    body: Bytes,
}

impl Slot {
    fn new() -> Self {
        Self::with("rwl")
    }

    fn with(permissions: &str) -> Self {
        let clock = Clock::stepped();
        let store = BlobStore::new(clock.clone()).unwrap();
        let sas = Sas { permissions, lifetime: DAY, file_name: Some("initial_7.cab") };
        let url = store.sas_url("http://127.0.0.1:80", "packages", "7/initial.cab", sas);
        Self { store, clock, url }
    }

    /// A slot that holds `content` already.
    async fn holding(content: &'static str) -> Self {
        let slot = Self::new();
        assert_eq!(slot.put_blob(content, &[]).await.status, StatusCode::CREATED);
        slot
    }

    /// Sends a request; `query` goes before the signature, as clients put it.
    async fn send(
        &self,
        method: Method,
        query: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let body = body.into();
        let url = match query {
            "" => self.url.clone(),
            query => self.url.replacen('?', &format!("?{query}&"), 1),
        };
        let mut request = Request::builder().method(&method).uri(url);
        let chunked = headers.iter().any(|(name, _)| *name == "transfer-encoding");
        if method == Method::PUT && !chunked {
            request = request.header(header::CONTENT_LENGTH, body.len());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body)).unwrap();
        Answer::read(self.store.handle(request).await).await
    }

    async fn put_blob(&self, content: &'static str, headers: &[(&str, &str)]) -> Answer {
        let headers = [&[("x-ms-blob-type", "BlockBlob")], headers].concat();
        self.send(Method::PUT, "", &headers, content).await
    }

    async fn put_block(&self, id: &str, content: &'static str) -> Answer {
        self.send(Method::PUT, &block_query(id), &[], content).await
    }

    async fn commit(&self, list: &str) -> Answer {
        let xml = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<BlockList>\n{list}\n</BlockList>"
        );
        self.send(Method::PUT, "comp=blocklist", &[], xml).await
    }

    async fn get(&self, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, "", headers, "").await
    }
}

impl Answer {
    async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Self { status: parts.status, headers: parts.headers, body }
    }

    fn header(&self, name: &str) -> &str {
        text(&self.headers, name).unwrap_or_else(|| panic!("no header {name}: {self:?}"))
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Checks the refusal in all places that name it.
    #[track_caller]
    fn refuses(&self, status: u16, code: &str) {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        assert_eq!(self.header("x-ms-error-code"), code);
        let start = format!(
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>"
        );
        assert!(self.text().starts_with(&start), "{}", self.text());
        let id = self.header("x-ms-request-id");
        assert!(self.text().contains(&format!("\nRequestId:{id}\nTime:")), "{}", self.text());
        assert!(self.text().ends_with("</Error>"));
        assert_eq!(self.header("content-type"), "application/xml");
    }
}

fn block_query(id: &str) -> String {
    format!("comp=block&blockid={}", id.replace('=', "%3D"))
}

#[tokio::test]
async fn content_of_the_emulators_own_is_there_to_read() {
    let slot = Slot::new();
    assert_eq!(slot.store.path("results", "signed.zip"), None);
    slot.store.insert("results", "signed.zip", b"first".to_vec()).unwrap();
    let mut file = slot.store.new_file().unwrap();
    std::io::Write::write_all(&mut file, b"second").unwrap();
    slot.store.insert("results", "signed.zip", file.path().to_owned()).unwrap();
    drop(file);
    let path = slot.store.path("results", "signed.zip").unwrap();
    assert_eq!(std::fs::read(path).unwrap(), b"second");

    let sas = Sas { permissions: "r", lifetime: DAY, file_name: None };
    let url = slot.store.sas_url("http://127.0.0.1:80", "results", "signed.zip", sas);
    let answer = Slot { url, ..slot }.get(&[]).await;
    assert_eq!(answer.text(), "second");
    assert!(!answer.headers.contains_key("content-disposition"));
}

#[tokio::test]
async fn the_folder_goes_with_the_last_clone() {
    let slot = Slot::holding("content").await;
    let clone = slot.store.clone();
    let path = slot.store.path("packages", "7/initial.cab").unwrap();
    drop(slot);
    assert!(path.exists());
    drop(clone);
    assert!(!path.parent().unwrap().exists());
}

#[tokio::test]
async fn every_answer_has_the_headers_that_support_asks_for() {
    let slot = Slot::holding("content").await;
    let asked = [("x-ms-client-request-id", "mine"), ("x-ms-version", "2025-01-05")];
    let answer = slot.get(&asked).await;
    assert_eq!(answer.header("x-ms-client-request-id"), "mine");
    assert_eq!(answer.header("x-ms-version"), "2025-01-05");
    assert_eq!(answer.header("x-ms-request-id").len(), 36);
    let date = slot.clock.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    assert_eq!(answer.header("date"), date);
}

#[tokio::test]
async fn operations_that_the_store_does_not_know_are_refused() {
    let slot = Slot::holding("content").await;
    slot.send(Method::DELETE, "", &[], "").await.refuses(405, "UnsupportedHttpVerb");
    let answer = slot.send(Method::PUT, "comp=appendblock", &[], "x").await;
    answer.refuses(400, "InvalidQueryParameterValue");
    let url = slot.url.replace("/7/initial.cab", "");
    Slot { url, ..slot }.get(&[]).await.refuses(400, "InvalidUri");
}
