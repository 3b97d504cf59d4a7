//! A system that does not take so large a file: what is said, and that nothing of it is left.
#![cfg(unix)]

use std::{env, fs, path::Path, process::Command};

use hardware_dashboard::{
    Client, Error,
    blob::DownloadOptions,
    model::{DownloadType, ProductId, SubmissionId},
};

use super::{TOKEN, sas};
use crate::support::{Given, Overheard as _, Scripted, Silent, Told, impatient, reply};

/// The folder of the process that the limit is set for.
const FOLDER: &str = "HARDWARE_DASHBOARD_LIMITED_FOLDER";

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
    assert_eq!(asked, 1, "the disk takes no more of it the next time");
    fetched.overheard().map(drop)
}

#[test]
fn a_file_that_is_too_large_is_named_and_not_left_there() {
    if let Some(folder) = env::var_os(FOLDER) {
        let error = fetch(&Path::new(&folder).join("echo.cab")).expect_err("there is a limit");
        assert!(error.is_file() && !error.may_have_been_applied(), "{error:?}");
        assert!(error.to_string().contains("echo.cab would be larger than"), "{error}");
        assert!(error.hint().contains("ulimit -f"), "{}", error.hint());
        return;
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    // The same test in a process whose files are limited, and which is told instead of killed.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 4096; exec \"$0\" \"$@\""]);
    limited.arg(env::current_exe().expect("this program has a name"));
    limited.args([
        "--exact",
        "transfers::limits::a_file_that_is_too_large_is_named_and_not_left_there",
    ]);
    let output = limited.env(FOLDER, folder.path()).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(fs::read_dir(folder.path()).expect("it is there").count(), 0);
    // Without the limit all is well.
    fetch(&folder.path().join("echo.cab")).expect("there is room");
}
