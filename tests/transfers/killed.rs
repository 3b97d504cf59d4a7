//! A download whose process was killed, and which another process goes on with.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hardware_dashboard::{
    Result,
    blob::{DownloadOptions, Downloaded},
};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::{
    child::{self, Child, Orders},
    sas,
    service::{header, left_in},
    waiting::{LENGTH, content},
};
use crate::support::{Overheard as _, Scripted, Silent, Told, reply};

const MIB: u64 = 1 << 20;

/// So much is asked for at once.
const RANGE: u64 = 8 * MIB;

/// What happens to a blob.
type Change = fn(&mut Blob);

/// A blob, and how much of it was sent.
struct Blob {
    path: &'static str,
    etag: &'static str,
    content: Vec<u8>,
    sent: u64,
}

impl Blob {
    /// What blob storage answers.
    fn answer(&mut self, request: &str) -> Vec<u8> {
        let has_changed = header(request, "if-match").is_some_and(|etag| etag != self.etag);
        if has_changed {
            return reply("412 Precondition Failed", "", b"");
        }
        let etag =
            if self.etag.is_empty() { String::new() } else { format!("etag: {}\r\n", self.etag) };
        let Some((start, end)) = range(request) else {
            self.sent += self.content.len() as u64;
            return reply("200 OK", &etag, &self.content);
        };
        let (end, total) = (end.min(self.content.len()), self.content.len());
        self.sent += (end - start) as u64;
        let headers = format!("{etag}content-range: bytes {start}-{}/{total}\r\n", end - 1);
        reply("206 Partial Content", &headers, &self.content[start..end])
    }
}

/// The first byte that is asked for, and the one behind the last.
fn range(request: &str) -> Option<(usize, usize)> {
    let (start, last) = header(request, "range")?.strip_prefix("bytes=")?.split_once('-')?;
    Some((start.parse().ok()?, last.parse::<usize>().ok()? + 1))
}

/// A service with a blob, and where that shall go.
struct Scene {
    /// The name of the test, for the processes that it starts.
    test: &'static str,
    server: Silent<Scripted>,
    blob: Arc<Mutex<Blob>>,
    folder: TempDir,
    told: Told,
}

impl Scene {
    async fn start(test: &'static str) -> Self {
        let blob = Blob { path: "/blob", etag: "\"first\"", content: content().to_vec(), sent: 0 };
        let blob = Arc::new(Mutex::new(blob));
        let served = blob.clone();
        let server = Scripted::start(move |request, origin| {
            let mut blob = served.lock().unwrap_or_else(PoisonError::into_inner);
            if request.starts_with("GET /hardware/") {
                let url = sas(origin, "r").replacen("/blob", blob.path, 1);
                let item = format!(r#"{{ "type": "initialPackage", "url": "{url}" }}"#);
                let body = format!(r#"{{ "id": 2, "downloads": {{ "items": [{item}] }} }}"#);
                return reply("200 OK", "content-type: application/json\r\n", body.as_bytes());
            }
            blob.answer(request)
        });
        let folder = tempfile::tempdir().expect("a folder can be made");
        Self { test, server: Silent::around(server.await), blob, folder, told: Told::default() }
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("echo.zip")
    }

    fn blob(&self) -> MutexGuard<'_, Blob> {
        self.blob.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A process that waits when so much is there.
    async fn child(&self, wait_at: u64, connections: usize) -> Child {
        let (api, target) = (self.server.origin().to_owned(), self.target());
        let orders = Orders { api, target, connections, wait_at };
        let test = format!("transfers::killed::{}", self.test);
        let started = tokio::task::spawn_blocking(move || {
            let mut child = Child::start(&test, &orders);
            child.wait();
            child
        });
        started.await.expect("it waits")
    }

    /// Kills a process when so much is there, and gives how much of it is noted.
    async fn kill_at(&self, wait_at: u64, connections: usize) -> u64 {
        self.child(wait_at, connections).await.kill();
        assert_eq!(left_in(self.folder.path()).len(), 2, "the file and its note");
        self.noted()
    }

    /// How much is noted to be there.
    fn noted(&self) -> u64 {
        let note = fs::read_to_string(self.note()).expect("it is there");
        assert!(!note.contains("sig") && !note.contains("127.0.0.1"), "{note}");
        let piece = |line: &str| {
            let mut ends = line.split(' ').map(|word| word.parse::<u64>().expect("a number"));
            let (start, end) = (ends.next().expect("a start"), ends.next().expect("an end"));
            end - start
        };
        note.lines().skip(1).map(|line| piece(line.rsplit_once(' ').expect("a hash").0)).sum()
    }

    fn note(&self) -> PathBuf {
        self.folder.path().join(".echo.zip.note")
    }

    fn part(&self) -> PathBuf {
        self.folder.path().join(".echo.zip.part")
    }

    async fn fetch(&self, options: &DownloadOptions) -> Result<Downloaded> {
        self.blob().sent = 0;
        let submission = child::submission(self.server.origin(), self.told.clone());
        child::fetch(&submission, &self.target(), options).await.overheard()
    }

    /// The file comes as it is now, nothing else is left, and so much was sent.
    async fn arrives(&self, options: &DownloadOptions, sent: u64) {
        let fetched = self.fetch(options).await.expect("it comes");
        assert_eq!(fetched.bytes, LENGTH);
        assert!(fs::read(self.target()).expect("it is there") == self.blob().content);
        assert_eq!(left_in(self.folder.path()), ["echo.zip"]);
        assert_eq!(self.blob().sent, sent);
    }
}

fn plainly() -> DownloadOptions {
    DownloadOptions::default()
}

#[tokio::test]
async fn only_what_is_missing_is_sent_to_the_next_process() {
    if child::run().await {
        return;
    }
    for connections in [1, 8] {
        let scene = Scene::start("only_what_is_missing_is_sent_to_the_next_process").await;
        let noted = scene.kill_at(5 * MIB, connections).await;
        assert!(noted >= if connections == 1 { 4 * MIB } else { 0 } && noted < LENGTH, "{noted}");
        scene.arrives(&plainly(), LENGTH - noted).await;
        let resumed = format!("TransferResumed {{ direction: Download, there: {noted}");
        assert!(noted == 0 || scene.told.text().contains(&resumed), "{}", scene.told.text());
    }
}

#[tokio::test]
async fn a_process_may_be_killed_again_and_again() {
    if child::run().await {
        return;
    }
    let scene = Scene::start("a_process_may_be_killed_again_and_again").await;
    let mut noted = 0;
    for life in 1..4 {
        let more = scene.kill_at(noted + 2 * MIB + MIB / 2, 1).await;
        assert!(more > noted, "life {life}: {noted}, then {more}");
        noted = more;
    }
    // What was there when the last one was killed, has a hash that is known, too.
    let sha256 = Sha256::digest(content()).into();
    scene.arrives(&plainly().sha256(sha256), LENGTH - noted).await;
}

#[tokio::test]
async fn of_a_file_that_is_all_there_the_last_byte_is_asked_for() {
    if child::run().await {
        return;
    }
    let scene = Scene::start("of_a_file_that_is_all_there_the_last_byte_is_asked_for").await;
    scene.kill_at(5 * MIB, 1).await;
    // As if it had been killed just before it gave the file its name.
    fs::write(scene.part(), content()).expect("there is room");
    let note = fs::read_to_string(scene.note()).expect("it is there");
    let head = note.lines().next().expect("a line");
    let hash = twox_hash::XxHash3_128::oneshot(content());
    let all = format!("{head}\n0 {LENGTH} {hash:032x}");
    fs::write(scene.note(), all).expect("there is room");
    scene.arrives(&plainly(), 1).await;
    let blobs = scene.server.requests("GET /blob");
    let last = blobs.last().expect("it was asked for");
    assert_eq!(header(last, "if-match"), Some("\"first\""));
}

#[tokio::test]
async fn another_file_is_begun_anew() {
    if child::run().await {
        return;
    }
    let other: Vec<u8> = content().iter().map(|byte| byte ^ 0x55).collect();
    let changes: [(Change, u64); 3] = [
        (|blob| blob.etag = "\"second\"", LENGTH),
        (|blob| blob.path = "/blob-of-another-submission", LENGTH),
        // It is not known that the ranges belong together: after the first one all comes at once.
        (|blob| blob.etag = "", RANGE + LENGTH),
    ];
    for (case, (change, sent)) in changes.into_iter().enumerate() {
        let scene = Scene::start("another_file_is_begun_anew").await;
        scene.kill_at(5 * MIB, 1).await;
        change(&mut scene.blob());
        scene.blob().content.clone_from(&other);
        println!("case {case}");
        scene.arrives(&plainly(), sent).await;
    }
}

#[tokio::test]
async fn without_an_etag_nothing_is_noted_and_the_next_process_begins_anew() {
    if child::run().await {
        return;
    }
    let scene = Scene::start("without_an_etag_nothing_is_noted_and_the_next_process_begins_anew");
    let scene = scene.await;
    scene.blob().etag = "W/\"weak\"";
    for _ in 0..3 {
        scene.child(5 * MIB, 1).await.kill();
        assert_eq!(left_in(scene.folder.path()), [".echo.zip.part"], "they do not pile up");
    }
    scene.arrives(&plainly(), RANGE + LENGTH).await;
}

#[tokio::test]
async fn what_is_not_there_as_it_was_noted_is_fetched_again() {
    if child::run().await {
        return;
    }
    let damage: [fn(&Scene); 4] = [
        |scene| fs::remove_file(scene.note()).expect("it is there"),
        |scene| fs::write(scene.note(), [0; 4096]).expect("there is room"),
        |scene| fs::write(scene.part(), [0; 4096]).expect("there is room"),
        |scene| fs::remove_file(scene.part()).expect("it is there"),
    ];
    for (case, damage) in damage.iter().enumerate() {
        let scene = Scene::start("what_is_not_there_as_it_was_noted_is_fetched_again").await;
        scene.kill_at(5 * MIB, 1).await;
        damage(&scene);
        println!("case {case}");
        scene.arrives(&plainly(), LENGTH).await;
    }
}

#[tokio::test]
async fn of_a_torn_note_what_is_whole_counts() {
    if child::run().await {
        return;
    }
    let scene = Scene::start("of_a_torn_note_what_is_whole_counts").await;
    let noted = scene.kill_at(5 * MIB, 1).await;
    let note = fs::read_to_string(scene.note()).expect("it is there");
    let last = note.lines().last().expect("a line");
    let mut words = last.split(' ').map(|word| word.parse::<u64>().unwrap_or_default());
    let (start, end) = (words.next().expect("a start"), words.next().expect("an end"));
    fs::write(scene.note(), &note[..note.len() - 7]).expect("there is room");
    scene.arrives(&plainly(), LENGTH - noted + (end - start)).await;
}

#[tokio::test]
async fn what_does_not_have_the_known_hash_in_the_end_is_begun_anew_once() {
    if child::run().await {
        return;
    }
    let scene = Scene::start("what_does_not_have_the_known_hash_in_the_end_is_begun_anew_once");
    let scene = scene.await;
    let noted = scene.kill_at(5 * MIB, 1).await;
    // The server tells the same ETag of another content.
    let other: Vec<u8> = content().iter().map(|byte| byte ^ 0x55).collect();
    scene.blob().content.clone_from(&other);
    let known = plainly().sha256(Sha256::digest(&other).into());
    scene.arrives(&known, LENGTH - noted + LENGTH).await;

    fs::remove_file(scene.target()).expect("it is there");
    let noted = scene.kill_at(5 * MIB, 1).await;
    let error = scene.fetch(&plainly().sha256([7; 32])).await.expect_err("it never has that hash");
    assert!(error.to_string().contains("SHA-256"), "{error}");
    assert_eq!(scene.blob().sent, LENGTH - noted + LENGTH);
    assert_eq!(left_in(scene.folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn two_processes_at_the_same_time_do_not_meet() {
    if child::run().await {
        return;
    }
    let scene = Scene::start("two_processes_at_the_same_time_do_not_meet").await;
    let first = scene.child(5 * MIB, 1).await;
    let second = scene.child(5 * MIB, 1).await;
    assert_eq!(left_in(scene.folder.path()).len(), 4, "a file and a note each");
    scene.blob().sent = 0;
    let fetched = scene.fetch(&plainly()).await.expect("it comes");
    assert_eq!(
        (fetched.bytes, scene.blob().sent),
        (LENGTH, LENGTH),
        "it had nothing to go on with"
    );
    assert_eq!(left_in(scene.folder.path()).len(), 5, "both are still at work");
    for child in [second, first] {
        tokio::task::spawn_blocking(|| child.go_on()).await.expect("it ends well");
        assert!(fs::read(scene.target()).expect("it is there") == content());
    }
    assert_eq!(left_in(scene.folder.path()), ["echo.zip"]);
}
