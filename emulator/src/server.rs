//! Listening, and a task for each connection.

use std::{fmt, io, net::Ipv4Addr, sync::Arc, time::Duration};

use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::{JoinHandle, JoinSet},
};

use crate::body::Body;

/// How long nothing is accepted after it failed.
const BREATH: Duration = Duration::from_millis(20);

/// Who answers what arrives.
pub(crate) trait Serve: Send + Sync + 'static {
    /// Answers one request, or not.
    fn serve(
        self: Arc<Self>,
        request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Body>, NoAnswer>> + Send;
}

/// There is no answer: the connection is to be closed.
#[derive(Debug)]
pub(crate) struct NoAnswer;

/// Listens on loopback only: an emulator is nobody else's business.
pub(crate) async fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

/// A running server. It stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    stop: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves on the current Tokio runtime.
    pub(crate) fn start(listener: TcpListener, service: Arc<impl Serve>) -> Self {
        let stop = Arc::new(Notify::new());
        let task = tokio::spawn(run(listener, service, Arc::clone(&stop)));
        Self { stop, task }
    }

    /// Stops and waits until all connections are closed.
    pub(crate) async fn stop(mut self) {
        self.stop.notify_one();
        // A panic has shown itself already.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(listener: TcpListener, service: Arc<impl Serve>, stop: Arc<Notify>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.notified() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, Arc::clone(&service)));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    // Such as too many open files, which closing connections will mend.
                    tokio::time::sleep(BREATH).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
    connections.shutdown().await;
}

async fn connection(stream: TcpStream, service: Arc<impl Serve>) {
    // Small answers must not wait for the client's acknowledgements.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let serve = service_fn(move |request: Request<Incoming>| {
        let service = Arc::clone(&service);
        let request = request.map(|body| body.map_err(io::Error::other).boxed());
        service.serve(request)
    });
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), serve).await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection broke");
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request is not answered")
    }
}

impl std::error::Error for NoAnswer {}
