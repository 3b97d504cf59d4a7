//! Packages are never in memory. Alone in its process, for it looks at the memory of that.
#![cfg(target_os = "linux")]

use std::fs;

use hardware_dashboard_emulator::Emulator;
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::fs::File;

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

/// A token, and the URL that takes the package of a new submission.
async fn upload_url(emulator: &Emulator, http: &Client) -> String {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", emulator.client_id()),
        ("client_secret", emulator.client_secret()),
        ("resource", "https://manage.devcenter.microsoft.com"),
    ];
    let url = format!("{}/{}/oauth2/token", emulator.authority_url(), emulator.tenant_id());
    let token = json(http.post(url).form(&form).send().await).await;
    let token = token["access_token"].as_str().expect("a token");

    let products = format!("{}/hardware/products", emulator.api_base_url());
    let body = json!({ "productName": "Large", "testHarness": "hlk", "requestedSignatures": [] });
    let product = json(http.post(&products).bearer_auth(token).json(&body).send().await).await;
    let url = format!("{products}/{}/submissions", product["id"]);
    let body = json!({ "name": "Large", "type": "initial" });
    let submission = json(http.post(url).bearer_auth(token).json(&body).send().await).await;
    let item = &submission["downloads"]["items"][0];
    item["url"].as_str().expect("an upload URL").to_owned()
}

/// A file of that length, which takes no room on the disk.
fn sparse(length: u64) -> File {
    let file = tempfile::tempfile().expect("a file");
    file.set_len(length).expect("a length");
    File::from_std(file)
}

#[tokio::test]
async fn a_package_passes_without_being_held_in_memory() {
    let emulator = Emulator::start().await.expect("the emulator starts");
    let http = Client::new();
    let url = upload_url(&emulator, &http).await;
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
    let taken = peak() - before;
    assert!(taken < ALLOWED, "{} MiB were taken for {} MiB", taken / MIB, PACKAGE / MIB);
}
