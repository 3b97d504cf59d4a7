//! A disk that fails in the middle of a download.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use hardware_dashboard::{Client, Direction, Error, Event, Stage};
use hardware_dashboard_emulator::Emulator;
use tempfile::TempDir;

use super::service::{left_in, silent_emulator};
use crate::support::{self, Overheard as _, SIGNED, Watch};

/// A run during which something happens to the disk.
async fn run(
    emulator: &Emulator,
    folder: &Path,
    when: fn(&Event<'_>) -> bool,
    what: impl Fn() + Send + Sync + 'static,
) -> Error {
    let happened = AtomicBool::new(false);
    let watch = Watch(move |event: &Event<'_>| {
        if when(event) && !happened.swap(true, Ordering::Relaxed) {
            what();
        }
    });
    let client: Client = support::client(emulator).build().expect("a client");
    let mut run = support::begin(client.with_reporter(Arc::new(watch)), folder);
    run.until_done().await.overheard().expect_err("the disk has failed")
}

fn folders() -> (TempDir, std::path::PathBuf) {
    let outer = tempfile::tempdir().expect("a folder can be made");
    let inner = outer.path().join("out");
    fs::create_dir(&inner).expect("a folder can be made");
    (outer, inner)
}

fn begun(event: &Event<'_>) -> bool {
    matches!(event, Event::Transfer { direction: Direction::Download, .. })
}

fn committed(event: &Event<'_>) -> bool {
    matches!(event, Event::Committed)
}

#[tokio::test]
async fn a_folder_that_is_gone_is_no_reason_to_fetch_anything() {
    let emulator = silent_emulator().await;
    let (_outer, folder) = folders();
    let gone = folder.clone();
    let error =
        run(&emulator, &folder, committed, move || fs::remove_dir_all(&gone).expect("it is there"));
    let error = error.await;
    assert!(error.is_file() && error.stage() == Stage::File, "{error:?}");
    assert!(error.to_string().contains(SIGNED), "{error}");
    assert_eq!(emulator.calls("getBlob"), 0);
    support::check(&emulator);
}

#[tokio::test]
async fn a_folder_that_goes_while_bytes_come_is_not_tried_again() {
    let emulator = silent_emulator().await;
    let (outer, folder) = folders();
    let gone = folder.clone();
    let error =
        run(&emulator, &folder, begun, move || fs::remove_dir_all(&gone).expect("it is there"));
    let error = error.await;
    assert!(error.is_file() && !error.may_have_been_applied(), "{error:?}");
    assert_eq!(emulator.calls("getBlob"), 1);
    assert_eq!(fs::read_dir(outer.path()).expect("a folder").count(), 0);
    support::check(&emulator);
}

#[tokio::test]
async fn a_file_that_comes_meanwhile_is_kept() {
    let emulator = silent_emulator().await;
    let (_outer, folder) = folders();
    let target = folder.join(SIGNED);
    let other = target.clone();
    let error =
        run(&emulator, &folder, begun, move || fs::write(&other, "mine").expect("there is room"));
    let error = error.await;
    assert!(error.is_file() && error.to_string().contains("was kept"), "{error:?}");
    assert_eq!(fs::read(&target).expect("it is there"), b"mine");
    assert_eq!(left_in(&folder), [SIGNED]);
    assert_eq!(emulator.calls("getBlob"), 2, "once more, to compare");
}
