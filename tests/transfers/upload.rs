//! Uploads through a blob store that fails, and files that change meanwhile.

use std::{fs, sync::Arc};

use hardware_dashboard::{Direction, Event, Stage, workflow::Outcome};
use hardware_dashboard_emulator::{Emulator, Fault, FaultKind};

use super::service::silent_emulator;
use crate::support::{self, Overheard as _, Told, Watch};

/// How often a package was created, given a submission and committed.
fn made(emulator: &Emulator) -> [usize; 3] {
    ["createProduct", "createSubmission", "commitSubmission"].map(|call| emulator.calls(call))
}

#[tokio::test]
async fn a_block_that_failed_is_sent_again() {
    for call in ["putBlob"] {
        for kind in [
            FaultKind::status(500),
            FaultKind::status(502),
            FaultKind::status(503),
            FaultKind::status_after_acting(500),
            FaultKind::CloseBeforeReading,
            FaultKind::CloseAfterActing,
        ] {
            let emulator = silent_emulator().await;
            emulator.inject(Fault::on(call, kind.clone()).times(2)).expect("it can happen");
            let folder = tempfile::tempdir().expect("a folder can be made");
            let client =
                support::client(&emulator).reporter(Told::default()).build().expect("a client");
            let outcome = support::begin(client, folder.path()).until_done().await.overheard();
            assert!(matches!(outcome, Ok(Outcome::Done(_))), "{call}, {kind:?}: {outcome:?}");
            assert_eq!(emulator.calls(call), 3, "{call}, {kind:?}");
            assert_eq!(made(&emulator), [1, 1, 1], "{call}, {kind:?}");
            support::check(&emulator);
        }
    }
}

#[tokio::test]
async fn an_upload_that_failed_for_good_is_gone_on_with() {
    let emulator = silent_emulator().await;
    let fault = Fault::on("putBlob", FaultKind::status(503)).forever();
    emulator.inject(fault).expect("it can happen");
    let folder = tempfile::tempdir().expect("a folder can be made");
    let client = support::client(&emulator).reporter(Told::default()).build().expect("a client");
    let mut run = support::begin(client, folder.path());
    let error = run.until_done().await.overheard().expect_err("the store is down");
    assert_eq!(error.stage(), Stage::Upload);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
    // The run begins the upload anew ten times.
    assert_eq!((emulator.calls("putBlob"), made(&emulator)), (11 * 3, [1, 1, 0]));
    emulator.clear_faults();
    let outcome = run.until_done().await.overheard();
    assert!(matches!(outcome, Ok(Outcome::Done(_))), "{outcome:?}");
    assert_eq!(made(&emulator), [1, 1, 1]);
    support::check(&emulator);
}

#[tokio::test]
async fn a_url_that_has_expired_is_asked_for_anew() {
    for call in ["putBlob", "getBlob"] {
        let emulator = silent_emulator().await;
        emulator.inject(Fault::on(call, FaultKind::ExpiredSas)).expect("it can happen");
        let folder = tempfile::tempdir().expect("a folder can be made");
        let client =
            support::client(&emulator).reporter(Told::default()).build().expect("a client");
        let outcome = support::begin(client, folder.path()).until_done().await.overheard();
        assert!(matches!(outcome, Ok(Outcome::Done(_))), "{call}: {outcome:?}");
        let refused = emulator.exchanges();
        let refused = refused.iter().filter(|exchange| exchange.status() == Some(403)).count();
        assert_eq!((refused, made(&emulator)), (1, [1, 1, 1]), "{call}");
        support::check(&emulator);
    }
}

#[tokio::test]
async fn a_file_that_changes_while_it_is_sent_is_not_committed() {
    let emulator = silent_emulator().await;
    let folder = tempfile::tempdir().expect("a folder can be made");
    let package = folder.path().join("echo.cab");
    let watch = Watch(move |event: &Event<'_>| {
        if let Event::Transfer { direction: Direction::Upload, done: 0, .. } = event {
            fs::write(&package, "MSCF, but another one").expect("there is room");
        }
    });
    let client = support::client(&emulator).reporter(Told::default()).build().expect("a client");
    let mut run = support::begin(client.with_reporter(Arc::new(watch)), folder.path());
    let error = run.until_done().await.overheard().expect_err("the file is another one");
    assert_eq!(error.stage(), Stage::File);
    assert!(error.to_string().contains("changed while it was being sent"), "{error}");
    assert!(!error.may_have_been_applied());
    assert_eq!((emulator.calls("putBlob"), made(&emulator)), (0, [1, 1, 0]));
    support::check(&emulator);
}
