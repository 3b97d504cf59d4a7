//! Bodies that break off, and bodies that dawdle.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body as _, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::body::Body;

/// How long the connection stays open after the last piece of a truncated body, so that it gets
/// out: what is not yet sent when a body fails is thrown away.
const FLUSH: Duration = Duration::from_millis(50);

type Pause = Option<Pin<Box<Sleep>>>;

/// The first half of a body under the length of the whole; nothing if there is nothing to halve.
pub(super) fn truncated(body: Body) -> Option<Body> {
    let whole = body.size_hint().exact().filter(|length| *length > 0)?;
    Some(BodyExt::boxed(Truncated { body, whole, left: whole / 2, flush: None }))
}

/// The same body in pieces of this length, with a pause after each.
pub(super) fn slow(body: Body, piece: usize, pause: Duration) -> Body {
    BodyExt::boxed(Slow { body, piece, pause, rest: Bytes::new(), sleep: None })
}

struct Truncated {
    body: Body,
    whole: u64,
    /// What is still to be sent.
    left: u64,
    flush: Pause,
}

impl hyper::body::Body for Truncated {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.left == 0 {
            let flush = self.flush.get_or_insert_with(|| Box::pin(sleep(FLUSH)));
            ready!(flush.as_mut().poll(context));
            return Poll::Ready(Some(Err(io::Error::other("the fault truncatedBody"))));
        }
        let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(context)) else {
            return Poll::Ready(None);
        };
        Poll::Ready(Some(frame.map(|frame| {
            frame.map_data(|mut data| {
                data.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
                self.left -= data.len() as u64;
                data
            })
        })))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.whole)
    }
}

struct Slow {
    body: Body,
    piece: usize,
    pause: Duration,
    /// What was taken from the body and not yet sent.
    rest: Bytes,
    sleep: Pause,
}

impl hyper::body::Body for Slow {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(sleep) = &mut self.sleep {
            ready!(sleep.as_mut().poll(context));
            self.sleep = None;
        }
        while self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => self.rest = frame.into_data().unwrap_or_default(),
                end => return Poll::Ready(end),
            }
        }
        let length = self.piece.min(self.rest.len());
        let piece = self.rest.split_to(length);
        self.sleep = Some(Box::pin(sleep(self.pause)));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let left = self.body.size_hint().exact();
        left.map_or_else(SizeHint::default, |left| {
            SizeHint::with_exact(left + self.rest.len() as u64)
        })
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::body::full;

    /// The pieces of a body, and how it ends.
    async fn pieces(mut body: Body) -> (Vec<Bytes>, io::Result<()>) {
        let mut pieces = Vec::new();
        while let Some(frame) = body.frame().await {
            match frame {
                Ok(frame) => pieces.extend(frame.into_data()),
                Err(error) => return (pieces, Err(error)),
            }
        }
        (pieces, Ok(()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_pauses_after_each_piece() {
        let pause = Duration::from_secs(2);
        let body = slow(full("1234567"), 3, pause);
        assert_eq!(body.size_hint().exact(), Some(7));
        let start = Instant::now();
        let (pieces, end) = pieces(body).await;
        assert_eq!(pieces, ["123", "456", "7"]);
        assert!(end.is_ok());
        assert_eq!(start.elapsed(), pause * 3);
    }

    #[tokio::test(start_paused = true)]
    async fn half_a_body_announces_its_whole_length() {
        let body = truncated(full("1234567")).expect("something to halve");
        assert_eq!(body.size_hint().exact(), Some(7));
        let (pieces, end) = pieces(body).await;
        assert_eq!(pieces, ["123"]);
        assert!(end.is_err());
        assert!(truncated(full("")).is_none());
    }
}
