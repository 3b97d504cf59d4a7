//! Listening, and a task for each connection.

use std::{convert::Infallible, io, net::Ipv4Addr, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::service::Service;

/// How long nothing is accepted after it failed.
const BREATH: Duration = Duration::from_millis(20);

/// Listens on loopback only: an emulator is nobody else's business.
pub(crate) async fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

/// Accepts connections until it is dropped, which closes them all.
pub(crate) async fn run(listener: TcpListener, service: Arc<Service>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
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
}

async fn connection(stream: TcpStream, service: Arc<Service>) {
    // Small answers must not wait for the client's acknowledgements.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let serve = service_fn(move |request| {
        let service = Arc::clone(&service);
        async move { Ok::<_, Infallible>(service.serve(request).await) }
    });
    let served = http1::Builder::new().serve_connection(TokioIo::new(stream), serve).await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection broke");
    }
}
