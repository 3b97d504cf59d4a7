//! A client in a process of its own, so that it can be killed.

use std::{
    env,
    fs::File,
    path::Path,
    process::{Child, Command},
    time::Duration,
};

use hardware_dashboard::blob::{Integrity, UploadOptions};

use super::{
    service::submission,
    support::{printed::Logs, reporter::Told},
};

const API: &str = "AZURITE_CLIENT_API";
const PACKAGE: &str = "AZURITE_CLIENT_PACKAGE";

/// Starts a client that uploads this package. What is logged there goes to `log`.
pub(super) fn start(origin: &str, package: &Path, log: &Path) -> Child {
    let program = env::current_exe().expect("this program has a name");
    let mut client = Command::new(program);
    client.stdout(File::create(log).expect("there is room"));
    client.env(API, origin).env(PACKAGE, package).spawn().expect("it starts")
}

/// Whether this process is such a client.
pub(super) fn was_ordered() -> bool {
    env::var_os(API).is_some()
}

#[tokio::main(flavor = "current_thread")]
pub(super) async fn upload() {
    let logs = Logs::capture();
    let origin = env::var(API).expect("where the API is");
    let package = env::var_os(PACKAGE).expect("what to send");
    let submission = submission(&origin, |client| client.reporter(Told::default()));
    // One block at a time, compared in a way that Azurite knows: each is sent once.
    let options = UploadOptions::default().memory(0).integrity(Integrity::Md5);
    let write = async {
        loop {
            print!("{}", logs.take());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        sent = submission.upload(Path::new(&package), &options) => {
            panic!("it was to be killed before: {sent:?}")
        }
        () = write => {}
    }
}
