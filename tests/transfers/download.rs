//! Downloads that break off, blobs that change on the way, and things that are no signed package.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use md5::{Digest as _, Md5};

use super::service::{Signed, header, left_in};
use crate::support::{predicates, reply};

const FIRST: &str = "etag: \"first\"\r\n";
const SECOND: &str = "etag: \"second\"\r\n";

/// What passes for a zip, and differs by its seed.
fn zip(seed: usize) -> Vec<u8> {
    let content: Vec<u8> = (0..100_000).map(|i| ((i * 31 + seed) % 251) as u8).collect();
    [b"PK\x03\x04".as_slice(), &content, b"PK\x05\x06", &[0; 18]].concat()
}

/// An answer that breaks off after half of its body.
fn cut(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut answer = reply("200 OK", headers, body);
    answer.truncate(answer.len() - body.len() / 2);
    answer
}

/// Where the range of a request begins.
fn start(request: &str) -> Option<usize> {
    let (start, _) = header(request, "range")?.strip_prefix("bytes=")?.split_once('-')?;
    start.parse().ok()
}

fn rest(start: usize, total: usize, headers: &str, body: &[u8]) -> Vec<u8> {
    let range = format!("content-range: bytes {start}-{}/{total}\r\n{headers}", body.len() - 1);
    reply("206 Partial Content", &range, &body[start..])
}

#[tokio::test]
async fn what_broke_off_is_gone_on_with() {
    let whole = zip(1);
    let served = whole.clone();
    let mut signed = Signed::start(move |number, request| match number {
        0 => cut(FIRST, &served),
        _ => rest(start(request).expect("a range"), served.len(), FIRST, &served),
    })
    .await;
    assert_eq!(signed.fetch().await.expect("it comes whole in the end"), whole);
    let requests = signed.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!((start(&requests[0]), header(&requests[0], "if-match")), (Some(0), None));
    assert!(start(&requests[1]).is_some_and(|start| start > 0), "{requests:?}");
    assert_eq!(header(&requests[1], "if-match"), Some("\"first\""));
    assert_eq!(left_in(signed.folder.path()), ["signed.zip"]);
}

/// What comes after the first half makes the client ask for all of it again.
async fn starts_over(second: impl Fn(usize, &[u8]) -> Vec<u8> + Send + Sync + 'static) {
    let (old, new) = (zip(1), zip(2));
    let expected = new.clone();
    let mut signed = Signed::start(move |number, request| match number {
        0 => cut(FIRST, &old),
        1 => second(start(request).expect("a range"), &new),
        _ => reply("200 OK", SECOND, &new),
    })
    .await;
    assert_eq!(signed.fetch().await.expect("it comes whole in the end"), expected);
    let requests = signed.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!((start(&requests[2]), header(&requests[2], "if-match")), (Some(0), None));
}

#[tokio::test]
async fn a_range_that_begins_elsewhere_starts_over() {
    starts_over(|start, new| rest(start - 1, new.len(), FIRST, new)).await;
}

#[tokio::test]
async fn a_range_of_another_length_starts_over() {
    starts_over(|start, new| rest(start, new.len() + 1, FIRST, new)).await;
}

#[tokio::test]
async fn a_range_of_another_blob_starts_over() {
    starts_over(|start, new| rest(start, new.len(), SECOND, new)).await;
}

#[tokio::test]
async fn a_range_of_it_is_not_said_which_blob_starts_over() {
    starts_over(|start, new| rest(start, new.len(), "", new)).await;
}

#[tokio::test]
async fn a_range_that_does_not_say_what_it_is_starts_over() {
    starts_over(|start, new| reply("206 Partial Content", FIRST, &new[start..])).await;
}

#[tokio::test]
async fn a_blob_that_has_changed_starts_over() {
    starts_over(|_, _| reply("412 Precondition Failed", "", b"")).await;
}

#[tokio::test]
async fn a_store_without_ranges_sends_all_again() {
    let (old, new) = (zip(1), zip(2));
    let expected = new.clone();
    let mut signed = Signed::start(move |number, _| match number {
        0 => cut(FIRST, &old),
        _ => reply("200 OK", SECOND, &new),
    })
    .await;
    assert_eq!(signed.fetch().await.expect("it comes whole in the end"), expected);
    let requests = signed.requests();
    // Once it was seen to give no ranges, none is asked for.
    assert_eq!(
        requests.iter().map(|request| start(request).is_some()).collect::<Vec<_>>(),
        [true, true, false]
    );
}

#[tokio::test]
async fn a_blob_that_changes_all_the_time_ends_the_run() {
    let mut signed = Signed::start(move |number, _| match number % 2 {
        0 => cut(FIRST, &zip(number)),
        _ => reply("412 Precondition Failed", "", b""),
    })
    .await;
    let error = signed.fetch().await.expect_err("it never stays the same");
    assert!(error.to_string().contains("changed"), "{error}");
    assert_eq!(signed.requests().len(), 11 * 4, "the run asks for the file anew ten times");
    assert_eq!(left_in(signed.folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn without_an_etag_nothing_is_gone_on_with() {
    let whole = zip(1);
    let served = whole.clone();
    let mut signed = Signed::start(move |number, _| match number {
        0 => cut("", &served),
        _ => reply("200 OK", "", &served),
    })
    .await;
    assert_eq!(signed.fetch().await.expect("it comes whole in the end"), whole);
    let again = &signed.requests()[1];
    assert_eq!((start(again), header(again, "if-match")), (Some(0), None));
}

#[tokio::test]
async fn a_range_is_still_held_against_the_hash_of_the_whole() {
    let (whole, other) = (zip(1), zip(2));
    let headers = format!("{FIRST}x-ms-blob-content-md5: {}\r\n", md5(&whole));
    let mut signed = Signed::start(move |_, request| match start(request) {
        None | Some(0) => cut(&headers, &whole),
        Some(start) => rest(start, whole.len(), FIRST, &other),
    })
    .await;
    let error = signed.fetch().await.expect_err("the halves do not belong together");
    assert!(error.to_string().contains("MD5"), "{error}");
    assert_eq!(left_in(signed.folder.path()), Vec::<String>::new());
}

fn md5(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(Md5::digest(bytes))
}

#[tokio::test]
async fn what_cannot_be_the_signed_package_is_thrown_away() {
    let page = b"<html><body>Sign in</body></html>";
    let wrong = format!("content-md5: {}\r\n", md5(b"another file"));
    let half = &zip(1)[..5000];
    for (name, answer) in [
        ("nothing", reply("200 OK", FIRST, b"")),
        ("a page", reply("200 OK", "content-type: text/html\r\n", page)),
        ("half a zip", reply("200 OK", FIRST, half)),
        ("another file", reply("200 OK", &wrong, &zip(1))),
    ] {
        let mut signed = Signed::start(move |_, _| answer.clone()).await;
        let error = signed.fetch().await.expect_err(name);
        assert!(error.to_string().contains("thrown away"), "{name}: {error}");
        assert_eq!(error.stage(), hardware_dashboard::Stage::Download, "{name}");
        assert_eq!(predicates(&error), Vec::<&str>::new(), "{name}: nothing was changed");
        assert_eq!(signed.requests().len(), 3, "{name}: the next answer may be a better one");
        assert_eq!(left_in(signed.folder.path()), Vec::<String>::new(), "{name}");
    }
}

#[tokio::test]
async fn a_length_that_is_not_told_is_no_reason_to_believe() {
    let answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nPK\x03\x04".to_vec();
    let mut signed = Signed::start(move |_, _| answer.clone()).await;
    let error = signed.fetch().await.expect_err("it may have broken off");
    assert!(error.is_decode(), "{error:?}");
    assert_eq!(left_in(signed.folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn a_store_in_trouble_is_asked_again() {
    for status in ["500 Internal Server Error", "503 Service Unavailable", "429 Too Many Requests"]
    {
        let whole = zip(1);
        let served = whole.clone();
        let mut signed = Signed::start(move |number, _| match number {
            0 | 1 => reply(status, "", b""),
            _ => reply("200 OK", FIRST, &served),
        })
        .await;
        assert_eq!(signed.fetch().await.expect("the trouble passes"), whole, "{status}");
        assert_eq!(signed.requests().len(), 3, "{status}");
    }
}

#[tokio::test]
async fn a_download_that_never_gets_far_ends() {
    let mut signed = Signed::start(|_, _| Vec::new()).await;
    let error = signed.fetch().await.expect_err("every connection is closed");
    assert!(error.is_network() && !error.may_have_been_applied(), "{error:?}");
    assert_eq!(signed.requests().len(), 11 * 3, "the run asks for the file anew ten times");
    assert_eq!(left_in(signed.folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn a_url_that_is_always_refused_ends_the_run() {
    let code = "x-ms-error-code: AuthenticationFailed\r\n";
    let mut signed = Signed::start(move |_, _| reply("403 Forbidden", code, b"")).await;
    let error = signed.fetch().await.expect_err("no URL is good");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(403));
    assert_eq!(error.code(), Some("AuthenticationFailed"));
    let looks = signed.server.requests("GET /hardware/products/1/submissions/2").len();
    assert_eq!((signed.requests().len(), looks), (4, 4), "a new URL was asked for each time");
}
