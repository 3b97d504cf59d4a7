use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use chrono::DateTime;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    super::{
        known::{Answer, Known, Mutation, Sending},
        order::{Order, Target},
        state::{Reached, RunKind},
    },
    *,
};
use crate::model::{NewProduct, NewSubmission, ProductId, SubmissionId};

/// What the first version writes.
const VERSION_1: &str = r#"{
    "kind": "hardware-dashboard run",
    "version": 1,
    "correlationId": "0d3a6b3e-6f0c-4c5e-9a44-0b6f1f6f5f10",
    "begun": "2026-11-23T10:00:00Z",
    "order": {
        "preprod": false,
        "product": {
            "productName": "Echo",
            "testHarness": "attestation",
            "requestedSignatures": ["WINDOWS_v100_X64_GE_FULL"]
        },
        "submission": { "name": "Echo", "type": "initial" },
        "package": "/packages/echo.cab",
        "target": { "path": "/packages/signed.zip", "overwrite": false },
        "shipment": null
    },
    "known": {
        "product": { "done": 14631253285588838 },
        "submission": { "done": 1152921504621442000 },
        "uploaded": true,
        "commit": {
            "intended": { "at": "2026-11-23T10:00:07Z", "there": null, "requestId": null }
        },
        "metadata": "notSent",
        "file": null,
        "label": "notSent",
        "package": "notSent",
        "sparePackages": 0
    }
}"#;

const SENDING: Sending = Sending { at: DateTime::UNIX_EPOCH, request_id: Uuid::nil() };

fn record() -> Record {
    let mut known = Known::default();
    known.product.intend(SENDING, Some(vec![ProductId::new(7)]));
    let order = Order {
        product: Some(NewProduct::attestation("Echo", vec!["WINDOWS_v100_X64_GE_FULL".into()])),
        submission: Some(NewSubmission::initial("Echo")),
        package: Some("/packages/echo.cab".into()),
        target: Some(Target::new("/packages/signed.zip")),
        ..Order::default()
    };
    Record::new(Uuid::nil(), order, known)
}

/// The error of a file with this content, which is left as it is.
fn refused(content: &[u8]) -> Error {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.journal");
    fs::write(&path, content).unwrap();
    let error = Journal::open(&path).unwrap_err();
    assert!(error.is_input() && !error.hint().is_empty(), "{error:?}");
    assert!(Journal::create(&path).unwrap_err().to_string().contains("there already"));
    assert_eq!(fs::read(&path).unwrap(), content, "it was left as it is");
    error
}

fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut json = serde_json::from_slice(&record().to_json(Path::new("j")).unwrap()).unwrap();
    change(&mut json);
    serde_json::to_vec(&json).unwrap()
}

#[test]
fn what_was_written_last_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.journal");
    let mut record = record();
    let mut journal = Journal::create(&path).unwrap();
    assert!(journal.take().is_none() && !path.exists());
    journal.write(&record).unwrap();
    record.known.product.answered(Answer::Done(ProductId::new(8)));
    journal.write(&record).unwrap();
    drop(journal);
    let mut journal = Journal::open(&path).unwrap();
    assert!(journal.is_held());
    assert_eq!(journal.take(), Some(record));
    let mut names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["run.journal", "run.journal.lock"]);
}

#[test]
fn a_second_hand_is_kept_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.journal");
    let mut first = Journal::create(&path).unwrap();
    first.write(&record()).unwrap();
    for second in [Journal::open(&path), Journal::create(&path)] {
        let error = second.unwrap_err();
        assert!(error.to_string().contains("is in use"), "{error}");
    }
    drop(first);
    Journal::open(&path).unwrap();
}

#[test]
#[cfg(unix)]
fn whichever_path_leads_to_a_journal_it_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.journal");
    let linked_folder = folder.path().join("folder");
    std::os::unix::fs::symlink(folder.path(), &linked_folder).unwrap();
    let mut first = Journal::create(linked_folder.join("run.journal")).unwrap();
    first.write(&record()).unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("run.journal", &link).unwrap();
    for other in [&path, &link, &folder.path().join("folder/./link")] {
        let error = Journal::open(other).unwrap_err();
        assert!(error.to_string().contains("is in use"), "{error}");
        assert!(Journal::inspect(other).unwrap().is_in_use(), "{}", other.display());
    }
    drop(first);
    let mut linked = Journal::open(&link).unwrap();
    assert_eq!(linked.path(), Some(link.as_path()), "it is called as it was named");
    let mut changed = record();
    changed.correlation_id = Uuid::max();
    linked.write(&changed).unwrap();
    drop(linked);
    assert!(link.is_symlink(), "it leads to the file that was written");
    assert_eq!(Journal::open(&path).unwrap().take(), Some(changed));
}

#[test]
fn what_a_crash_has_left_is_no_obstacle_and_goes_with_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.journal");
    let left = folder.path().join("run.journal.new");
    let mut journal = Journal::create(&path).unwrap();
    fs::write(&left, "{ \"kind\"").unwrap();
    journal.write(&record()).unwrap();
    assert!(!left.exists());
    fs::write(&left, "{ \"kind\"").unwrap();
    journal.remove().unwrap();
    assert!(!left.exists() && !path.exists());
}

/// A listing of runs goes on all the time while one of them is begun, left and resumed.
#[test]
fn to_look_into_a_journal_keeps_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.journal");
    fs::write(&path, record().to_json(&path).unwrap()).unwrap();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    Journal::inspect(&path).unwrap();
                }
            });
        }
        for _ in 0..200 {
            let opened = Journal::open(&path);
            if opened.is_err() {
                is_over.store(true, Ordering::Relaxed);
            }
            opened.unwrap();
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_torn_journal_is_refused_at_whichever_byte_it_ends() {
    let whole = record().to_json(Path::new("j")).unwrap();
    for end in (0..whole.len()).step_by(29) {
        let error = refused(&whole[..end]);
        assert!(error.to_string().contains("not a whole journal"), "{end}: {error}");
    }
}

#[test]
fn what_is_no_journal_of_ours_is_refused_with_a_reason() {
    for (content, word) in [
        (b"[]".to_vec(), "no journal"),
        (br#"{"kind":"something else","version":1}"#.to_vec(), "no journal"),
        (changed(|json| json["version"] = json!(3)), "version 3, and this program knows 2"),
        (changed(|json| json["version"] = json!(0)), "without a version"),
        (changed(|json| json["version"] = json!("1")), "without a version"),
        (changed(|json| json["known"]["product"] = json!("perhaps")), "known.product"),
        (changed(|json| json["new"] = json!(1)), "damaged"),
    ] {
        let error = refused(&content);
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[test]
fn a_journal_that_is_not_there_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let error = Journal::open(folder.path().join("run.journal")).unwrap_err();
    assert!(error.is_file() && error.to_string().contains("is not there"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is made beside it");
}

/// What the first version wrote is read for ever.
#[test]
fn a_journal_of_the_first_version_is_read() {
    let read = Record::read(Path::new("j"), VERSION_1.as_bytes()).unwrap();
    assert_eq!(read.known.product.done(), Some(ProductId::new(14_631_253_285_588_838)));
    assert!(read.known.uploaded && read.known.commit.done().is_none());
    assert!(
        !read.known.product_adopted && read.known.fingerprint.is_none(),
        "it was not noted then"
    );
    let written: Value = serde_json::from_slice(&read.to_json(Path::new("j")).unwrap()).unwrap();
    assert_eq!(written["version"], 2, "older programs do not know what is noted from now on");
    assert_eq!(read.order.package(), Path::new("/packages/echo.cab"));
}

#[test]
fn a_journal_is_looked_into_without_being_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.journal");
    fs::write(&path, VERSION_1).unwrap();
    let seen = Journal::inspect(&path).unwrap();
    assert_eq!((seen.kind(), seen.reached()), (RunKind::Sign, Reached::Uploaded));
    assert!(seen.is_unclear() && seen.has_acted() && !seen.is_in_use());
    assert_eq!(seen.target(), Some(Path::new("/packages/signed.zip")));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no lock was made");
    let held = Journal::open(&path).unwrap();
    assert!(Journal::inspect(&path).unwrap().is_in_use());
    drop(held);
    assert!(!Journal::inspect(&path).unwrap().is_in_use());
    fs::write(&path, "{").unwrap();
    assert!(Journal::inspect(&path).unwrap_err().is_input());
}

#[test]
fn how_far_a_run_is_stands_in_its_journal() {
    let (product, submission) = (ProductId::new(7), SubmissionId::new(8));
    let state = |order: &Order, known: &Known| {
        RunState::new(Record::new(Uuid::nil(), order.clone(), known.clone()), false)
    };
    let target = Some(Target::new("signed.zip"));
    let attach = Order { target: target.clone(), ..Order::default() };
    let mut known = Known::of_submission(product, submission);
    let seen = state(&attach, &known);
    // What was there before is nothing that it has done.
    assert_eq!((seen.kind(), seen.reached()), (RunKind::Attach, Reached::Begun));
    assert!(!seen.has_acted() && seen.product_id() == Some(product));
    known.commit = Mutation::Done(());
    assert_eq!(state(&attach, &known).reached(), Reached::Committed);
    let update = Order { submission: Some(NewSubmission::derived("More ids")), ..attach };
    assert_eq!(state(&update, &known).kind(), RunKind::Update);
    let preprod = Order { preprod: true, target, ..Order::default() };
    let mut known = Known::default();
    known.package.intend(SENDING, None);
    let seen = state(&preprod, &known);
    assert_eq!((seen.kind(), seen.reached()), (RunKind::Preprod, Reached::Begun));
    assert!(seen.has_acted() && seen.is_unclear());
    assert_eq!(seen.open_request_id(), Some(SENDING.request_id));
    known.package.answered(Answer::Lost(Some(Uuid::max())));
    assert_eq!(state(&preprod, &known).open_request_id(), Some(Uuid::max()), "it is a later one's");
    known.package.answered(Answer::Refused);
    assert_eq!(state(&preprod, &known).open_request_id(), None);
}

#[test]
fn a_journal_that_is_removed_leaves_nothing_and_keeps_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.journal");
    let mut journal = Journal::create(&path).unwrap();
    journal.write(&record()).unwrap();
    journal.remove().unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), usize::from(cfg!(not(unix))));
    let mut journal = Journal::create(&path).unwrap();
    journal.write(&record()).unwrap();
}
