//! A client in a process of its own, so that it can be killed.

use std::{
    env,
    num::NonZeroU64,
    path::Path,
    process::{Child, Command},
};

use hardware_dashboard::blob::UploadOptions;

use super::service::submission;

const API: &str = "AZURITE_CLIENT_API";
const PACKAGE: &str = "AZURITE_CLIENT_PACKAGE";

/// So slow that there is time to kill it.
const BYTES_PER_SECOND: u64 = 4 << 20;

/// Starts a client that uploads this package.
pub(super) fn start(origin: &str, package: &Path) -> Child {
    let program = env::current_exe().expect("this program has a name");
    let mut client = Command::new(program);
    client.env(API, origin).env(PACKAGE, package).spawn().expect("it starts")
}

/// Whether this process is such a client.
pub(super) fn was_ordered() -> bool {
    env::var_os(API).is_some()
}

#[tokio::main(flavor = "current_thread")]
pub(super) async fn upload() {
    let origin = env::var(API).expect("where the API is");
    let package = env::var_os(PACKAGE).expect("what to send");
    let rate = NonZeroU64::new(BYTES_PER_SECOND).expect("it is not zero");
    let submission = submission(&origin, |client| client.transfer_rate(rate));
    // One block at a time.
    let options = UploadOptions::default().memory(0);
    let sent = submission.upload(Path::new(&package), &options).await;
    panic!("it was to be killed before: {sent:?}");
}
