//! Packages of several blocks, whose requests fail in every way.

use hardware_dashboard::{
    Client,
    auth::ClientSecret,
    blob::{DownloadOptions, UploadOptions},
    model::{DownloadType, ProductId, SubmissionId},
};

use super::{
    SECRET, SIGNATURE,
    failure::{Failure, sas},
    printed,
    search::Search,
    service::token,
};
use crate::support::{Scripted, Told, impatient, reply};

/// The requests of such an upload, and of a download in parts.
const REQUESTS: [&str; 4] = ["getBlockList", "putBlock", "putBlockList", "getBlob"];

/// Two blocks of 4 MiB and one that is shorter.
const LENGTH: usize = 9 * 1024 * 1024;

#[tokio::test]
async fn no_failure_of_a_block_prints_a_secret() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (package, target) = (folder.path().join("echo.cab"), folder.path().join("fetched"));
    std::fs::write(&package, vec![7; LENGTH]).expect("there is room");
    let (mut search, mut failures) = (Search::start(), 0);
    for failing in REQUESTS {
        for failure in Failure::ALL {
            let server = start(failing, *failure).await;
            let (client, told) = client(&server);
            let submission = client.product(ProductId::new(1)).submission(SubmissionId::new(2));
            let mut seen = Vec::new();
            let options = UploadOptions::default();
            let sent = submission.upload(&package, &options).await.map(|sent| format!("{sent:?}"));
            let options = DownloadOptions::default().overwrite(true);
            let what = DownloadType::InitialPackage;
            let fetched = submission.download(&what, &target, &options).await;
            let fetched = fetched.map(|file| format!("{file:?}"));
            for done in [sent, fetched] {
                failures += usize::from(done.is_err());
                seen.push(done.unwrap_or_else(|error| printed::error(&error)));
            }
            seen.push(told.text());
            search.look(&format!("{failing}, {failure:?}"), &[], seen);
            let asked = [server.requests("PUT /blob/"), server.requests("GET /blob/")].concat();
            assert!(asked.iter().any(|request| request_of(request) == failing), "{failing}");
            assert!(asked.iter().all(|request| request.contains(SIGNATURE)), "it was in play");
        }
    }
    let count = REQUESTS.len() * Failure::ALL.len();
    println!("{count} uploads and downloads, {failures} errors: {}", search.end());
    assert!(failures > count / 2, "only {failures} errors in {count} rounds");
}

fn client(server: &Scripted) -> (Client, Told) {
    let told = Told::default();
    let client = Client::builder()
        .api_base_url(server.origin())
        .authority_url(server.origin())
        .credential(ClientSecret::new("tenant.example", "client", SECRET))
        .reporter(told.clone())
        .retry(impatient().max_attempts(2).transfer_attempts(2));
    (client.build().expect("a client"), told)
}

/// A service and a blob store, of which this request fails in this way, whenever it is made.
async fn start(failing: &'static str, failure: Failure) -> Scripted {
    let script = move |request: &str, origin: &str| {
        let found = request_of(request);
        let right = right_answer(found, origin);
        if found == failing { failure.answer(request, origin, right) } else { right }
    };
    Scripted::start(script).await
}

fn request_of(request: &str) -> &'static str {
    let line = request.lines().next().unwrap_or_default();
    match (line.split(' ').next().unwrap_or_default(), line.contains("comp=blocklist")) {
        ("GET", true) => "getBlockList",
        ("PUT", true) => "putBlockList",
        ("PUT", false) => "putBlock",
        ("GET", false) if line.contains("/blob/") => "getBlob",
        ("GET", false) => "getSubmission",
        _ => "token",
    }
}

fn right_answer(request: &str, origin: &str) -> Vec<u8> {
    let json = "content-type: application/json\r\n";
    match request {
        "token" => reply("200 OK", json, token().as_bytes()),
        "getSubmission" => {
            let url = sas(origin, "initialPackage");
            let item = format!(r#"{{ "type": "initialPackage", "url": "{url}" }}"#);
            let body = format!(r#"{{ "id": 2, "downloads": {{ "items": [{item}] }} }}"#);
            reply("200 OK", json, body.as_bytes())
        }
        "getBlockList" => {
            let list = "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList></BlockList>";
            reply("200 OK", "content-type: application/xml\r\n", list.as_bytes())
        }
        "getBlob" => reply("200 OK", "etag: \"1\"\r\n", b"content"),
        _ => reply("201 Created", "", b""),
    }
}
