//! Lines that are slow, that shall be slow, and servers that know less than Azure.

use std::{num::NonZeroU64, path::PathBuf, time::Duration};

use hardware_dashboard::{
    Client, ClientBuilder, Result,
    blob::{Integrity, UploadOptions, Uploaded},
    model::{ProductId, SubmissionId},
};
use tempfile::TempDir;
use tokio::time::Instant;

use super::{
    TOKEN,
    line::{Answer, Line},
};
use crate::support::{Given, Overheard as _, Silent, Told};

const MIB: usize = 1024 * 1024;

/// What nothing waits for.
const FAST: f64 = 1e12;

fn package(length: usize) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("echo.cab");
    std::fs::write(&path, vec![7; length]).expect("there is room");
    (folder, path)
}

async fn line(bits_per_second: f64, answer: Answer) -> Silent<Line> {
    Silent::around(Line::start(bits_per_second, answer).await)
}

async fn upload(line: &Line, client: ClientBuilder, length: usize) -> Result<Uploaded> {
    upload_as(line, client, length, &UploadOptions::default()).await
}

async fn upload_as(
    line: &Line,
    client: ClientBuilder,
    length: usize,
    options: &UploadOptions,
) -> Result<Uploaded> {
    let (_folder, path) = package(length);
    let client = client.api_base_url(&line.origin).credential(Given(TOKEN)).build()?;
    let submission = client.product(ProductId::new(1)).submission(SubmissionId::new(2));
    submission.upload(&path, options).await.overheard()
}

#[tokio::test]
async fn eight_mebibytes_pass_a_line_of_two_megabits_without_a_time_out() {
    let line = line(2e6, |_| ("201 Created", "")).await;
    let told = Told::default();
    let start = Instant::now();
    let client = Client::builder().reporter(told.clone());
    let options = UploadOptions::default().integrity(Integrity::Md5);
    let sent = upload_as(&line, client, 8 * MIB, &options).await;
    assert_eq!(sent.expect("it arrives").sent, 8 * MIB as u64);
    assert!(start.elapsed() >= Duration::from_secs(33), "{:?}", start.elapsed());
    assert_eq!(line.heads("PUT").len(), 3);
    assert!(told.pauses().is_empty(), "{}", told.text());
}

#[tokio::test]
async fn connections_that_share_a_slow_line_are_not_taken_for_stalled() {
    let line = line(2e6, |_| ("201 Created", "")).await;
    let told = Told::default();
    let client = Client::builder().reporter(told.clone());
    let options = UploadOptions::default().integrity(Integrity::Md5);
    let sent = upload_as(&line, client, 64 * MIB, &options).await;
    assert_eq!(sent.expect("it arrives").sent, 64 * MIB as u64);
    assert_eq!(line.heads("PUT").len(), 17);
    assert!(told.pauses().is_empty(), "{}", told.text());
}

#[tokio::test]
async fn a_rate_that_was_asked_for_is_kept() {
    let line = line(FAST, |_| ("201 Created", "")).await;
    let rate = NonZeroU64::new(8 * MIB as u64).expect("it is not zero");
    let start = Instant::now();
    let client = Client::builder().transfer_rate(rate).reporter(Told::default());
    let sent = upload(&line, client, 9 * MIB).await;
    assert_eq!(sent.expect("it arrives").sent, 9 * MIB as u64);
    // No machine is too slow for that.
    assert!(start.elapsed() >= Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_server_that_passes_over_crcs_is_given_md5s_of_all_blocks() {
    let line = line(FAST, |_| ("201 Created", "")).await;
    let client = Client::builder().reporter(Told::default());
    // One block at a time: the first one is sent again.
    let sent = upload_as(&line, client, 9 * MIB, &UploadOptions::default().memory(0)).await;
    assert_eq!(sent.expect("it arrives").sent, 9 * MIB as u64);
    let heads = line.heads("PUT /blob?");
    let blocks: Vec<_> = heads.iter().filter(|head| head.contains("comp=block&")).collect();
    let with = |name| blocks.iter().filter(|head| head.contains(name)).count();
    assert_eq!((blocks.len(), with("x-ms-content-crc64"), with("content-md5: ")), (4, 1, 3));
}

#[tokio::test]
async fn a_server_that_knows_no_crc_is_given_md5s() {
    let line = line(FAST, |head| match head.contains("x-ms-content-crc64") {
        true => ("500 Internal Server Error", "FeatureNotSupported"),
        false => ("201 Created", ""),
    });
    let line = line.await;
    let sent = upload(&line, Client::builder().reporter(Told::default()), 9 * MIB)
        .await
        .expect("it arrives");
    assert_eq!((sent.bytes, sent.sent), (9 * MIB as u64, 9 * MIB as u64));
    let blocks = line.heads("PUT /blob?");
    let blocks = blocks.iter().filter(|head| head.contains("comp=block&"));
    let (with_crc, with_md5): (Vec<_>, Vec<_>) =
        blocks.partition(|head| head.contains("x-ms-content-crc64"));
    assert_eq!(with_md5.len(), 3);
    assert!(with_md5.iter().all(|head| head.contains("content-md5: ")), "{with_md5:?}");
    assert!((1..=3).contains(&with_crc.len()), "{with_crc:?}");
}
