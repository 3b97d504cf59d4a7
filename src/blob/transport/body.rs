//! A body that goes out in slices, so that one can see it move.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use super::{Pace, Share};

/// On a slow line a slice goes out in about a second.
const SLICE: usize = 128 * 1024;

/// When nothing has moved for so long, on top of what the buffers below may hold, nothing will.
const PATIENCE: Duration = Duration::from_secs(60);

/// How much of a body the system may have taken that has not left yet.
const BUFFERED: u64 = 4 * 1024 * 1024;

/// A connection slower than this is taken for stalled.
const SLOWEST_BYTES_PER_SECOND: u64 = 32 * 1024;

/// Slices of a block in memory, no faster than the pace allows.
pub(super) struct Slices {
    rest: Bytes,
    pace: Arc<Pace>,
    /// Until it is the turn of the next slice, which has been asked for already.
    turn: Option<Pin<Box<Sleep>>>,
    activity: Arc<Activity>,
}

/// What one attempt has sent, and when it last did.
pub(super) struct Activity {
    patience: Duration,
    state: Mutex<State>,
}

struct State {
    /// What is sent for the sake of the protocol is not counted.
    share: Option<Share>,
    last: Instant,
}

impl Slices {
    pub(super) fn new(body: Bytes, pace: Arc<Pace>, share: Option<Share>) -> (Self, Arc<Activity>) {
        let buffered = (body.len() as u64).min(BUFFERED);
        let activity = Arc::new(Activity {
            patience: PATIENCE + Duration::from_secs(buffered / SLOWEST_BYTES_PER_SECOND),
            state: Mutex::new(State { share, last: Instant::now() }),
        });
        (Self { rest: body, pace, turn: None, activity: activity.clone() }, activity)
    }

    fn next_length(&self) -> usize {
        self.rest.len().min(SLICE)
    }

    /// Asks for the turn of the next slice, once.
    fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.turn.is_none()
            && let Some(turn) = self.pace.turn(self.next_length())
        {
            self.activity.state().last = turn;
            self.turn = Some(Box::pin(sleep_until(turn)));
        }
        if let Some(turn) = &mut self.turn {
            ready!(turn.as_mut().poll(cx));
            self.turn = None;
        }
        Poll::Ready(())
    }
}

impl Body for Slices {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        ready!(self.poll_turn(cx));
        let length = self.next_length();
        self.activity.moved(length as u64);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    /// Without an exact size the body would be sent in chunks, without a `Content-Length`.
    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

impl Activity {
    /// Returns when nothing has moved for so long that nothing will.
    pub(super) async fn stalled(&self) {
        loop {
            let end = self.state().last + self.patience;
            if end <= Instant::now() {
                return;
            }
            sleep_until(end).await;
        }
    }

    /// The attempt has ended. Its body may live on for a moment, until its connection is closed.
    pub(super) fn settle(&self, arrived: bool) {
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
