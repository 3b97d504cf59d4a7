//! Assets of preproduction signing: from the API, and from where the API leads.

use std::sync::atomic::{AtomicUsize, Ordering};

use hardware_dashboard::{
    Client, PreprodPackageHandler, Result,
    blob::{DownloadOptions, Downloaded},
    model::PreprodAssetId,
};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::{
    TOKEN, sas,
    service::{header, left_in},
};
use crate::support::{Given, Overheard as _, Scripted, Silent, Told, impatient, reply};

const ETAG: &str = "etag: \"first\"\r\n";
const DOWNLOAD: &str = "GET /hardware/preprod/packages/p/assets/a/download";

fn content() -> Vec<u8> {
    (0..100_000).map(|i| (i * 31 % 251) as u8).collect()
}

fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A service whose assets have this hash.
struct Assets {
    server: Silent<Scripted>,
    told: Told,
    folder: TempDir,
}

impl Assets {
    /// The script answers what is asked for the content, here and elsewhere.
    async fn start(
        hash: String,
        script: impl Fn(&str, &str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let server = Scripted::start(move |request, origin| {
            if request.starts_with("GET /hardware/preprod/packages/p/assets/a ") {
                let asset = format!(r#"{{ "id": "a", "contentHash": "{hash}" }}"#);
                return reply("200 OK", "content-type: application/json\r\n", asset.as_bytes());
            }
            script(request, origin)
        });
        let folder = tempfile::tempdir().expect("a folder can be made");
        Self { server: Silent::around(server.await), told: Told::default(), folder }
    }

    fn package(&self) -> PreprodPackageHandler {
        let client = Client::builder().api_base_url(self.server.origin()).credential(Given(TOKEN));
        let client = client.retry(impatient()).reporter(self.told.clone()).build();
        client.expect("a client").preprod().package("p".parse().expect("an id"))
    }

    async fn fetch(&self) -> Result<Downloaded> {
        let target = self.folder.path().join("asset.zip");
        let fetched = self.package().download(&asset(), &target, &DownloadOptions::default()).await;
        if fetched.is_err() {
            assert_eq!(left_in(self.folder.path()), Vec::<String>::new());
        }
        fetched.overheard()
    }

    #[track_caller]
    fn check(&self, fetched: Result<Downloaded>) {
        let file = fetched.expect("it comes whole in the end");
        assert!(std::fs::read(file.path).expect("it is there") == content());
        assert_eq!(left_in(self.folder.path()), ["asset.zip"]);
    }
}

fn asset() -> PreprodAssetId {
    "a".parse().expect("an id")
}

/// Answers with all of the content, or with the range that is asked for; the first half of the whole
/// when it is `cut`.
fn serve(request: &str, cut: bool) -> Vec<u8> {
    let content = content();
    let Some(range) = header(request, "range") else {
        let mut answer = reply("200 OK", ETAG, &content);
        answer.truncate(answer.len() - if cut { content.len() / 2 } else { 0 });
        return answer;
    };
    let range = range.strip_prefix("bytes=").and_then(|range| range.split_once('-'));
    let (start, last) = range.expect("a start and an end");
    let (start, last): (usize, usize) = (start.parse().expect("one"), last.parse().expect("two"));
    let told = format!("{ETAG}content-range: bytes {start}-{last}/{}\r\n", content.len());
    reply("206 Partial Content", &told, &content[start..=last])
}

#[tokio::test]
async fn what_the_api_breaks_off_is_gone_on_with() {
    let assets = Assets::start(hash(&content()), |request, _| serve(request, true)).await;
    assets.check(assets.fetch().await);
    let requests = assets.server.requests(DOWNLOAD);
    assert_eq!(requests.len(), 2);
    assert_eq!(header(&requests[1], "if-match"), Some("\"first\""));
    assert!(requests.iter().all(|request| request.contains(TOKEN)), "{requests:?}");
}

#[tokio::test]
async fn a_download_of_which_a_few_bytes_come_at_a_time_ends() {
    let assets = Assets::start(hash(&content()), |request, _| {
        let mut answer = serve(request, false);
        let head = answer.windows(4).position(|end| end == b"\r\n\r\n").expect("a head");
        answer.truncate(head + 4 + 10);
        answer
    });
    let assets = assets.await;
    let error = assets.fetch().await.expect_err("it would take for ever");
    assert!(error.is_network(), "{error:?}");
    // The bytes that came did not make up for the breaks.
    assert_eq!(assets.server.requests(DOWNLOAD).len(), 3);
}

#[tokio::test]
async fn an_api_without_ranges_is_asked_for_all_again() {
    let asked = AtomicUsize::new(0);
    let assets = Assets::start(hash(&content()), move |_, _| {
        let number = asked.fetch_add(1, Ordering::Relaxed);
        serve("", number == 0)
    });
    let assets = assets.await;
    assets.check(assets.fetch().await);
    let requests = assets.server.requests(DOWNLOAD);
    let ranges: Vec<_> = requests.iter().map(|request| header(request, "range")).collect();
    assert!(matches!(ranges[..], [None, Some(_), None]), "{ranges:?}");
}

#[tokio::test]
async fn a_redirect_is_followed_without_the_token_and_gone_on_with_there() {
    let assets = Assets::start(hash(&content()), |request, origin| {
        if request.starts_with("GET /blob") {
            return serve(request, true);
        }
        let location = format!("location: {}\r\n", sas(origin, "r"));
        reply("307 Temporary Redirect", &location, b"")
    });
    let assets = assets.await;
    assets.check(assets.fetch().await);
    let there = assets.server.requests("GET /blob");
    assert_eq!(there.len(), 2);
    let leaks = |request: &String| request.contains(TOKEN) || request.contains("authorization");
    assert!(!there.iter().any(leaks), "{there:?}");
    assert!(header(&there[1], "range").is_some_and(|range| range != "bytes=0-99999"), "{there:?}");
    assert_eq!(assets.server.requests(DOWNLOAD).len(), 1);
}

#[tokio::test]
async fn a_place_that_is_refused_is_asked_for_anew() {
    let asked = AtomicUsize::new(0);
    let assets = Assets::start(hash(&content()), move |request, origin| {
        if request.starts_with("GET /blob?sp=r&") {
            return serve(request, false);
        }
        if request.starts_with("GET /blob") {
            return reply("403 Forbidden", "", b"");
        }
        let good = if asked.fetch_add(1, Ordering::Relaxed) < 2 { "w" } else { "r" };
        let location = format!("location: {}\r\n", sas(origin, good));
        reply("307 Temporary Redirect", &location, b"")
    });
    let assets = assets.await;
    assets.check(assets.fetch().await);
    assert_eq!(assets.server.requests(DOWNLOAD).len(), 3);
}

#[tokio::test]
async fn a_redirect_that_others_could_read_along_is_not_followed() {
    let elsewhere = sas("http://blob.example", "r");
    for location in [elsewhere.as_str(), "ftp://127.0.0.1/", "/elsewhere"] {
        let location = location.to_owned();
        let assets = Assets::start(hash(&content()), move |_, _| {
            reply("302 Found", &format!("location: {location}\r\n"), b"")
        });
        let assets = assets.await;
        let error = assets.fetch().await.expect_err("it is not followed");
        assert!(error.is_decode(), "{error:?}");
        assert_eq!(assets.server.requests(DOWNLOAD).len(), 1, "{error:?}");
    }
}

#[tokio::test]
async fn content_of_another_hash_is_thrown_away() {
    let assets = Assets::start(hash(b"another"), |request, _| serve(request, false)).await;
    let error = assets.fetch().await.expect_err("it is another file");
    assert!(error.to_string().contains("SHA-256"), "{error}");
    assert_eq!(assets.server.requests(DOWNLOAD).len(), 1);
}

#[tokio::test]
async fn a_writer_gets_the_content_in_its_order() {
    let assets = Assets::start(hash(&content()), |request, _| serve(request, true)).await;
    let mut written = Vec::new();
    let options = DownloadOptions::default();
    let received = assets.package().download_to(&asset(), &mut written, &options).await.overheard();
    assert_eq!(received.expect("it comes whole in the end").bytes, written.len() as u64);
    assert!(written == content());
    let error =
        assets.package().download_to(&asset(), &mut written, &options.sha256([1; 32])).await;
    let error = error.overheard().expect_err("it is another file");
    assert!(error.to_string().contains("what was written is not the file"), "{error}");
}

/// An answer that ends where its connection does, and one that is sent in chunks.
fn without_length(content: &[u8]) -> [Vec<u8>; 2] {
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n";
    let closed = [format!("{head}\r\n").as_bytes(), content].concat();
    let chunk = format!("{head}transfer-encoding: chunked\r\n\r\n{:x}\r\n", content.len());
    [closed, [chunk.as_bytes(), content, b"\r\n0\r\n\r\n"].concat()]
}

#[tokio::test]
async fn an_end_that_may_be_a_break_needs_a_hash_to_be_believed() {
    let [closed, chunked] = without_length(&content());
    for (hash, answer, comes) in [
        (hash(&content()), &closed, true),
        (hash(&content()), &chunked, true),
        (String::new(), &chunked, true),
        (String::new(), &closed, false),
    ] {
        let answer = answer.clone();
        let assets = Assets::start(hash.clone(), move |_, _| answer.clone()).await;
        match assets.fetch().await {
            Ok(file) => assert!(comes && file.bytes == 100_000, "{hash}"),
            Err(error) => assert!(!comes && error.is_decode(), "{hash}: {error:?}"),
        }
    }
}

#[tokio::test]
async fn chunks_that_break_off_are_no_file() {
    let [_, mut chunked] = without_length(&content());
    chunked.truncate(chunked.len() / 2);
    let assets = Assets::start(String::new(), move |_, _| chunked.clone()).await;
    let error = assets.fetch().await.expect_err("half of it is missing");
    assert!(error.is_network(), "{error:?}");
}
