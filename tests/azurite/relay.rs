//! A relay before Azurite, on which connections break off or hang.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy, sink},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    task::AbortHandle,
    time::sleep,
};

/// A running relay; it takes no more connections when this is dropped.
pub(super) struct Relay {
    pub(super) port: u16,
    way: Arc<Way>,
    task: AbortHandle,
}

/// What is let through.
struct Way {
    /// How much of what is asked is still to pass, on all connections together.
    asked: AtomicU64,
    is_full: AtomicBool,
    /// For how long the rest is held; for ever, if nobody says.
    held: Option<Duration>,
}

impl Relay {
    /// The first `cut` connections break off when so many bytes have come back on them.
    pub(super) async fn cutting(to: (String, u16), cut: usize, after: u64) -> Self {
        let answered = move |number| if number < cut { after } else { u64::MAX };
        Self::start(to, Way::of(u64::MAX, None), answered).await
    }

    /// When so many bytes have been asked, the rest is swallowed: it does not come to Azurite, and is not
    /// answered.
    pub(super) async fn swallowing(to: (String, u16), after: u64) -> Self {
        Self::start(to, Way::of(after, None), |_| u64::MAX).await
    }

    /// When so many bytes have been asked, the rest has to wait for so long.
    pub(super) async fn holding(to: (String, u16), after: u64, time: Duration) -> Self {
        Self::start(to, Way::of(after, Some(time)), |_| u64::MAX).await
    }

    /// Whether something was swallowed.
    pub(super) fn has_swallowed(&self) -> bool {
        self.way.is_full.load(Ordering::Acquire)
    }

    async fn start(
        to: (String, u16),
        way: Arc<Way>,
        answered: impl Fn(usize) -> u64 + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        let shared = way.clone();
        let task = tokio::spawn(async move {
            let mut number = 0;
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&to).await.expect("Azurite is there");
                tokio::spawn(pass_on(client, server, shared.clone(), answered(number)));
                number += 1;
            }
        });
        Self { port, way, task: task.abort_handle() }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Passes on until one side has enough. Both may hang up at any time, which is their own affair.
async fn pass_on(mut client: TcpStream, mut server: TcpStream, way: Arc<Way>, most: u64) {
    let (mut asks, mut hears) = client.split();
    let (answers, mut is_asked) = server.split();
    let mut answers = answers.take(most);
    tokio::select! {
        _ = way.ask(&mut asks, &mut is_asked) => {}
        _ = copy(&mut answers, &mut hears) => {}
    }
}

impl Way {
    fn of(asked: u64, held: Option<Duration>) -> Arc<Self> {
        Arc::new(Self { asked: asked.into(), is_full: AtomicBool::new(false), held })
    }

    async fn ask(&self, from: &mut ReadHalf<'_>, to: &mut WriteHalf<'_>) -> std::io::Result<()> {
        let mut piece = vec![0; 64 * 1024];
        loop {
            let read = from.read(&mut piece).await?;
            if read == 0 {
                return Ok(());
            }
            let passes = self.take(read as u64);
            to.write_all(&piece[..passes as usize]).await?;
            if passes < read as u64 {
                self.is_full.store(true, Ordering::Release);
                let Some(time) = self.held else {
                    copy(from, &mut sink()).await?;
                    return Ok(());
                };
                sleep(time).await;
                self.asked.store(u64::MAX, Ordering::Release);
                to.write_all(&piece[passes as usize..read]).await?;
            }
        }
    }

    /// How many of so many bytes may pass.
    fn take(&self, bytes: u64) -> u64 {
        let taken = |left: u64| Some(left.saturating_sub(bytes));
        let before = self.asked.fetch_update(Ordering::AcqRel, Ordering::Acquire, taken);
        before.unwrap_or_default().min(bytes)
    }
}
