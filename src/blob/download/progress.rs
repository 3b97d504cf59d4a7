//! How far a download is, told to the reporter.

use std::{
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, timeout};

use crate::report::{Direction, Event, Reporter};

/// So long nothing has to arrive before it is worth telling.
const NOTICED: Duration = Duration::from_secs(10);

/// What all parts of a download have brought together.
#[derive(Debug)]
pub(super) struct Progress {
    reporter: Arc<dyn Reporter>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    done: u64,
    total: Option<u64>,
    /// When something last arrived.
    last: Instant,
    /// When something last arrived or was told to be missing.
    noticed: Instant,
}

impl State {
    fn begin(done: u64, total: Option<u64>) -> Self {
        let now = Instant::now();
        Self { done, total, last: now, noticed: now }
    }
}

impl Progress {
    pub(super) fn new(reporter: Arc<dyn Reporter>) -> Self {
        Self { reporter, state: Mutex::new(State::begin(0, None)) }
    }

    /// A file of this length begins to arrive, from its beginning.
    pub(super) fn begin(&self, total: Option<u64>) {
        *self.state() = State::begin(0, total);
        self.tell(0, total);
    }

    /// A file of this length goes on to arrive, of which so much is there.
    pub(super) fn resume(&self, there: u64, total: u64) {
        *self.state() = State::begin(there, Some(total));
        let direction = Direction::Download;
        self.reporter.event(&Event::TransferResumed { direction, there, total });
        self.tell(there, Some(total));
    }

    pub(super) fn add(&self, bytes: usize) {
        let (done, total) = {
            let mut state = self.state();
            state.done += bytes as u64;
            state.last = Instant::now();
            state.noticed = state.last;
            (state.done, state.total)
        };
        self.tell(done, total);
    }

    /// Waits for something to arrive, and tells when that takes long.
    pub(super) async fn watch<T>(&self, waits: impl Future<Output = T>) -> T {
        let mut waits = pin!(waits);
        loop {
            match timeout(NOTICED, &mut waits).await {
                Ok(arrived) => return arrived,
                Err(_) => self.nothing_came(),
            }
        }
    }

    /// Tells that nothing arrives, unless another part has brought something meanwhile.
    fn nothing_came(&self) {
        let idle = {
            let mut state = self.state();
            if state.noticed.elapsed() < NOTICED {
                return;
            }
            state.noticed = Instant::now();
            state.last.elapsed()
        };
        let direction = Direction::Download;
        self.reporter.event(&Event::TransferStalled { direction, idle });
    }

    pub(super) fn reporter(&self) -> &dyn Reporter {
        &*self.reporter
    }

    fn tell(&self, done: u64, total: Option<u64>) {
        self.reporter.event(&Event::Transfer { direction: Direction::Download, done, total });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
