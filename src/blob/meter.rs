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
    reporter: Arc<dyn Reporter>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Unknown before the file begins, and where only its end tells it.
    total: Option<u64>,
    moved: u64,
    /// What was told of this file, if it has begun: a piece that has to be moved again does not take
    /// it back.
    told: Option<u64>,
    last: Instant,
    /// How many attempts are under way.
    shares: u32,
}

/// What one attempt has moved; it does not count unless it is kept.
#[derive(Debug)]
pub(crate) struct Share {
    meter: Arc<Meter>,
    bytes: u64,
}

impl Meter {
    pub(crate) fn new(direction: Direction, reporter: Arc<dyn Reporter>) -> Self {
        let state = State { total: None, moved: 0, told: None, last: Instant::now(), shares: 0 };
        Self { direction, reporter, state: Mutex::new(state) }
    }

    /// A file of this length begins to move, or is gone through again from its beginning. The count
    /// that is told goes back only for a file of another length, which is another file.
    pub(crate) fn begin(&self, total: Option<u64>) {
        let mut state = self.state();
        (state.moved, state.last) = (0, Instant::now());
        if state.told.is_none() || state.total != total {
            (state.total, state.told) = (total, Some(0));
            self.tell(0, total);
        }
    }

    /// Begins to count what an attempt moves.
    pub(crate) fn share(self: &Arc<Self>) -> Share {
        self.state().shares += 1;
        Share { meter: self.clone(), bytes: 0 }
    }

    /// Counts bytes that have arrived for good, or need not move.
    pub(crate) fn add(&self, bytes: u64) {
        let mut state = self.state();
        state.moved += bytes;
        state.last = Instant::now();
        // That it is complete is told when it is checked, and only once.
        let is_part = state.total.is_none_or(|total| state.moved < total);
        if is_part && state.told < Some(state.moved) {
            state.told = Some(state.moved);
            // Told under the lock, so that nobody sees the count go back.
            self.tell(state.moved, state.total);
        }
    }

    /// Bytes that were counted have to be moved again.
    pub(crate) fn take_back(&self, bytes: u64) {
        let mut state = self.state();
        state.moved = state.moved.saturating_sub(bytes);
    }

    /// Tells that all is done, which no piece can know.
    pub(crate) fn finish(&self) {
        let mut state = self.state();
        let all = state.total.unwrap_or(state.moved);
        // An empty file was complete when it began.
        if (state.total, state.told) != (Some(all), Some(all)) {
            (state.total, state.told) = (Some(all), Some(all));
            self.tell(all, state.total);
        }
    }

    /// Does the work of the transfer, and tells whenever nothing moves for a while.
    pub(crate) async fn watch<T>(&self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        // Whoever takes the bytes may have taken his time before.
        let begun = Instant::now();
        let mut told = Duration::ZERO;
        loop {
            let last = self.state().last.max(begun);
            if let Ok(done) = timeout_at(last + told + QUIET, &mut work).await {
                return done;
            }
            if self.state().last > last {
                told = Duration::ZERO;
                continue;
            }
            told += QUIET;
            let direction = self.direction;
            self.reporter.event(&Event::TransferStalled { direction, idle: told });
        }
    }

    pub(crate) fn reporter(&self) -> &dyn Reporter {
        &*self.reporter
    }

    fn tell(&self, done: u64, total: Option<u64>) {
        self.reporter.event(&Event::Transfer { direction: self.direction, done, total });
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

    /// How many attempts share the line with this one, which is counted, too.
    pub(crate) fn on_the_line(&self) -> u32 {
        self.meter.state().shares
    }

    /// The attempt has failed: its bytes have to be moved again.
    pub(crate) fn take_back(&mut self) {
        self.meter.take_back(std::mem::take(&mut self.bytes));
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.take_back();
        self.meter.state().shares -= 1;
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
        let meter = Arc::new(Meter::new(Direction::Upload, Arc::new(kept.clone())));
        meter.begin(Some(10));
        meter.add(2);
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

    #[tokio::test]
    async fn a_file_that_is_gone_through_again_counts_on_and_another_one_anew() {
        let kept = Kept::default();
        let meter = Meter::new(Direction::Download, Arc::new(kept.clone()));
        for (total, bytes) in [(10, 6), (10, 5), (10, 8), (7, 3)] {
            meter.begin(Some(total));
            meter.add(bytes);
        }
        assert_eq!(kept.done(), [0, 6, 8, 0, 3]);
        meter.add(4);
        assert_eq!(kept.done().len(), 5, "it is not checked yet");
        meter.finish();
        assert_eq!(kept.done()[5..], [7]);
    }

    #[tokio::test]
    async fn a_length_that_only_the_end_tells_is_told_at_the_end() {
        let kept = Kept::default();
        let meter = Meter::new(Direction::Download, Arc::new(kept.clone()));
        meter.begin(None);
        meter.add(4);
        meter.add(3);
        meter.finish();
        assert_eq!(kept.done(), [0, 4, 7, 7]);
        meter.begin(Some(0));
        meter.finish();
        assert_eq!(kept.done()[4..], [0]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_done_between_two_waits_is_no_standstill() {
        let kept = Kept::default();
        let meter = Meter::new(Direction::Download, Arc::new(kept.clone()));
        meter.begin(None);
        tokio::time::sleep(QUIET * 3).await;
        meter.watch(tokio::time::sleep(QUIET / 2)).await;
        assert_eq!(kept.done(), [0]);
    }

    #[tokio::test(start_paused = true)]
    async fn that_nothing_moves_is_told_again_and_again() {
        let kept = Kept::default();
        let meter = Meter::new(Direction::Download, Arc::new(kept.clone()));
        meter.begin(Some(10));
        let work = async {
            tokio::time::sleep(QUIET * 5 / 2).await;
            meter.add(1);
            tokio::time::sleep(QUIET / 2).await;
            meter.add(1);
            tokio::time::sleep(QUIET * 5 / 4).await;
        };
        meter.watch(work).await;
        let idle: Vec<_> = kept.0.lock().unwrap().iter().map(|(_, idle)| *idle).collect();
        let none = Duration::ZERO;
        assert_eq!(idle, [none, QUIET, QUIET * 2, none, none, QUIET]);
    }
}
