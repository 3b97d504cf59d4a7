//! Packages of several blocks: what is sent again, what is not, and what is committed.

use std::sync::Arc;

use hardware_dashboard::{
    Direction, Event, Stage,
    blob::{ContentMd5, Integrity, UploadOptions, Uploaded},
    model::SafeUrl,
};
use hardware_dashboard_emulator::{Fault, FaultKind, RetryAfter};
use md5::{Digest as _, Md5};

use super::waiting::{BLOCK, BLOCKS, LENGTH, Waiting, append, content};
use crate::support::{self, Watch};

#[tokio::test]
async fn the_package_arrives_and_its_hashes_are_told() {
    let waiting = Waiting::start().await;
    let options = UploadOptions::default().content_md5(ContentMd5::Always);
    let sent = waiting.upload_as(&options).await.expect("it arrives");
    let md5: [u8; 16] = Md5::digest(content()).into();
    let crc64 = crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Nvme, content());
    assert_eq!(sent, Uploaded { bytes: LENGTH, sent: LENGTH, crc64, md5: Some(md5) });
    let answer = reqwest::get(waiting.url().await.expose()).await.expect("blob storage answers");
    let kept = answer.headers().get("content-md5").and_then(|md5| md5.to_str().ok());
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    assert_eq!(kept, Some(BASE64_STANDARD.encode(md5).as_str()));
    assert_eq!(waiting.emulator.calls("putBlock"), BLOCKS);
    waiting.check().await;
}

#[tokio::test]
async fn every_check_and_every_memory_brings_the_package() {
    for integrity in [Integrity::Crc64, Integrity::Md5, Integrity::None] {
        for memory in [0, u64::MAX] {
            let waiting = Waiting::start().await;
            let options = UploadOptions::default().integrity(integrity).memory(memory);
            let sent = waiting.upload_as(&options).await;
            assert_eq!(sent.expect("it arrives").sent, LENGTH, "{integrity:?}, {memory}");
            waiting.check().await;
        }
    }
}

#[tokio::test]
async fn of_blocks_that_fail_only_those_are_sent_again() {
    for kind in [
        FaultKind::status(500),
        FaultKind::status(503),
        FaultKind::throttled(RetryAfter::Seconds(0)),
        FaultKind::status_after_acting(500),
        FaultKind::CloseBeforeReading,
        FaultKind::CloseAfterActing,
        FaultKind::HtmlPage { status: 200, after_acting: false },
        FaultKind::TruncatedBody,
    ] {
        let waiting = Waiting::start().await;
        for (call, nth) in [("getBlockList", 1), ("putBlock", 2), ("putBlockList", 1)] {
            waiting.inject(call, kind.clone(), nth);
        }
        let sent = waiting.upload().await.expect("it arrives");
        assert_eq!((sent.bytes, sent.sent), (LENGTH, LENGTH), "{kind:?}");
        assert_eq!(waiting.emulator.calls("putBlock"), BLOCKS + 1, "{kind:?}");
        assert_eq!(waiting.emulator.calls("putBlockList"), 2, "{kind:?}");
        assert_eq!(waiting.told.pauses().len(), 3, "{kind:?}");
        waiting.check().await;
    }
}

#[tokio::test]
async fn the_pause_that_the_server_asks_for_is_kept() {
    let waiting = Waiting::start().await;
    waiting.inject("putBlock", FaultKind::throttled(RetryAfter::Seconds(1)), 1);
    waiting.upload().await.expect("it arrives");
    assert_eq!(waiting.told.pauses(), [std::time::Duration::from_secs(1)]);
    waiting.check().await;
}

#[tokio::test]
async fn an_upload_that_broke_off_sends_only_what_is_missing() {
    let waiting = Waiting::start().await;
    let fault = Fault::on("putBlock", FaultKind::status(503)).nth(3).forever();
    waiting.emulator.inject(fault).expect("it can happen");
    // One at a time, so that none is given up because a later one has failed.
    let options = UploadOptions::default().memory(0);
    let error = waiting.upload_as(&options).await;
    let error = error.expect_err("the store is down");
    assert_eq!((error.stage(), waiting.blocks_answered(201)), (Stage::Upload, 2));

    waiting.emulator.clear_faults();
    let missing = waiting.emulator.calls("putBlock") + 1;
    let sent = waiting.upload().await.expect("it arrives");
    assert_eq!(sent.sent, LENGTH - 2 * BLOCK);
    assert_eq!((sent.bytes, waiting.emulator.calls("putBlock")), (LENGTH, missing));
    assert!(waiting.told.text().contains("TransferResumed"), "{}", waiting.told.text());
    waiting.check().await;
}

#[tokio::test]
async fn a_package_whose_commit_was_not_heard_of_is_not_sent_again() {
    let waiting = Waiting::start().await;
    let fault = Fault::on("putBlockList", FaultKind::CloseAfterActing).forever();
    waiting.emulator.inject(fault).expect("it can happen");
    let error = waiting.upload().await.expect_err("no answer comes");
    assert!(error.is_network() && error.may_have_been_applied(), "{error:?}");

    waiting.emulator.clear_faults();
    let sent = waiting.upload().await.expect("it is there");
    assert_eq!((sent.bytes, sent.sent), (LENGTH, 0));
    assert_eq!(waiting.emulator.calls("putBlock"), BLOCKS);
    waiting.check().await;
}

#[tokio::test]
async fn a_url_that_ends_in_the_middle_is_renewed_once_and_only_its_blocks_are_sent_again() {
    for call in ["getBlockList", "putBlock", "putBlockList"] {
        let waiting = Waiting::start().await;
        waiting.inject(call, FaultKind::ExpiredSas, 1);
        let sent = waiting.upload().await.expect("it arrives");
        assert_eq!((sent.sent, waiting.blocks_answered(201)), (LENGTH, BLOCKS), "{call}");
        // One for the first URL, one for the next.
        assert_eq!(waiting.emulator.calls("getSubmission"), 2, "{call}");
        waiting.check().await;
    }
}

#[tokio::test]
async fn leftovers_of_another_client_are_cleared_away() {
    let waiting = Waiting::start().await;
    put_block(&waiting.url().await, "c2hvcnQ=").await;
    let sent = waiting.upload().await.expect("it arrives");
    assert_eq!(sent.sent, LENGTH);
    waiting.check().await;
}

/// Stages a block by this id, as any other program would.
async fn put_block(url: &SafeUrl, id: &str) {
    let mut url = url.parse().expect("a URL");
    url.query_pairs_mut().append_pair("comp", "block").append_pair("blockid", id);
    let sent = reqwest::Client::new().put(url).body("something else").send().await;
    assert_eq!(sent.expect("blob storage answers").status(), 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_that_the_server_has_lost_are_sent_again() {
    let waiting = Waiting::start().await;
    waiting.inject("putBlockList", FaultKind::status(503), 1);
    let url = waiting.url().await;
    let watch = Watch(move |event: &Event<'_>| {
        if let Event::Retrying { .. } = event {
            lose_blocks(&url);
        }
    });
    let sent = waiting.upload_watched(watch).await.expect("it arrives");
    assert_eq!((sent.bytes, sent.sent), (LENGTH, 2 * LENGTH));
    assert_eq!(waiting.blocks_answered(201), 2 * BLOCKS);
    waiting.check().await;
}

/// Another blob in the place of this one: its blocks are gone.
fn lose_blocks(url: &SafeUrl) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let url = url.clone();
    let other = std::thread::spawn(move || runtime.block_on(support::put(&url, vec![1])));
    other.join().expect("the other blob is there");
}

#[tokio::test]
async fn a_file_that_changes_meanwhile_is_not_committed() {
    let waiting = Waiting::start().await;
    let package = waiting.package();
    let watch = Watch(move |event: &Event<'_>| {
        if let Event::Transfer { direction: Direction::Upload, done: 0, .. } = event {
            append(&package);
        }
    });
    let error = waiting.upload_watched(watch).await.expect_err("it is another file");
    assert_eq!(error.stage(), Stage::File);
    assert!(error.to_string().contains("changed while it was being sent"), "{error}");
    assert_eq!((waiting.emulator.calls("putBlockList"), waiting.emulator.calls("putBlob")), (0, 0));
}

#[tokio::test]
async fn progress_never_goes_back_and_ends_once() {
    let waiting = Waiting::start().await;
    waiting.inject("putBlock", FaultKind::CloseAfterActing, 1);
    let done = Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = done.clone();
    let watch = Watch(move |event: &Event<'_>| {
        if let Event::Transfer { done, total, .. } = event {
            assert_eq!(*total, Some(LENGTH));
            kept.lock().expect("nobody panics").push(*done);
        }
    });
    waiting.upload_watched(watch).await.expect("it arrives");
    waiting.check().await;
    let done = done.lock().expect("nobody panics");
    assert!(done.is_sorted() && done.len() > 2 * BLOCKS, "{done:?}");
    assert_eq!(done.iter().filter(|done| **done == LENGTH).count(), 1, "{done:?}");
}
