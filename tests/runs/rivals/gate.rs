//! Requests that wait until they are let through, one by one.

use std::{
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use hardware_dashboard::reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::{
    sync::{
        Semaphore,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    task::JoinHandle,
};

/// Where the requests of a client wait that connects anew for each of them.
#[derive(Debug)]
pub(super) struct Gate {
    arrived: UnboundedSender<()>,
    let_through: Arc<Semaphore>,
}

impl Gate {
    pub(super) fn new() -> (Arc<Self>, UnboundedReceiver<()>) {
        let (arrived, arrivals) = unbounded_channel();
        (Arc::new(Self { arrived, let_through: Arc::new(Semaphore::new(0)) }), arrivals)
    }
}

impl Resolve for Gate {
    fn resolve(&self, _: Name) -> Resolving {
        let (arrived, let_through) = (self.arrived.clone(), self.let_through.clone());
        Box::pin(async move {
            arrived.send(())?;
            let_through.acquire().await?.forget();
            // The port is that of the URL.
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let addresses: Addrs = Box::new([address].into_iter());
            Ok(addresses)
        })
    }
}

/// Something at work behind a gate.
pub(super) struct Gated<T> {
    gate: Arc<Gate>,
    arrivals: UnboundedReceiver<()>,
    work: JoinHandle<T>,
    end: Option<T>,
}

impl<T: Send + 'static> Gated<T> {
    pub(super) fn start(
        gate: Arc<Gate>,
        arrivals: UnboundedReceiver<()>,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Self {
        Self { gate, arrivals, work: tokio::spawn(work), end: None }
    }

    /// Waits until a request stands at the gate, or the work is done.
    pub(super) async fn until_next_request(&mut self) {
        tokio::select! {
            _ = self.arrivals.recv() => {}
            end = &mut self.work => self.end = Some(end.expect("it ends well")),
        }
    }

    /// Lets a request through, and waits until it is over and the next one stands there.
    pub(super) async fn let_through(&mut self) {
        self.gate.let_through.add_permits(1);
        self.until_next_request().await;
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.end.is_none()
    }

    pub(super) fn into_end(self) -> T {
        self.end.expect("it has ended")
    }
}
