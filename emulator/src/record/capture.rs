//! A body that is kept while it passes.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use hyper::body::{Body as _, Frame, SizeHint};

use crate::body::Body;

/// The longest body that is kept; of a longer one only its length is.
const MAX_KEPT: u64 = 4 << 20;

/// What has passed of a body.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Empty if it grew too long.
    pub(super) bytes: Vec<u8>,
    pub(super) length: u64,
    /// It was read to its end.
    pub(super) complete: bool,
}

impl Kept {
    pub(super) fn is_whole(&self) -> bool {
        self.complete && self.length <= MAX_KEPT
    }

    fn add(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        if self.length <= MAX_KEPT {
            self.bytes.extend_from_slice(bytes);
        } else {
            self.bytes = Vec::new();
        }
    }
}

/// What has passed of a body that somebody else reads.
#[derive(Clone, Debug, Default)]
pub(super) struct Captured(Arc<Mutex<Kept>>);

impl Captured {
    pub(super) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type AtEnd = Box<dyn FnOnce(&Kept) + Send + Sync>;

/// Passes a body on and keeps it.
pub(super) struct Capture {
    body: Body,
    captured: Captured,
    at_end: Option<AtEnd>,
}

impl Capture {
    /// `at_end` runs once the body has come to its end, before its last piece goes on; not if it
    /// breaks off.
    pub(super) fn new(
        body: Body,
        at_end: impl FnOnce(&Kept) + Send + Sync + 'static,
    ) -> (Self, Captured) {
        let captured = Captured::default();
        let at_end: AtEnd = Box::new(at_end);
        let mut capture = Self { body, captured: captured.clone(), at_end: Some(at_end) };
        capture.look_for_end();
        (capture, captured)
    }

    fn look_for_end(&mut self) {
        if self.body.is_end_stream() {
            self.end();
        }
    }

    fn end(&mut self) {
        if let Some(at_end) = self.at_end.take() {
            let mut kept = self.captured.kept();
            kept.complete = true;
            at_end(&kept);
        }
    }
}

impl hyper::body::Body for Capture {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(bytes) = frame.data_ref() {
                    this.captured.kept().add(bytes);
                }
                this.look_for_end();
            }
            Some(Err(_)) => this.at_end = None,
            None => this.end(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
