//! How many bytes have moved, told as they move.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, timeout_at};

use crate::report::{Direction, Event, Reporter};

/// When nothing has moved for so long, somebody who watches wants to know.
const QUIET: Duration = Duration::from_secs(15);

/// What the pieces of a transfer have moved together.
#[derive(Debug)]
pub(crate) struct Meter {
    direction: Direction,
    total: u64,
    reporter: Arc<dyn Reporter>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    moved: u64,
    /// What was told: a piece that has to be moved again does not take it back.
    told: u64,
    last: Instant,
}

/// What one attempt has moved; it does not count unless it is kept.
#[derive(Debug)]
pub(crate) struct Share {
    meter: Arc<Meter>,
    bytes: u64,
}

impl Meter {
    pub(crate) fn new(direction: Direction, total: u64, reporter: Arc<dyn Reporter>) -> Self {
        let state = State { moved: 0, told: 0, last: Instant::now() };
        let meter = Self { direction, total, reporter, state: Mutex::new(state) };
        meter.tell(0);
        meter
    }

    /// Begins to count what an attempt moves.
    pub(crate) fn share(self: &Arc<Self>) -> Share {
        Share { meter: self.clone(), bytes: 0 }
    }

    /// Counts bytes that need not move.
    pub(crate) fn skip(&self, bytes: u64) {
        self.add(bytes);
    }

    /// Tells that all is done, which no piece can know.
    pub(crate) fn finish(&self) {
        self.tell(self.total);
    }

    /// Does the work of the transfer, and tells whenever nothing moves for a while.
    pub(crate) async fn watch<T>(&self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        let mut told = Duration::ZERO;
        loop {
            let last = self.state().last;
            if let Ok(done) = timeout_at(last + told + QUIET, &mut work).await {
                return done;
            }
            if self.state().last != last {
                told = Duration::ZERO;
                continue;
            }
            told += QUIET;
            let direction = self.direction;
            self.reporter.event(&Event::TransferStalled { direction, idle: told });
        }
    }

    fn add(&self, bytes: u64) {
        let mut state = self.state();
        state.moved += bytes;
        state.last = Instant::now();
        // That it is complete is told when it is checked, and only once.
        if state.moved > state.told && state.moved < self.total {
            state.told = state.moved;
            // Told under the lock, so that nobody sees the count go back.
            self.tell(state.told);
        }
    }

    /// Begins to count anew: everything is gone through again.
    pub(crate) fn restart(&self) {
        self.state().moved = 0;
    }

    fn tell(&self, done: u64) {
        let (direction, total) = (self.direction, Some(self.total));
        self.reporter.event(&Event::Transfer { direction, done, total });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    pub(crate) fn add(&mut self, bytes: u64) {
        self.bytes += bytes;
        self.meter.add(bytes);
    }

    /// The attempt has succeeded.
    pub(crate) fn keep(&mut self) {
        self.bytes = 0;
    }

    /// The attempt has failed: its bytes have to be moved again.
    pub(crate) fn take_back(&mut self) {
        let mut state = self.meter.state();
        state.moved = state.moved.saturating_sub(std::mem::take(&mut self.bytes));
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.take_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps how far the transfer is, and for how long it has stood still.
    #[derive(Clone, Debug, Default)]
    struct Kept(Arc<Mutex<Vec<(u64, Duration)>>>);

    impl Reporter for Kept {
        fn event(&self, event: &Event<'_>) {
            let seen = match event {
                Event::Transfer { done, .. } => (*done, Duration::ZERO),
                Event::TransferStalled { idle, .. } => (0, *idle),
                other => panic!("{other:?}"),
            };
            self.0.lock().unwrap().push(seen);
        }
    }

    impl Kept {
        fn done(&self) -> Vec<u64> {
            self.0.lock().unwrap().iter().map(|(done, _)| *done).collect()
        }
    }

    #[tokio::test]
    async fn a_piece_that_fails_does_not_count_and_the_count_never_goes_back() {
        let kept = Kept::default();
        let meter = Arc::new(Meter::new(Direction::Upload, 10, Arc::new(kept.clone())));
        meter.skip(2);
        let mut failed = meter.share();
        failed.add(4);
        drop(failed);
        let mut again = meter.share();
        again.add(3);
        again.add(5);
        again.keep();
        meter.finish();
        assert_eq!(kept.done(), [0, 2, 6, 10]);
    }

    #[tokio::test(start_paused = true)]
    async fn that_nothing_moves_is_told_again_and_again() {
        let kept = Kept::default();
        let meter = Meter::new(Direction::Download, 10, Arc::new(kept.clone()));
        let work = async {
            tokio::time::sleep(QUIET * 5 / 2).await;
            meter.skip(1);
            tokio::time::sleep(QUIET / 2).await;
            meter.skip(1);
            tokio::time::sleep(QUIET * 5 / 4).await;
        };
        meter.watch(work).await;
        let idle: Vec<_> = kept.0.lock().unwrap().iter().map(|(_, idle)| *idle).collect();
        let none = Duration::ZERO;
        assert_eq!(idle, [none, QUIET, QUIET * 2, none, none, QUIET]);
    }
}
