//! Blob storage that is away for minutes, or says nothing, as the paused clock sees it.

use std::time::Duration;

use hardware_dashboard::RetryPolicy;
use hardware_dashboard_emulator::{Fault, FaultKind};

use super::waiting::{BLOCKS, LENGTH, Waiting};

const MINUTE: Duration = Duration::from_secs(60);

/// With a client as it is by default.
async fn waiting() -> Waiting {
    Waiting::with(|client| client.retry(RetryPolicy::default())).await
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_away_for_three_minutes_is_waited_for() {
    let waiting = waiting().await;
    let away = Fault::on("putBlock", FaultKind::CloseBeforeReading).nth(2).forever();
    waiting.emulator.inject(away).expect("it can happen");
    let back = async {
        tokio::time::sleep(3 * MINUTE).await;
        waiting.emulator.clear_faults();
    };
    let start = tokio::time::Instant::now();
    let (sent, ()) = tokio::join!(waiting.upload(), back);
    let sent = sent.expect("it arrives");
    assert_eq!((sent.bytes, sent.sent), (LENGTH, LENGTH));
    assert!(start.elapsed() >= 3 * MINUTE && start.elapsed() < 6 * MINUTE);
    assert_eq!(waiting.blocks_answered(201), BLOCKS);
    assert!(waiting.told.text().contains("TransferStalled"), "{}", waiting.told.text());
    waiting.check().await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_on_which_nothing_moves_is_given_up() {
    for call in ["putBlock", "putBlockList"] {
        let waiting = waiting().await;
        waiting.inject(call, FaultKind::Stall { after_acting: false }, 1);
        let start = tokio::time::Instant::now();
        let sent = waiting.upload().await.expect("it arrives");
        assert_eq!((sent.bytes, sent.sent), (LENGTH, LENGTH));
        assert!(start.elapsed() < 5 * MINUTE, "{call}: {:?}", start.elapsed());
        assert_eq!(waiting.blocks_answered(201), BLOCKS, "{call}");
        waiting.check().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_comes_back_is_given_up() {
    let waiting = waiting().await;
    let gone = Fault::on("putBlock", FaultKind::CloseBeforeReading).forever();
    waiting.emulator.inject(gone).expect("it can happen");
    let start = tokio::time::Instant::now();
    let error = waiting.upload().await.expect_err("nobody is there");
    assert!(error.is_network(), "{error:?}");
    assert!(start.elapsed() > 5 * MINUTE && start.elapsed() < 30 * MINUTE);
    waiting.check_silence();
}
