//! Lines that are slow, that shall be slow, and servers that know less than Azure.

use std::{num::NonZeroU64, path::PathBuf, time::Duration};

use hardware_dashboard::{
    Client, ClientBuilder, Result,
    blob::{UploadOptions, Uploaded},
    model::{ProductId, SubmissionId},
};
use tempfile::TempDir;
use tokio::time::Instant;

use super::line::Line;
use crate::support::{Given, Told};

const MIB: usize = 1024 * 1024;

/// What nothing waits for.
const FAST: f64 = 1e12;

fn package(length: usize) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("echo.cab");
    std::fs::write(&path, vec![7; length]).expect("there is room");
    (folder, path)
}

async fn upload(line: &Line, client: ClientBuilder, length: usize) -> Result<Uploaded> {
    let (_folder, path) = package(length);
    let client = client.api_base_url(&line.origin).credential(Given("a token")).build()?;
    let submission = client.product(ProductId::new(1)).submission(SubmissionId::new(2));
    submission.upload(&path, &UploadOptions::default()).await
}

#[tokio::test(start_paused = true)]
async fn eight_mebibytes_pass_a_line_of_two_megabits_without_a_time_out() {
    let line = Line::start(2e6, |_| ("201 Created", "")).await;
    let told = Told::default();
    let start = Instant::now();
    let sent = upload(&line, Client::builder().reporter(told.clone()), 8 * MIB).await;
    assert_eq!(sent.expect("it arrives").sent, 8 * MIB as u64);
    assert!(start.elapsed() >= Duration::from_secs(33), "{:?}", start.elapsed());
    assert_eq!(line.heads("PUT").await.len(), 3);
    assert!(told.pauses().is_empty(), "{}", told.text());
}

#[tokio::test(start_paused = true)]
async fn a_rate_that_was_asked_for_is_kept() {
    let line = Line::start(FAST, |_| ("201 Created", "")).await;
    let rate = NonZeroU64::new(MIB as u64 / 4).expect("it is not zero");
    let start = Instant::now();
    let sent = upload(&line, Client::builder().transfer_rate(rate), 9 * MIB).await;
    assert_eq!(sent.expect("it arrives").sent, 9 * MIB as u64);
    let seconds = start.elapsed().as_secs();
    assert!((35..40).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_server_that_passes_over_crcs_is_given_md5s_from_then_on() {
    let line = Line::start(FAST, |_| ("201 Created", "")).await;
    let (_folder, path) = package(9 * MIB);
    let client = Client::builder().api_base_url(&line.origin).credential(Given("a token"));
    let client = client.build().expect("a client");
    let submission = client.product(ProductId::new(1)).submission(SubmissionId::new(2));
    // One block at a time.
    let sent = submission.upload(&path, &UploadOptions::default().memory(0)).await;
    assert_eq!(sent.expect("it arrives").sent, 9 * MIB as u64);
    let heads = line.heads("PUT /blob?").await;
    let blocks: Vec<_> = heads.iter().filter(|head| head.contains("comp=block&")).collect();
    let with = |name| blocks.iter().filter(|head| head.contains(name)).count();
    assert_eq!((blocks.len(), with("x-ms-content-crc64"), with("content-md5: ")), (3, 1, 2));
}

#[tokio::test]
async fn a_server_that_knows_no_crc_is_given_md5s() {
    let line = Line::start(FAST, |head| match head.contains("x-ms-content-crc64") {
        true => ("500 Internal Server Error", "FeatureNotSupported"),
        false => ("201 Created", ""),
    });
    let line = line.await;
    let sent = upload(&line, Client::builder(), 9 * MIB).await.expect("it arrives");
    assert_eq!((sent.bytes, sent.sent), (9 * MIB as u64, 9 * MIB as u64));
    let blocks = line.heads("PUT /blob?").await;
    let blocks = blocks.iter().filter(|head| head.contains("comp=block&"));
    let (with_crc, with_md5): (Vec<_>, Vec<_>) =
        blocks.partition(|head| head.contains("x-ms-content-crc64"));
    assert_eq!(with_md5.len(), 3);
    assert!(with_md5.iter().all(|head| head.contains("content-md5: ")), "{with_md5:?}");
    assert!((1..=3).contains(&with_crc.len()), "{with_crc:?}");
}
