//! A process that makes a run, and dies on order.

use std::{
    env,
    future::Future,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use hardware_dashboard::{
    Client, Event,
    auth::ClientSecret,
    model::{ProductId, SubmissionId},
    workflow::{Journal, Outcome, Polling, Run},
};
use hardware_dashboard_emulator::Emulator;
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child as Process, Command},
    time::timeout,
};

use super::TEST;
use crate::{
    runs::orders::{self, Order, World},
    support::{Watch, impatient},
};

/// What the process is told, as JSON, in the environment.
const ORDERS: &str = "HARDWARE_DASHBOARD_TEST_RUN";

/// What the process says when it waits for its end.
const READY: &str = "ready to be killed";

/// For how long the process may wait for the service.
const MAX_WAIT: Duration = Duration::from_secs(300);

/// How long a process may live, on however slow a machine: longer than it may wait.
const LIMIT: Duration = Duration::from_secs(600);

#[derive(Debug, Serialize, Deserialize)]
struct Orders {
    order: String,
    api: String,
    authority: String,
    account: [String; 3],
    folder: PathBuf,
    before: Option<(ProductId, SubmissionId)>,
    partner: u64,
    /// The write of the journal after which it waits to be killed.
    until_write: Option<usize>,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Killed,
    Done,
}

/// A process that runs.
pub(super) struct Child(Process);

impl Child {
    pub(super) fn start(world: &World, until_write: Option<usize>) -> Self {
        let emulator = &world.emulator;
        let orders = Orders {
            order: format!("{:?}", world.order),
            api: emulator.api_base_url(),
            authority: emulator.authority_url().to_owned(),
            account: [emulator.tenant_id(), emulator.client_id(), emulator.client_secret()]
                .map(str::to_owned),
            folder: world.path(""),
            before: world.before,
            partner: world.partner(),
            until_write,
        };
        let orders = serde_json::to_string(&orders).expect("it is JSON");
        let program = env::current_exe().expect("this program has a path");
        let mut command = Command::new(program);
        command.args([TEST, "--exact", "--nocapture"]).env(ORDERS, orders);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        Self(command.spawn().expect("this program can be started"))
    }

    /// Waits until the process ends or is ready to be killed, and kills it then.
    pub(super) async fn end(self) -> End {
        in_time(self.end_or_ready()).await
    }

    /// The same, and kills it when a request of its stalls.
    pub(super) async fn end_or_stall(self, emulator: &Emulator) -> End {
        in_time(self.end_or_unanswered(emulator)).await
    }

    async fn end_or_ready(mut self) -> End {
        let output = self.0.stdout.take().expect("its output is read");
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next_line().await.expect("its output can be read") {
            if line.ends_with(READY) {
                self.0.kill().await.expect("it can be killed");
                return End::Killed;
            }
        }
        let status = self.0.wait().await.expect("it has ended");
        assert!(status.success(), "it failed: {status}");
        End::Done
    }

    async fn end_or_unanswered(mut self, emulator: &Emulator) -> End {
        loop {
            if emulator.unfired_faults().is_empty() {
                self.0.kill().await.expect("it can be killed");
                return End::Killed;
            }
            if let Some(status) = self.0.try_wait().expect("it can be asked") {
                assert!(status.success(), "it failed: {status}");
                return End::Done;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

/// Fails when the process takes too long, which is killed with the future that waits for it.
async fn in_time(end: impl Future<Output = End>) -> End {
    let end = timeout(LIMIT, end).await;
    end.unwrap_or_else(|_| panic!("the process had not ended after {LIMIT:?} and was killed"))
}

/// Makes the run, if this process was started for that.
pub(super) async fn run() -> bool {
    let Ok(orders) = env::var(ORDERS) else { return false };
    let orders: Orders = serde_json::from_str(&orders).expect("it is JSON");
    let client = client(&orders);
    let mut run = begin_or_resume(&orders, client).polling(often());
    let outcome = run.until_done().await.expect("nothing is wrong");
    assert!(matches!(outcome, Outcome::Done(_) | Outcome::Shipped { .. }), "{outcome:?}");
    true
}

fn often() -> Polling {
    let (short, settle) = (Duration::from_millis(5), Duration::from_millis(100));
    Polling::default().first(short).max(short).settle(settle).max_wait(MAX_WAIT)
}

fn begin_or_resume(orders: &Orders, client: Client) -> Run {
    let path = journal(&orders.folder);
    if path.exists() {
        return Run::resume(client, Journal::open(path).expect("a journal")).expect("a run");
    }
    let order = Order::ALL.into_iter().find(|order| format!("{order:?}") == orders.order);
    let order = order.expect("the order is known");
    let run = orders::begin(order, client, &orders.folder, orders.before, orders.partner);
    run.journal(Journal::create(path).expect("a journal")).expect("it can be written")
}

pub(super) fn journal(folder: &Path) -> PathBuf {
    folder.join("run.journal")
}

fn client(orders: &Orders) -> Client {
    let [tenant, id, secret] = orders.account.clone();
    let (until, written) = (orders.until_write, AtomicUsize::new(0));
    let dying = Watch(move |event: &Event<'_>| {
        if let Event::Noted { .. } = event
            && Some(written.fetch_add(1, Ordering::Relaxed) + 1) == until
        {
            println!("{READY}");
            loop {
                thread::park();
            }
        }
    });
    let client = Client::builder()
        .api_base_url(&orders.api)
        .authority_url(&orders.authority)
        .credential(ClientSecret::new(tenant, id, secret))
        .retry(impatient())
        .http(|http| http.tls_certs_only([]))
        .build();
    client.expect("a client").with_reporter(Arc::new(dying))
}
