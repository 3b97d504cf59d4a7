//! Put Blob, and the properties that it stores.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Method, Request, header};
use hyper::body::Frame;

use super::{Answer, Slot};

/// MD5 and CRC-64 of "hello, blob", computed elsewhere.
const CONTENT: &str = "hello, blob";
const MD5: &str = "/+eXlxB/4/oJpxKsfKguEw==";
const CRC64: &str = "GSVhkk67ev4=";

#[tokio::test]
async fn a_blob_comes_back_as_it_was_put() {
    let slot = Slot::new();
    let put = slot.put_blob(CONTENT, &[]).await;
    assert_eq!(put.status, 201);
    assert_eq!(put.header("content-md5"), MD5);
    let got = slot.get(&[]).await;
    assert_eq!(got.status, 200);
    assert_eq!(got.text(), CONTENT);
    for same in ["etag", "last-modified", "content-md5"] {
        assert_eq!(got.header(same), put.header(same));
    }
    assert_eq!(got.header("content-type"), "application/octet-stream");
    assert_eq!(got.header("content-disposition"), "attachment; filename=initial_7.cab");
    assert_eq!(got.header("x-ms-blob-type"), "BlockBlob");
    assert_eq!(got.header("accept-ranges"), "bytes");
    let path = slot.store.path("packages", "7/initial.cab").unwrap();
    assert_eq!(std::fs::read_to_string(path).unwrap(), CONTENT);
}

#[tokio::test]
async fn properties_come_back() {
    let slot = Slot::new();
    let headers = [
        ("content-type", "text/plain"),
        ("x-ms-blob-content-type", "application/vnd.ms-cab-compressed"),
        ("x-ms-blob-content-disposition", "inline"),
        ("x-ms-blob-content-md5", "AAAAAAAAAAAAAAAAAAAAAA=="),
        ("x-ms-meta-run", "7"),
    ];
    assert_eq!(slot.put_blob(CONTENT, &headers).await.status, 201);
    let got = slot.send(Method::HEAD, "", &[], "").await;
    assert_eq!(got.header("content-type"), "application/vnd.ms-cab-compressed");
    assert_eq!(got.header("content-md5"), "AAAAAAAAAAAAAAAAAAAAAA==");
    assert_eq!(got.header("x-ms-meta-run"), "7");
    // The URL's own disposition goes before the stored one.
    assert_eq!(got.header("content-disposition"), "attachment; filename=initial_7.cab");
}

#[tokio::test]
async fn checksums_are_checked() {
    let slot = Slot::new();
    let wrong_md5 = slot.put_blob(CONTENT, &[("content-md5", "AAAAAAAAAAAAAAAAAAAAAA==")]).await;
    wrong_md5.refuses(400, "Md5Mismatch");
    assert!(wrong_md5.text().contains(&format!("<ServerCalculatedMd5>{MD5}<")));
    let wrong_crc = slot.put_blob(CONTENT, &[("x-ms-content-crc64", "AAAAAAAAAAA=")]).await;
    wrong_crc.refuses(400, "Crc64Mismatch");
    assert!(wrong_crc.text().contains(&format!("<ServerCalculatedCrc>{CRC64}<")));
    slot.put_blob(CONTENT, &[("content-md5", "short")]).await.refuses(400, "InvalidMd5");
    let answer = slot.put_blob(CONTENT, &[("x-ms-content-crc64", "short")]).await;
    answer.refuses(400, "InvalidHeaderValue");
    let both = [("content-md5", MD5), ("x-ms-content-crc64", CRC64)];
    slot.put_blob(CONTENT, &both).await.refuses(400, "BothCrc64AndMd5HeaderPresent");
    slot.get(&[]).await.refuses(404, "BlobNotFound");

    assert_eq!(slot.put_blob(CONTENT, &[both[0]]).await.header("content-md5"), MD5);
    assert_eq!(slot.put_blob(CONTENT, &[both[1]]).await.header("x-ms-content-crc64"), CRC64);
}

#[tokio::test]
async fn what_a_put_must_say_is_asked_for() {
    let slot = Slot::new();
    let answer = slot.send(Method::PUT, "", &[], CONTENT).await;
    answer.refuses(400, "MissingRequiredHeader");
    assert!(answer.text().contains("<HeaderName>x-ms-blob-type</HeaderName>"));
    let page_blob = [("x-ms-blob-type", "PageBlob")];
    slot.send(Method::PUT, "", &page_blob, CONTENT).await.refuses(400, "InvalidHeaderValue");
    let chunked = [("transfer-encoding", "chunked")];
    slot.put_blob(CONTENT, &chunked).await.refuses(411, "MissingContentLengthHeader");
    let copy = [("x-ms-copy-source", "https://example.org/blob")];
    slot.put_blob("", &copy).await.refuses(400, "UnsupportedHeader");
}

#[tokio::test]
async fn a_body_above_the_limit_is_refused() {
    let slot = Slot::new();
    let request = |query: &str, length: u64| {
        Request::put(slot.url.replacen('?', &format!("?{query}"), 1))
            .header("x-ms-blob-type", "BlockBlob")
            .header(header::CONTENT_LENGTH, length)
            .body(http_body_util::Empty::<Bytes>::new())
            .unwrap()
    };
    const MIB: u64 = 1024 * 1024;
    for (query, limit) in [("", 5000 * MIB), ("comp=block&blockid=AAAA&", 4000 * MIB)] {
        let answer = Answer::read(slot.store.handle(request(query, limit + 1)).await).await;
        answer.refuses(413, "RequestBodyTooLarge");
    }
}

#[tokio::test]
async fn conditions_guard_what_is_there() {
    let slot = Slot::new();
    slot.put_blob("x", &[("if-match", "*")]).await.refuses(412, "ConditionNotMet");
    let first = slot.put_blob("first", &[("if-none-match", "*")]).await;
    assert_eq!(first.status, 201);
    let again = slot.put_blob("second", &[("if-none-match", "*")]).await;
    again.refuses(409, "BlobAlreadyExists");
    let other = slot.put_blob("second", &[("if-match", "\"0x8DEAD\"")]).await;
    other.refuses(412, "ConditionNotMet");
    assert_eq!(slot.get(&[]).await.text(), "first");
    let replaced = slot.put_blob("second", &[("if-match", first.header("etag"))]).await;
    assert_eq!(replaced.status, 201);
    assert_ne!(replaced.header("etag"), first.header("etag"));
    assert_eq!(slot.get(&[]).await.text(), "second");
}

/// A body whose sender goes away in the middle.
struct CutOff(Option<Bytes>);

impl hyper::body::Body for CutOff {
    type Data = Bytes;
    type Error = String;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, String>>> {
        let frame = self.0.take().map(Frame::data).ok_or_else(|| "connection lost".to_owned());
        Poll::Ready(Some(frame))
    }
}

#[tokio::test]
async fn a_body_that_is_cut_off_leaves_the_blob_as_it_was() {
    let slot = Slot::holding("first").await;
    let request = Request::put(&slot.url)
        .header("x-ms-blob-type", "BlockBlob")
        .header(header::CONTENT_LENGTH, 100)
        .body(CutOff(Some(Bytes::from_static(b"sec"))))
        .unwrap();
    Answer::read(slot.store.handle(request).await).await.refuses(400, "InvalidInput");
    assert_eq!(slot.get(&[]).await.text(), "first");
    let path = slot.store.path("packages", "7/initial.cab").unwrap();
    assert_eq!(path.parent().unwrap().read_dir().unwrap().count(), 1, "the rest must go");
}
