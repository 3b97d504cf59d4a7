//! Get Blob and its ranges.

use std::time::Duration;

use http::Method;

use super::Slot;

const CONTENT: &str = "0123456789";

#[tokio::test]
async fn a_range_is_a_part() {
    let slot = Slot::holding(CONTENT).await;
    for (name, range, part, content_range) in [
        ("range", "bytes=2-4", "234", "bytes 2-4/10"),
        ("x-ms-range", "bytes=0-0", "0", "bytes 0-0/10"),
        ("range", "bytes=7-", "789", "bytes 7-9/10"),
        ("range", "bytes=8-1000", "89", "bytes 8-9/10"),
    ] {
        let answer = slot.get(&[(name, range)]).await;
        assert_eq!(answer.status, 206, "{range}");
        assert_eq!(answer.text(), part);
        assert_eq!(answer.header("content-range"), content_range);
        assert!(!answer.headers.contains_key("content-md5"), "it is not that of the part");
        assert!(answer.headers.contains_key("x-ms-blob-content-md5"));
    }
    let both = [("range", "bytes=0-1"), ("x-ms-range", "bytes=2-3")];
    assert_eq!(slot.get(&both).await.text(), "23");
}

#[tokio::test]
async fn other_ranges_are_ignored() {
    let slot = Slot::holding(CONTENT).await;
    for range in ["bytes=-3", "bytes=4-2", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b"] {
        let answer = slot.get(&[("range", range)]).await;
        assert_eq!((answer.status.as_u16(), answer.text()), (200, CONTENT), "{range}");
    }
}

#[tokio::test]
async fn a_range_past_the_end_is_refused() {
    let slot = Slot::holding(CONTENT).await;
    let answer = slot.get(&[("range", "bytes=10-")]).await;
    answer.refuses(416, "InvalidRange");
    assert_eq!(answer.header("content-range"), "bytes */10");
    let slot = Slot::holding("").await;
    slot.get(&[("x-ms-range", "bytes=0-9")]).await.refuses(416, "InvalidRange");
}

#[tokio::test]
async fn a_range_may_be_asked_for_with_its_checksum() {
    let slot = Slot::holding("xxhello, blobxx").await;
    let range = ("range", "bytes=2-12");
    let md5 = slot.get(&[range, ("x-ms-range-get-content-md5", "true")]).await;
    assert_eq!(md5.text(), "hello, blob");
    assert_eq!(md5.header("content-md5"), "/+eXlxB/4/oJpxKsfKguEw==");
    let crc64 = slot.get(&[range, ("x-ms-range-get-content-crc64", "true")]).await;
    assert_eq!(crc64.header("x-ms-content-crc64"), "GSVhkk67ev4=");
    let whole = slot.get(&[("x-ms-range-get-content-md5", "true")]).await;
    whole.refuses(400, "InvalidHeaderValue");
}

#[tokio::test]
async fn a_large_blob_comes_back_whole() {
    let slot = Slot::new();
    let content: Vec<u8> = (0..1_500_000_u32).map(|i| (i % 251) as u8).collect();
    let blob_type = [("x-ms-blob-type", "BlockBlob")];
    assert_eq!(slot.send(Method::PUT, "", &blob_type, content.clone()).await.status, 201);
    assert!(slot.get(&[]).await.body == content);
    let part = slot.get(&[("range", "bytes=300000-1300000")]).await;
    assert!(part.body == content[300_000..=1_300_000]);
}

#[tokio::test]
async fn head_says_what_get_would() {
    let slot = Slot::holding(CONTENT).await;
    let head = slot.send(Method::HEAD, "", &[], "").await;
    let get = slot.get(&[]).await;
    assert_eq!(head.status, 200);
    assert!(head.body.is_empty());
    assert_eq!(head.header("content-length"), "10");
    for same in ["etag", "last-modified", "x-ms-creation-time", "x-ms-lease-status", "content-md5"]
    {
        assert_eq!(head.header(same), get.header(same));
    }
}

#[tokio::test]
async fn conditions_tell_whether_the_blob_has_changed() {
    let slot = Slot::holding(CONTENT).await;
    let first = slot.get(&[]).await;
    let (etag, date) = (first.header("etag"), first.header("last-modified"));
    for known in [("if-none-match", etag), ("if-none-match", "*"), ("if-modified-since", date)] {
        let answer = slot.get(&[known]).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (304, 0), "{known:?}");
        assert_eq!(answer.header("x-ms-error-code"), "ConditionNotMet");
    }
    for fits in [("if-match", etag), ("if-unmodified-since", date), ("if-none-match", "\"0x0\"")] {
        assert_eq!(slot.get(&[fits]).await.status, 200, "{fits:?}");
    }
    slot.get(&[("if-modified-since", "yesterday")]).await.refuses(400, "InvalidHeaderValue");

    slot.clock.advance(Duration::from_secs(60));
    slot.put_blob("changed", &[]).await;
    for changed in [("if-match", etag), ("if-unmodified-since", date)] {
        slot.get(&[changed, ("range", "bytes=3-")]).await.refuses(412, "ConditionNotMet");
    }
    assert_eq!(slot.get(&[("if-modified-since", date)]).await.text(), "changed");
    let changed = slot.get(&[]).await;
    assert_eq!(changed.header("x-ms-creation-time"), first.header("x-ms-creation-time"));
    assert_ne!(changed.header("last-modified"), date);
}
