//! A server on loopback that plays recorded exchanges in their order.

use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr, TcpListener as StdListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

use super::{
    check::{differences, line},
    recording::Exchange,
};

type Answer = http::Response<Full<Bytes>>;

/// Plays a script: each request has to be the next recorded one and gets its recorded answer.
///
/// A request that does not fit is answered 400 with an error body that says what is wrong, so that
/// a client which prints the service's errors shows it where the test fails.
#[derive(Debug)]
#[must_use = "a script that is not finished fails the test"]
pub(crate) struct Replay {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    server: JoinHandle<()>,
    finished: bool,
}

impl Replay {
    /// Binds a free port of the loopback address and serves the exchanges, the first one first.
    ///
    /// # Panics
    ///
    /// When it is called outside a Tokio runtime, or no port can be bound.
    pub(crate) fn start(exchanges: Vec<Exchange>) -> Self {
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .and_then(TcpListener::from_std)
            .expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let script = Arc::new(Mutex::new(Script::new(exchanges)));
        let server = tokio::spawn(accept(listener, Arc::clone(&script)));
        Self { address, script, server, finished: false }
    }

    /// Scheme, host and port: what stands before the recorded paths.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends the script.
    ///
    /// # Panics
    ///
    /// When a recorded request did not come, or one came that is not recorded.
    pub(crate) async fn finish(mut self) {
        self.finished = true;
        self.server.abort();
        // Aborted a line above: it ends with an error that says just that.
        let _ = (&mut self.server).await;
        let problems = lock(&self.script).problems();
        assert!(problems.is_empty(), "the replay did not go as recorded:\n{}", problems.join("\n"));
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.server.abort();
        // A panic on top of a panic would hide the first one.
        assert!(self.finished || thread::panicking(), "a test has to end with Replay::finish");
    }
}

/// What is still to come, and what went wrong so far.
#[derive(Debug)]
struct Script {
    expected: VecDeque<Exchange>,
    wrong: Vec<String>,
}

impl Script {
    fn new(exchanges: Vec<Exchange>) -> Self {
        Self { expected: exchanges.into(), wrong: Vec::new() }
    }

    /// The answer to the request that came.
    fn answer(&mut self, came: &http::Request<Bytes>) -> Answer {
        let Some(exchange) = self.expected.pop_front() else {
            return self.refuse(format!("{} came after the last recorded request", line(came)));
        };
        let found = differences(&exchange.request, came);
        if found.is_empty() {
            return exchange.response.to_http().expect("checked when the recording was read");
        }
        self.refuse(format!("{}:\n  {}", title(&exchange), found.join("\n  ")))
    }

    fn refuse(&mut self, problem: String) -> Answer {
        let body = json!({ "error": { "code": "ReplayMismatch", "message": problem } });
        self.wrong.push(problem);
        let mut answer = Answer::new(Full::new(body.to_string().into()));
        *answer.status_mut() = http::StatusCode::BAD_REQUEST;
        answer
    }

    fn problems(&self) -> Vec<String> {
        let missing = self.expected.iter().map(|exchange| {
            let request = &exchange.request;
            format!("{}:\n  {} {} did not come", title(exchange), request.method, request.path)
        });
        self.wrong.iter().cloned().chain(missing).collect()
    }
}

fn title(exchange: &Exchange) -> String {
    format!("{} ({})", exchange.operation, exchange.about)
}

/// Serves connections until the task is aborted, which ends them as well.
async fn accept(listener: TcpListener, script: Arc<Mutex<Script>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(serve(stream, Arc::clone(&script)));
    }
}

async fn serve(stream: TcpStream, script: Arc<Mutex<Script>>) {
    let service = service_fn(|request: http::Request<Incoming>| async {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok::<_, hyper::Error>(lock(&script).answer(&http::Request::from_parts(head, body)))
    });
    let mut http = http1::Builder::new();
    // Only the recorded headers: a date of today would differ from run to run.
    http.auto_date_header(false);
    // A client may drop its connection at any time: what it had not sent whole did not come.
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
}

/// A poisoned script is still the best account of what went wrong.
fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}
