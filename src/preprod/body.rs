//! A package as the body of a request, with its exact length.

use std::{
    io,
    path::Path,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_util::Stream;
use http_body::{Body, Frame, SizeHint};
use tokio::{
    fs::File,
    io::{AsyncReadExt, Take},
};
use tokio_util::io::ReaderStream;

use crate::{
    blob::{Activity, Blobs, Meter, Outgoing, Pace, SLICE},
    client::{Operation, RawError, RawResult},
    error::{Error, Kind, Result, Stage},
    report::Direction,
    retry::Reach,
    snapshot::Snapshot,
};

const STAGE: Stage = Stage::Api(Operation::SUBMIT_PREPROD_PACKAGE.id);

/// Why the file could not be sent to its end.
type Fault = Arc<Mutex<Option<Error>>>;

/// The package to send. Each attempt reads it from its beginning.
#[derive(Debug)]
pub(super) struct Package {
    snapshot: Snapshot,
    patience: Duration,
    meter: Arc<Meter>,
    pace: Arc<Pace>,
    fault: Fault,
}

impl Package {
    /// When nothing of it moves for as long as `patience`, it is given up.
    pub(super) fn open(path: &Path, patience: Duration, blobs: &Blobs) -> Result<Self> {
        let snapshot = Snapshot::take(path)?;
        let meter = blobs.meter(Direction::Upload);
        meter.begin(Some(snapshot.length()));
        Ok(Self { snapshot, patience, meter, pace: blobs.pace(), fault: Fault::default() })
    }

    /// Does the work of sending it, and tells how far that is.
    pub(super) async fn watch<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        match self.meter.watch(work).await {
            Ok(done) => {
                self.meter.finish();
                Ok(done)
            }
            Err(error) => Err(self.explain(error)),
        }
    }

    /// Makes one attempt, for as long as something moves. What is wrong with the file is kept as the
    /// fault of the package, since no error of the generated client can carry it.
    pub(super) async fn send<T, F>(&self, by: impl FnOnce(reqwest::Body) -> F) -> RawResult<T>
    where
        F: Future<Output = RawResult<T>>,
    {
        let (body, activity) = self.body().await.map_err(|fault| self.keep(fault))?;
        let answer = tokio::select! {
            answer = by(reqwest::Body::wrap(body)) => answer,
            () = activity.stalled() => Err(self.keep(stalled())),
        };
        activity.settle(answer.is_ok());
        answer
    }

    /// Opened for each attempt: the one before may have read from it.
    async fn body(&self) -> Result<(FileBody, Arc<Activity>)> {
        let (snapshot, fault) = (self.snapshot.clone(), self.fault.clone());
        let file = File::open(snapshot.path()).await.map_err(|e| snapshot.read_error(e))?;
        let length = snapshot.length();
        let stream = ReaderStream::with_capacity(file.take(length), SLICE);
        let share = Some(self.meter.share());
        let (outgoing, activity) = Outgoing::begin(length, self.patience, self.pace.clone(), share);
        Ok((FileBody { stream, next: None, left: length, outgoing, snapshot, fault }, activity))
    }

    fn keep(&self, fault: Error) -> RawError {
        let said = fault.to_string();
        note(&self.fault, fault);
        RawError::Custom(said)
    }

    /// Puts what was wrong in the place of what came of it. The service has not taken a file with a
    /// fault: its body had no end.
    fn explain(&self, error: Error) -> Error {
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut fault) = fault else { return error };
        if let Some(id) = error.correlation_id() {
            fault = fault.with_correlation_id(id);
        }
        match error.request_id() {
            Some(id) => fault.with_request_id(id),
            None => fault,
        }
    }
}

/// The service may have taken all of the package, and only its answer is missing.
fn stalled() -> Error {
    let message = "nothing of the package has moved for a long time, and no answer came";
    Error::new(STAGE, Kind::TimedOut, message).with_reach(Reach::Unknown)
}

fn note(place: &Fault, fault: Error) {
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
}

/// Without an exact size the file would be sent in chunks, without a `Content-Length`.
pub(super) struct FileBody {
    stream: ReaderStream<Take<File>>,
    /// Read, and waiting for its turn.
    next: Option<Bytes>,
    /// What is still to be given away.
    left: u64,
    outgoing: Outgoing,
    snapshot: Snapshot,
    fault: Fault,
}

impl FileBody {
    fn poll_bytes(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        let bytes = match self.next.take() {
            Some(bytes) => bytes,
            None => {
                let read = ready!(Pin::new(&mut self.stream).poll_next(cx));
                match self.check(read)? {
                    Some(bytes) => bytes,
                    None => return Poll::Ready(Ok(None)),
                }
            }
        };
        if self.outgoing.poll_slice(bytes.len(), cx).is_pending() {
            self.next = Some(bytes);
            return Poll::Pending;
        }
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Poll::Ready(Ok(Some(bytes)))
    }

    /// The last piece is given away only when the file is still what it was.
    fn check(&self, read: Option<io::Result<Bytes>>) -> Result<Option<Bytes>> {
        let bytes = match read.transpose().map_err(|error| self.snapshot.read_error(error))? {
            Some(bytes) => bytes,
            None if self.left == 0 => return Ok(None),
            None => return Err(self.snapshot.changed()),
        };
        if bytes.len() as u64 >= self.left {
            self.snapshot.check()?;
        }
        Ok(Some(bytes))
    }
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let bytes = ready!(self.poll_bytes(cx));
        Poll::Ready(
            bytes
                .map(|bytes| bytes.map(Frame::data))
                .map_err(|fault| {
                    let said = io::Error::other(fault.to_string());
                    note(&self.fault, fault);
                    said
                })
                .transpose(),
        )
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
