//! Packages are never in memory. Alone in its process, for it looks at the memory of that.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{Cursor, Write},
    time::Duration,
};

use hardware_dashboard_emulator::{Clock, Emulator};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::fs::File;
use zip::{ZipWriter, write::SimpleFileOptions};

const MIB: u64 = 1 << 20;

/// How large the package is.
const PACKAGE: u64 = 256 * MIB;

/// How much more memory the process may take for it.
const ALLOWED: u64 = 64 * MIB;

/// The most memory that this process ever had.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("the process has a status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    let kilobytes = line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number");
    kilobytes * 1024
}

async fn json(response: reqwest::Result<Response>) -> Value {
    let response = response.expect("an answer");
    assert!(response.status().is_success(), "{}", response.status());
    response.json().await.expect("JSON")
}

async fn token(emulator: &Emulator, http: &Client) -> String {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", emulator.client_id()),
        ("client_secret", emulator.client_secret()),
        ("resource", "https://manage.devcenter.microsoft.com"),
    ];
    let url = format!("{}/{}/oauth2/token", emulator.authority_url(), emulator.tenant_id());
    let token = json(http.post(url).form(&form).send().await).await;
    token["access_token"].as_str().expect("a token").to_owned()
}

/// The URL of a new submission, and the one that takes its package.
async fn submission(emulator: &Emulator, http: &Client, token: &str) -> (String, String) {
    let products = format!("{}/hardware/products", emulator.api_base_url());
    let body = json!({ "productName": "Large", "testHarness": "hlk", "requestedSignatures": [] });
    let product = json(http.post(&products).bearer_auth(token).json(&body).send().await).await;
    let url = format!("{products}/{}/submissions", product["id"]);
    let body = json!({ "name": "Large", "type": "initial" });
    let submission = json(http.post(&url).bearer_auth(token).json(&body).send().await).await;
    let upload = submission["downloads"]["items"][0]["url"].as_str().expect("an upload URL");
    (format!("{url}/{}", submission["id"]), upload.to_owned())
}

/// An HLK package with a file in it that is larger than the memory that may be taken.
fn hlkx() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let folder = "hck/drivers/0c9e1d5a-94d5-4a1f-8f0e-2b7c8b5c6a01";
    let options = SimpleFileOptions::default();
    zip.start_file(format!("{folder}/echo.inf"), options).expect("a file");
    let inf = include_bytes!("../../samples/echo-driver/echo/echo.inf");
    zip.write_all(inf).expect("memory is there");
    zip.start_file(format!("{folder}/echo.sys"), options).expect("a file");
    let zeros = vec![0; 1 << 20];
    for _ in 0..(ALLOWED + ALLOWED / 2) / MIB {
        zip.write_all(&zeros).expect("memory is there");
    }
    zip.finish().expect("a whole package").into_inner()
}

/// Commits a package that becomes large when it is opened, and waits until it is signed.
async fn sign_large_archive(emulator: &Emulator, http: &Client, token: &str) {
    let (submission, upload) = submission(emulator, http, token).await;
    let put = http.put(upload).header("x-ms-blob-type", "BlockBlob").body(hlkx()).send().await;
    assert_eq!(put.expect("an answer").status(), 201);
    let commit = http.post(format!("{submission}/commit")).bearer_auth(token);
    assert_eq!(commit.send().await.expect("an answer").status(), 202);
    emulator.clock().advance(Duration::from_secs(600));
    let submission = json(http.get(submission).bearer_auth(token).send().await).await;
    let kinds = submission["downloads"]["items"].to_string();
    assert!(kinds.contains("signedPackage"), "{submission:#}");
}

/// Submits a large package for preproduction, which is none, and waits until that is found out.
async fn refuse_large_preprod_package(emulator: &Emulator, http: &Client, token: &str) {
    let packages = format!("{}/hardware/preprod/packages", emulator.api_base_url());
    let put = http.put(&packages).bearer_auth(token).body(sparse(PACKAGE));
    let put = put.header("content-type", "application/octet-stream").send().await;
    let id = json(put).await["id"].as_str().expect("an id").to_owned();
    emulator.clock().advance(Duration::from_secs(600));
    let package = json(http.get(format!("{packages}/{id}")).bearer_auth(token).send().await).await;
    assert_eq!(package["signingStatus"], "Failed");
}

/// A file of that length, which takes no room on the disk.
fn sparse(length: u64) -> File {
    let file = tempfile::tempfile().expect("a file");
    file.set_len(length).expect("a length");
    File::from_std(file)
}

#[tokio::test]
async fn a_package_passes_without_being_held_in_memory() {
    let builder = Emulator::builder().clock(Clock::stepped()).require_signature(false);
    let emulator = builder.start().await.expect("the emulator starts");
    let http = Client::new();
    let token = token(&emulator, &http).await;
    let (_, url) = submission(&emulator, &http, &token).await;
    let before = peak();

    let block = |id: &str| format!("{url}&comp=block&blockid={id}");
    for id in ["AA%3D%3D", "AQ%3D%3D"] {
        let put = http.put(block(id)).header("content-length", PACKAGE / 2);
        let put = put.body(sparse(PACKAGE / 2)).send().await.expect("an answer");
        assert_eq!(put.status(), 201);
    }
    let list = "<BlockList><Latest>AA==</Latest><Latest>AQ==</Latest></BlockList>";
    let put = http.put(format!("{url}&comp=blocklist")).body(list).send().await;
    assert_eq!(put.expect("an answer").status(), 201);

    let mut download = http.get(&url).send().await.expect("an answer");
    let mut length = 0;
    while let Some(chunk) = download.chunk().await.expect("the next piece") {
        assert!(chunk.iter().all(|&byte| byte == 0), "not what was sent, after {length} bytes");
        length += chunk.len() as u64;
    }
    assert_eq!(length, PACKAGE);
    sign_large_archive(&emulator, &http, &token).await;
    refuse_large_preprod_package(&emulator, &http, &token).await;
    let taken = peak() - before;
    assert!(taken < ALLOWED, "{} MiB were taken for {} MiB", taken / MIB, PACKAGE / MIB);
}
