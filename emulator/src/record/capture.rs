//! A body that is kept while it passes.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use hyper::body::{Body as _, Frame, SizeHint};
use tokio::task::JoinHandle;

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

/// Begins what is to be done with a whole body.
type AtEnd = Box<dyn FnOnce(Kept) -> JoinHandle<()> + Send + Sync>;

/// Passes a body on and keeps it.
pub(super) struct Capture {
    body: Body,
    captured: Captured,
    at_end: Option<AtEnd>,
    /// What was begun at the end, and the last frame, which waits for it.
    ending: Option<JoinHandle<()>>,
    held: Option<Frame<Bytes>>,
}

impl Capture {
    /// Keeps a body for somebody who looks at it later.
    pub(super) fn new(body: Body) -> (Self, Captured) {
        let captured = Captured::default();
        if body.is_end_stream() {
            captured.kept().complete = true;
        }
        let capture =
            Self { body, captured: captured.clone(), at_end: None, ending: None, held: None };
        (capture, captured)
    }

    /// `at_end` begins once the body has come to its end, and is done before its last piece goes
    /// on; not if it breaks off. The body must not be empty.
    pub(super) fn then(
        body: Body,
        at_end: impl FnOnce(Kept) -> JoinHandle<()> + Send + Sync + 'static,
    ) -> Self {
        Self { at_end: Some(Box::new(at_end)), ..Self::new(body).0 }
    }

    fn end(&mut self) {
        let mut kept = self.captured.kept();
        kept.complete = true;
        if let Some(at_end) = self.at_end.take() {
            self.ending = Some(at_end(std::mem::take(&mut kept)));
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
        if this.ending.is_none() {
            match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                Some(Ok(frame)) => {
                    if let Some(bytes) = frame.data_ref() {
                        this.captured.kept().add(bytes);
                    }
                    if !this.body.is_end_stream() {
                        return Poll::Ready(Some(Ok(frame)));
                    }
                    this.held = Some(frame);
                }
                Some(Err(error)) => {
                    this.at_end = None;
                    return Poll::Ready(Some(Err(error)));
                }
                None => {}
            }
            this.end();
        }
        if let Some(ending) = &mut this.ending {
            // A panic has shown itself already.
            let _ = ready!(Pin::new(ending).poll(context));
            this.ending = None;
        }
        Poll::Ready(this.held.take().map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream() && self.at_end.is_none() && self.ending.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
