//! Blobs of several ranges behind an emulator that fails: what is asked for again, and what is not.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use hardware_dashboard::{
    Direction, Event, Result, RetryPolicy,
    blob::{DownloadOptions, Downloaded},
    model::DownloadType,
};
use hardware_dashboard_emulator::{Fault, FaultKind, RetryAfter};
use md5::{Digest as _, Md5};
use tempfile::TempDir;

use super::{
    pauses::{pass, pass_until_given_up},
    service::left_in,
    waiting::{LENGTH, Waiting, content},
};
use crate::support::{self, Overheard as _, Told, Watch, clock};

/// One of 8 MiB and one of the rest.
const RANGES: usize = 2;
const PART: u64 = 8 << 20;

const MINUTE: Duration = Duration::from_secs(60);

/// A blob that can be fetched, and where it shall go.
struct Ready {
    waiting: Waiting,
    folder: TempDir,
}

impl Ready {
    async fn start() -> Self {
        Self::of(Waiting::start().await).await
    }

    /// With a client as it is by default.
    async fn patient() -> Self {
        Self::of(Waiting::with(|client| client.retry(RetryPolicy::default())).await).await
    }

    async fn of(waiting: Waiting) -> Self {
        support::put(&waiting.url().await, content().to_vec()).await;
        Self { waiting, folder: tempfile::tempdir().expect("a folder can be made") }
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("echo.cab")
    }

    async fn fetch(&self, options: &DownloadOptions) -> Result<Downloaded> {
        let what = DownloadType::InitialPackage;
        self.waiting.submission.download(&what, &self.target(), options).await.overheard()
    }

    /// The file has arrived as it is, and the blob was asked for so often.
    #[track_caller]
    fn check(&self, fetched: &Result<Downloaded>, asked: usize, case: &str) {
        let fetched = fetched.as_ref().unwrap_or_else(|error| panic!("{case}: {error:?}"));
        let md5: [u8; 16] = Md5::digest(content()).into();
        let whole = Downloaded { path: self.target(), bytes: LENGTH, md5 };
        assert_eq!(*fetched, whole, "{case}");
        assert!(std::fs::read(self.target()).expect("it is there") == content(), "{case}");
        assert_eq!(self.waiting.emulator.calls("getBlob"), asked, "{case}");
        support::check(&self.waiting.emulator);
    }
}

fn plainly() -> DownloadOptions {
    DownloadOptions::default()
}

#[tokio::test]
async fn of_ranges_that_fail_only_those_are_asked_for_again() {
    for kind in [
        FaultKind::status(500),
        FaultKind::status(503),
        FaultKind::status(429),
        FaultKind::throttled(RetryAfter::Seconds(1)),
        FaultKind::CloseBeforeReading,
        FaultKind::CloseAfterActing,
        FaultKind::TruncatedBody,
    ] {
        for nth in [1, 2] {
            let ready = Ready::start().await;
            ready.waiting.inject("getBlob", kind.clone(), nth);
            let fetched = ready.fetch(&plainly()).await;
            ready.check(&fetched, RANGES + 1, &format!("{kind:?}, {nth}"));
            assert_eq!(ready.waiting.told.pauses().len(), 1, "{kind:?}, {nth}");
        }
    }
}

#[tokio::test]
async fn no_byte_of_a_range_that_was_cut_comes_twice() {
    let ready = Ready::start().await;
    ready.waiting.inject("getBlob", FaultKind::TruncatedBody, 2);
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let kept = arrived.clone();
    let watch = Watch(move |event: &Event<'_>| {
        if let Event::Transfer { direction: Direction::Download, done, total } = event {
            assert_eq!(*total, Some(LENGTH));
            kept.lock().expect("nobody panics").push(*done);
        }
    });
    let submission = ready.waiting.watched(watch).await;
    let what = DownloadType::InitialPackage;
    let fetched = submission.download(&what, &ready.target(), &plainly()).await.overheard();
    ready.check(&fetched, RANGES + 1, "cut");
    let arrived = arrived.lock().expect("nobody panics");
    assert!(arrived.is_sorted(), "{arrived:?}");
    assert_eq!((arrived.first(), arrived.last()), (Some(&0), Some(&LENGTH)));
}

#[tokio::test]
async fn ranges_may_come_in_another_order_than_they_were_asked_for() {
    let ready = Ready::start().await;
    // Four ranges, of which the second comes after those behind it have begun.
    let large = content().repeat(3);
    support::put(&ready.waiting.url().await, large.clone()).await;
    ready.waiting.inject("getBlob", FaultKind::status(503), 2);
    let fetched = ready.fetch(&plainly()).await.expect("it comes");
    let md5: [u8; 16] = Md5::digest(&large).into();
    assert_eq!((fetched.bytes, fetched.md5), (3 * LENGTH, md5));
    assert!(std::fs::read(ready.target()).expect("it is there") == large);
    assert_eq!(ready.waiting.emulator.calls("getBlob"), 5);
}

#[tokio::test]
async fn a_url_that_ends_in_the_middle_is_renewed_and_only_its_range_asked_for_again() {
    for nth in [1, 2] {
        let ready = Ready::start().await;
        let before = ready.waiting.emulator.calls("getSubmission");
        ready.waiting.inject("getBlob", FaultKind::ExpiredSas, nth);
        let fetched = ready.fetch(&plainly()).await;
        ready.check(&fetched, RANGES + 1, "expired");
        // One for the first URL, one for the next.
        assert_eq!(ready.waiting.emulator.calls("getSubmission") - before, 2);
    }
}

#[tokio::test]
async fn a_few_connections_do_too() {
    for connections in [0, 1, 100] {
        let ready = Ready::start().await;
        let fetched = ready.fetch(&plainly().connections(connections)).await;
        ready.check(&fetched, RANGES, &format!("{connections}"));
    }
}

#[tokio::test]
async fn a_range_of_which_nothing_comes_is_asked_for_again() {
    for nth in [1, 2] {
        let ready = Ready::patient().await;
        ready.waiting.inject("getBlob", FaultKind::Stall { after_acting: false }, nth);
        let (told, before) = (&ready.waiting.told, (nth - 1) * PART);
        let stalls = async {
            clock::until(|| ready.waiting.emulator.unfired_faults().is_empty()).await;
            // The other range has arrived.
            clock::until(|| told.moved() >= before).await;
            pass_until_given_up(told).await
        };
        let options = plainly();
        let (fetched, waited) = tokio::join!(ready.fetch(&options), stalls);
        ready.check(&fetched, RANGES + 1, "a stall");
        assert!(waited < 2 * MINUTE, "{nth}: {waited:?}");
        assert!(told.text().contains("TransferStalled"), "{nth}");
    }
}

/// How many ranges of the two are missing of which the second fails.
fn missing(told: &Told) -> usize {
    if told.moved() < PART { RANGES } else { 1 }
}

#[tokio::test]
async fn a_server_that_is_away_for_three_minutes_is_waited_for() {
    let ready = Ready::patient().await;
    let away = Fault::on("getBlob", FaultKind::CloseBeforeReading);
    ready.waiting.emulator.inject(away.nth(2).forever()).expect("it can happen");
    let told = &ready.waiting.told;
    let back = async {
        pass(3 * MINUTE, told, || missing(told)).await;
        ready.waiting.emulator.clear_faults();
        pass(3 * MINUTE, told, || missing(told)).await;
    };
    let options = plainly();
    let fetched = tokio::select! {
        fetched = ready.fetch(&options) => fetched,
        () = back => panic!("it is still waited for"),
    };
    ready.check(&fetched, RANGES + told.pauses().len(), "away");
    let waited: Duration = told.pauses().iter().sum();
    assert!(waited >= 2 * MINUTE && waited < 6 * MINUTE, "{waited:?}");
    assert!(told.text().contains("TransferStalled"), "{}", told.text());
}

#[tokio::test]
async fn a_server_that_never_comes_back_is_given_up() {
    let ready = Ready::patient().await;
    let gone = Fault::on("getBlob", FaultKind::CloseBeforeReading);
    ready.waiting.emulator.inject(gone.nth(2).forever()).expect("it can happen");
    let (told, one_by_one) = (&ready.waiting.told, plainly().connections(1));
    let error = tokio::select! {
        fetched = ready.fetch(&one_by_one) => fetched.expect_err("nobody is there"),
        () = pass(30 * MINUTE, told, || missing(told)) => panic!("it is still waited for"),
    };
    assert!(error.is_network() && !error.may_have_been_applied(), "{error:?}");
    let waited: Duration = told.pauses().iter().sum();
    assert!(waited > 5 * MINUTE && waited < 30 * MINUTE, "{waited:?}");
    assert!(!ready.target().exists());
    // What had come is not sent again when it is back.
    ready.waiting.emulator.clear_faults();
    let before = ready.waiting.emulator.calls("getBlob");
    let fetched = ready.fetch(&one_by_one).await;
    ready.check(&fetched, before + 1, "back");
    assert_eq!(left_in(ready.folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn a_hash_that_is_known_is_held_against_the_file() {
    use sha2::Sha256;
    let (md5, sha256) = (Md5::digest(content()).into(), Sha256::digest(content()).into());
    let ready = Ready::start().await;
    let fetched = ready.fetch(&plainly().md5(md5).sha256(sha256)).await;
    ready.check(&fetched, RANGES, "both hashes");
    for (wrong, named) in
        [(plainly().md5([1; 16]), "MD5"), (plainly().md5(md5).sha256([1; 32]), "SHA-256")]
    {
        let ready = Ready::start().await;
        let error = ready.fetch(&wrong).await.expect_err("it is another file");
        assert!(error.to_string().contains(named), "{error}");
        assert!(!ready.target().exists());
        assert_eq!(left_in(ready.folder.path()), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_file_that_is_there_is_replaced_only_when_that_is_said() {
    let ready = Ready::start().await;
    std::fs::write(ready.target(), "mine").expect("there is room");
    let error = ready.fetch(&plainly()).await.expect_err("it is there");
    assert!(error.is_file() && error.to_string().contains("was kept"), "{error:?}");
    assert_eq!(std::fs::read(ready.target()).expect("it is there"), b"mine");
    let fetched = ready.fetch(&plainly().overwrite(true)).await;
    // The first one saw in time that it would be in vain.
    ready.check(&fetched, RANGES, "replaced");
}
