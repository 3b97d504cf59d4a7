//! Blob storage that is away for minutes, or says nothing.

use std::time::Duration;

use hardware_dashboard::{RetryPolicy, blob::UploadOptions};
use hardware_dashboard_emulator::{Fault, FaultKind};
use tokio::time::Instant;

use super::{
    pauses::{pass, pass_until_given_up},
    waiting::{BLOCK, BLOCKS, LENGTH, Waiting},
};
use crate::support::clock;

const MINUTE: Duration = Duration::from_secs(60);

/// With a client as it is by default.
async fn waiting() -> Waiting {
    Waiting::with(|client| client.retry(RetryPolicy::default())).await
}

#[tokio::test]
async fn a_server_that_is_away_for_three_minutes_is_waited_for() {
    let waiting = waiting().await;
    let away = Fault::on("putBlock", FaultKind::CloseBeforeReading).nth(2).forever();
    waiting.emulator.inject(away).expect("it can happen");
    let missing = || BLOCKS - waiting.blocks_answered(201);
    let back = async {
        pass(3 * MINUTE, &waiting.told, missing).await;
        waiting.emulator.clear_faults();
        pass(3 * MINUTE, &waiting.told, missing).await;
    };
    let start = Instant::now();
    let sent = tokio::select! {
        sent = waiting.upload() => sent.expect("it arrives"),
        () = back => panic!("it is still waited for"),
    };
    assert_eq!((sent.bytes, sent.sent), (LENGTH, LENGTH));
    assert!(start.elapsed() >= 3 * MINUTE, "{:?}", start.elapsed());
    assert_eq!(waiting.blocks_answered(201), BLOCKS);
    assert!(waiting.told.text().contains("TransferStalled"), "{}", waiting.told.text());
    waiting.check().await;
}

#[tokio::test]
async fn a_connection_on_which_nothing_moves_is_given_up() {
    for (call, bytes) in [("putBlock", BLOCK), ("putBlockList", 0)] {
        let waiting = waiting().await;
        waiting.inject(call, FaultKind::Stall { after_acting: false }, 1);
        let stalls = async {
            clock::until(|| waiting.emulator.unfired_faults().is_empty()).await;
            // All of it has gone, and the answer alone is missing.
            clock::until(|| waiting.told.moved() >= bytes).await;
            pass_until_given_up(&waiting.told).await
        };
        // One at a time, so that nothing else is on its way.
        let options = UploadOptions::default().memory(0);
        let (sent, waited) = tokio::join!(waiting.upload_as(&options), stalls);
        let sent = sent.expect("it arrives");
        assert_eq!((sent.bytes, sent.sent), (LENGTH, LENGTH));
        assert!(waited < 5 * MINUTE, "{call}: {waited:?}");
        assert_eq!(waiting.blocks_answered(201), BLOCKS, "{call}");
        waiting.check().await;
    }
}

#[tokio::test]
async fn a_server_that_never_comes_back_is_given_up() {
    let waiting = waiting().await;
    let gone = Fault::on("putBlock", FaultKind::CloseBeforeReading).forever();
    waiting.emulator.inject(gone).expect("it can happen");
    let start = Instant::now();
    let error = tokio::select! {
        sent = waiting.upload() => sent.expect_err("nobody is there"),
        () = pass(30 * MINUTE, &waiting.told, || BLOCKS) => panic!("it is still waited for"),
    };
    assert!(error.is_network(), "{error:?}");
    assert!(start.elapsed() > 5 * MINUTE, "{:?}", start.elapsed());
}
