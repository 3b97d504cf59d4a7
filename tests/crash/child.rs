//! A process that makes a run, and dies on order.

use std::{
    env, io,
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
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child as Process, Command},
    select,
    time::{sleep, timeout},
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

/// What the process says when it pauses. It goes on when it is told that time has passed.
const PAUSES: &str = "time may pass";

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
        let (emulator, account) = (&world.emulator, world.account());
        let orders = Orders {
            order: format!("{:?}", world.order),
            api: emulator.api_base_url(),
            authority: emulator.authority_url().to_owned(),
            account: [account.tenant_id(), account.client_id(), account.client_secret()]
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
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        Self(command.spawn().expect("this program can be started"))
    }

    /// Waits until the process ends or is ready to be killed, and kills it then. The emulator's time
    /// passes while the run pauses.
    pub(super) async fn end(self, world: &World) -> End {
        self.end_in_time(world, || false).await
    }

    /// The same, and kills it when a request of its stalls.
    pub(super) async fn end_or_stall(self, world: &World) -> End {
        self.end_in_time(world, || world.emulator.unfired_faults().is_empty()).await
    }

    /// Fails when the process takes too long, which is killed with the future that waits for it.
    async fn end_in_time(self, world: &World, is_stalled: impl Fn() -> bool) -> End {
        let end = timeout(LIMIT, self.live(world, is_stalled)).await;
        end.unwrap_or_else(|_| panic!("the process had not ended after {LIMIT:?} and was killed"))
    }

    async fn live(mut self, world: &World, is_stalled: impl Fn() -> bool) -> End {
        let mut input = self.0.stdin.take().expect("it can be told something");
        let output = self.0.stdout.take().expect("its output is read");
        let mut lines = BufReader::new(output).lines();
        while !is_stalled() {
            let line = select! {
                line = lines.next_line() => line.expect("its output can be read"),
                () = sleep(Duration::from_millis(2)) => continue,
            };
            match line {
                None => {
                    let status = self.0.wait().await.expect("it has ended");
                    assert!(status.success(), "it failed: {status}");
                    return End::Done;
                }
                Some(line) if line.ends_with(READY) => break,
                Some(line) if line.ends_with(PAUSES) => {
                    world.emulator.clock().advance(world.order.pause());
                    input.write_all(b"\n").await.expect("it waits for that");
                }
                Some(_) => {}
            }
        }
        self.0.kill().await.expect("it can be killed");
        End::Killed
    }
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
    let dying = Watch(move |event: &Event<'_>| match event {
        Event::Waiting(_) => {
            println!("{PAUSES}");
            io::stdin().read_line(&mut String::new()).expect("it is told that time has passed");
        }
        Event::Noted { .. } if Some(written.fetch_add(1, Ordering::Relaxed) + 1) == until => {
            println!("{READY}");
            loop {
                thread::park();
            }
        }
        _ => {}
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
