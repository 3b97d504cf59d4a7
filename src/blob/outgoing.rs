//! What one attempt to send a body has moved, how fast it may, and when to stop waiting for it.

use std::{
    future::pending,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

use super::{meter::Share, pace::Pace};

/// On a slow line so much goes out in about a second.
pub(crate) const SLICE: usize = 128 * 1024;

/// How much of a body the system may have taken that has not left yet.
const BUFFERED: u64 = 4 * 1024 * 1024;

/// A line slower than this is taken for stalled. All attempts of a transfer share it.
const SLOWEST_BYTES_PER_SECOND: u64 = 32 * 1024;

/// The side of the body: it waits for its turn, and says what has moved.
pub(crate) struct Outgoing {
    pace: Arc<Pace>,
    /// Until it is the turn of the next slice, which has been asked for already.
    turn: Option<Pin<Box<Sleep>>>,
    activity: Arc<Activity>,
}

/// The side of whoever waits for the answer.
pub(crate) struct Activity {
    patience: Duration,
    /// The time that a slow line needs, by itself, for what the buffers below may hold.
    buffered: Duration,
    state: Mutex<State>,
}

struct State {
    /// What is sent for the sake of the protocol is not counted.
    share: Option<Share>,
    last: Instant,
}

impl Outgoing {
    /// A body of this length. When nothing has moved for as long as `patience`, on top of what the
    /// buffers below may hold of it and of those beside it, nothing will.
    pub(crate) fn begin(
        length: u64,
        patience: Duration,
        pace: Arc<Pace>,
        share: Option<Share>,
    ) -> (Self, Arc<Activity>) {
        let buffered = Duration::from_secs(length.min(BUFFERED) / SLOWEST_BYTES_PER_SECOND);
        let activity = Arc::new(Activity {
            patience,
            buffered,
            state: Mutex::new(State { share, last: Instant::now() }),
        });
        (Self { pace, turn: None, activity: activity.clone() }, activity)
    }

    /// Asks for the turn of the next slice, once, and says that it moves.
    pub(crate) fn poll_slice(&mut self, bytes: usize, cx: &mut Context<'_>) -> Poll<()> {
        if self.turn.is_none()
            && let Some(turn) = self.pace.turn(bytes)
        {
            self.activity.state().last = turn;
            self.turn = Some(Box::pin(sleep_until(turn)));
        }
        if let Some(turn) = &mut self.turn {
            ready!(turn.as_mut().poll(cx));
            self.turn = None;
        }
        self.activity.moved(bytes as u64);
        Poll::Ready(())
    }
}

impl Activity {
    /// Returns when nothing has moved for so long that nothing will.
    pub(crate) async fn stalled(&self) {
        loop {
            // As long as can be told, when a caller's patience has no end.
            let Some(end) = self.end() else { return pending().await };
            if end <= Instant::now() {
                return;
            }
            sleep_until(end).await;
        }
    }

    /// When nothing will move any more, as far as is known by now: others may begin or move meanwhile.
    fn end(&self) -> Option<Instant> {
        let state = self.state();
        let sharing = state.share.as_ref().map_or(1, Share::on_the_line);
        let patience = self.patience.saturating_add(self.buffered.saturating_mul(sharing));
        state.last.checked_add(patience)
    }

    /// The attempt has ended. Its body may live on for a moment, until its connection is closed.
    pub(crate) fn settle(&self, arrived: bool) {
        if let Some(mut share) = self.state().share.take()
            && arrived
        {
            share.keep();
        }
    }

    fn moved(&self, bytes: u64) {
        let mut state = self.state();
        state.share.iter_mut().for_each(|share| share.add(bytes));
        state.last = Instant::now();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
