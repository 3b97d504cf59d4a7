//! A system that does not take a file: what is said, and that nothing of it is left. Disks are real ones
//! where something may be mounted.
#![cfg(unix)]

use std::{
    env, fs,
    io::{self, Write as _},
    path::Path,
    process::Command,
    thread,
    time::Duration,
};

use hardware_dashboard::{
    Client, Error,
    blob::DownloadOptions,
    model::{DownloadType, ProductId, SubmissionId},
};
use tempfile::TempDir;

use super::{TOKEN, sas};
use crate::support::{
    Given, Overheard as _, Scripted, Silent, Told, end_when_hung, impatient, reply,
};

/// The name of the limit that the process has met.
const LIMITED: &str = "HARDWARE_DASHBOARD_TEST_LIMIT";

/// Far more than the limit.
const LENGTH: usize = 9 << 20;

/// Fetches the blob of a service in memory: whoever writes to the disk is the client.
#[tokio::main(flavor = "current_thread")]
async fn fetch(target: &Path) -> Result<(), Error> {
    let server = Scripted::start(|request, origin| {
        if request.starts_with("GET /blob") {
            return reply("200 OK", "etag: \"first\"\r\n", &vec![7; LENGTH]);
        }
        let url = sas(origin, "r");
        let item = format!(r#"{{ "type": "initialPackage", "url": "{url}" }}"#);
        let body = format!(r#"{{ "id": 2, "downloads": {{ "items": [{item}] }} }}"#);
        reply("200 OK", "content-type: application/json\r\n", body.as_bytes())
    });
    let server = Silent::around(server.await);
    let client = Client::builder().api_base_url(server.origin()).credential(Given(TOKEN));
    let client = client.retry(impatient()).reporter(Told::default()).build().expect("a client");
    let submission = client.product(ProductId::new(1)).submission(SubmissionId::new(2));
    let options = DownloadOptions::default();
    let fetched = submission.download(&DownloadType::InitialPackage, target, &options).await;
    let asked = server.requests("GET /blob").len();
    assert!(asked <= 1, "the disk takes no more of it the next time");
    fetched.overheard().map(drop)
}

/// What stands in the way of a download, and what is said of it.
struct Limit {
    name: &'static str,
    /// What the shell does with `$FOLDER` before it starts the process.
    set: &'static str,
    says: &'static str,
    advises: &'static str,
    /// What there is room for when nothing is left of the download, if that is to be tried.
    room: usize,
}

/// A limit of the process, which every user can set.
const FILE_SIZE: Limit = Limit {
    name: "file size",
    // The process is told instead of killed.
    set: "trap '' XFSZ; ulimit -f 4096",
    says: "would be larger than",
    advises: "ulimit -f",
    room: 0,
};

/// A folder that belongs to the user, who has taken the right to write away from it.
const PERMISSION: Limit = Limit {
    name: "permission",
    set: "chmod 0555 \"$FOLDER\"",
    says: "may not be written",
    advises: "another folder",
    room: 0,
};

/// File systems of their own.
const DISKS: [Limit; 2] = [
    Limit {
        name: "full disk",
        set: "mount -t tmpfs -o size=4m none \"$FOLDER\"",
        says: "there is no room left",
        advises: "Make room",
        room: 3 << 20,
    },
    Limit {
        name: "read-only disk",
        set: "mount -t tmpfs -o ro none \"$FOLDER\"",
        says: "disk that cannot be written to",
        advises: "another folder",
        room: 0,
    },
];

/// The name of the test that the process below is started for.
const TEST: &str = "transfers::limits::what_a_system_does_not_take_is_named_and_not_left_there";

/// What may be needed for a namespace with disks of one's own: nothing as root, and otherwise to seem
/// to be it.
const NAMESPACES: [&[&str]; 2] =
    [&["unshare", "--mount"], &["unshare", "--mount", "--map-root-user"]];

/// What takes the right away to write wherever root likes. Others do not have it.
const PLAIN_USERS: [&[&str]; 2] =
    [&[], &["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]];

/// A shell that does this in a folder of its own, by way of another program.
fn shell(way: &[&str], folder: &Path, script: &str) -> Command {
    let words = [way, &["sh", "-c", script]].concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).env("FOLDER", folder);
    command
}

fn new_folder() -> TempDir {
    tempfile::tempdir().expect("a folder can be made")
}

/// The first of these ways by which this succeeds.
fn way<'a>(ways: &[&'a [&'a str]], script: &str) -> Option<&'a [&'a str]> {
    ways.iter().copied().find(|way| {
        let folder = new_folder();
        shell(way, folder.path(), script).output().is_ok_and(|output| output.status.success())
    })
}

impl Limit {
    /// Downloads in a process that has met the limit.
    fn try_by(&self, way: &[&str]) {
        let folder = new_folder();
        let script = format!("{} && exec \"$0\" \"$@\"", self.set);
        let mut limited = shell(way, folder.path(), &script);
        limited.arg(env::current_exe().expect("this program has a name"));
        let output =
            limited.args(["--exact", TEST, "--nocapture"]).env(LIMITED, self.name).output();
        let output = output.expect("it runs");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(output.status.success() && said.contains("1 passed"), "{}: {said}", self.name);
        assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 0);
    }

    /// Downloads, as the process that has met the limit.
    fn check(&self, folder: &Path) {
        let error = fetch(&folder.join("echo.cab")).expect_err("there is a limit");
        assert!(error.is_file() && !error.may_have_been_applied(), "{error:?}");
        let said = error.to_string();
        assert!(said.contains("echo.cab") && said.contains(self.says), "{error}");
        assert!(error.hint().contains(self.advises), "{}", error.hint());
        assert_eq!(fs::read_dir(folder).expect("it is there").count(), 0);
        if self.room > 0 {
            // The thread that computes the hash lets go of the file when it notices.
            let takes = || fs::write(folder.join("other"), vec![7; self.room]).is_ok();
            let mut tries = (0..600).inspect(|_| thread::sleep(Duration::from_millis(100)));
            assert!(takes() || tries.any(|_| takes()), "there is room again");
            fs::remove_file(folder.join("other")).expect("it is there");
        }
    }
}

/// Says something past whoever keeps what tests print.
fn say(what: &str) {
    let _ = writeln!(io::stderr(), "\nNOT TRIED: {what}\n");
}

#[test]
fn what_a_system_does_not_take_is_named_and_not_left_there() {
    if let Ok(name) = env::var(LIMITED) {
        end_when_hung();
        let folder = env::var_os("FOLDER").expect("it is told");
        let mut limits = DISKS.iter().chain([&FILE_SIZE, &PERMISSION]);
        return limits.find(|limit| limit.name == name).expect("it is one").check(folder.as_ref());
    }
    FILE_SIZE.try_by(&[]);
    match way(&PLAIN_USERS, "chmod 0555 \"$FOLDER\" && ! touch \"$FOLDER/file\"") {
        Some(way) => PERMISSION.try_by(way),
        None => {
            say("a folder without permission: root has it everywhere, and `setpriv` is not here")
        }
    }
    match way(&NAMESPACES, DISKS[0].set) {
        Some(way) => DISKS.iter().for_each(|disk| disk.try_by(way)),
        None => say("a full disk and one that is read-only: nothing may be mounted here"),
    }
    // Without a limit all is well.
    let folder = new_folder();
    fetch(&folder.path().join("echo.cab")).expect("there is room");
}
