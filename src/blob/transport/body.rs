//! A body in memory that goes out in slices, so that one can see it move.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::Outgoing;
use crate::blob::outgoing::SLICE;

/// Slices of a block, no faster than the pace allows.
pub(super) struct Slices {
    rest: Bytes,
    outgoing: Outgoing,
}

impl Slices {
    pub(super) fn new(body: Bytes, outgoing: Outgoing) -> Self {
        Self { rest: body, outgoing }
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
        let length = self.rest.len().min(SLICE);
        ready!(self.outgoing.poll_slice(length, cx));
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
