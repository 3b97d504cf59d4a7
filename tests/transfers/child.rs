//! A process that downloads, and waits in the middle for its end.

use std::{
    env,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child as Process, ChildStdin, Command, Output, Stdio},
};

use hardware_dashboard::{
    Client, Direction, Event, Result, SubmissionHandler,
    blob::{DownloadOptions, Downloaded},
    model::{DownloadType, ProductId, SubmissionId},
};
use serde::{Deserialize, Serialize};

use super::TOKEN;
use crate::support::{Given, Watch, end_when_hung, impatient};

/// What the process is told, as JSON, in the environment.
const ORDERS: &str = "HARDWARE_DASHBOARD_TEST_DOWNLOAD";

/// What the process says when it waits.
const WAITING: &str = "waiting in the middle";

/// A download that is ordered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Orders {
    pub(super) api: String,
    pub(super) target: PathBuf,
    pub(super) connections: usize,
    /// So many bytes have to be there for it to wait.
    pub(super) wait_at: u64,
}

/// A process that waits in the middle of its download.
pub(super) struct Child(Process);

impl Child {
    /// Starts this program once more, for the test of this name, which has to call [`run`] first.
    pub(super) fn start(test: &str, orders: &Orders) -> Self {
        let program = env::current_exe().expect("this program has a path");
        let mut command = Command::new(program);
        command.args([test, "--exact", "--nocapture"]);
        command.env(ORDERS, serde_json::to_string(orders).expect("it is JSON"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().expect("this program can be started"))
    }

    /// Comes back when it waits; blocks until then.
    pub(super) fn wait(&mut self) {
        let output = self.0.stdout.as_mut().expect("its output is read");
        let mut said = String::new();
        let mut byte = [0];
        while !said.ends_with(WAITING) {
            let read = output.read(&mut byte).expect("its output can be read");
            assert!(read > 0, "it ended before: {said}");
            said.push(char::from(byte[0]));
        }
        // It is looked through with what is said here.
        tracing::trace!("{said}");
    }

    /// SIGKILL, or what comes next to it.
    pub(super) fn kill(mut self) {
        self.0.kill().expect("it can be killed");
        self.end();
    }

    /// Lets it go on to its end, which is a good one.
    pub(super) fn go_on(mut self) {
        let mut input: ChildStdin = self.0.stdin.take().expect("it listens");
        input.write_all(b"\n").expect("it listens");
        drop(input);
        let output = self.end();
        assert!(output.status.success(), "{output:?}");
    }

    /// Waits for its end. What it has said is looked through, too.
    fn end(self) -> Output {
        let output = self.0.wait_with_output().expect("it ends");
        for said in [&output.stdout, &output.stderr] {
            tracing::trace!("{}", String::from_utf8_lossy(said));
        }
        output
    }
}

/// Downloads, if this process was started for that.
pub(super) async fn run() -> bool {
    let Ok(orders) = env::var(ORDERS) else { return false };
    end_when_hung();
    let orders: Orders = serde_json::from_str(&orders).expect("it is JSON");
    let wait_at = orders.wait_at;
    let waiting = Watch(move |event: &Event<'_>| {
        println!("{event:?}");
        if let Event::Transfer { direction: Direction::Download, done, .. } = event
            && *done >= wait_at
        {
            println!("{WAITING}");
            // Nothing more comes when it has been told to go on.
            let told = std::io::stdin().read(&mut [0]).expect("it can be read");
            assert!(told <= 1);
        }
    });
    let options = DownloadOptions::default().overwrite(true).connections(orders.connections);
    let submission = submission(&orders.api, waiting);
    fetch(&submission, &orders.target, &options).await.expect("it comes");
    true
}

/// The submission of a service that asks nobody who they are.
pub(super) fn submission(
    api: &str,
    reporter: impl hardware_dashboard::Reporter + 'static,
) -> SubmissionHandler {
    let client = Client::builder().api_base_url(api).credential(Given(TOKEN));
    let client = client.http(|http| http.tls_certs_only([])).retry(impatient());
    let client = client.reporter(reporter).build().expect("a client");
    client.product(ProductId::new(1)).submission(SubmissionId::new(2))
}

pub(super) async fn fetch(
    submission: &SubmissionHandler,
    target: &Path,
    options: &DownloadOptions,
) -> Result<Downloaded> {
    submission.download(&DownloadType::InitialPackage, target, options).await
}
