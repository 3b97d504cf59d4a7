//! A file as the body of a request, with its exact length.

use std::{
    io,
    path::Path,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
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
    error::{Error, Result},
    snapshot::Snapshot,
};

/// So much of the file is in memory at once.
const PIECE: usize = 256 * 1024;

/// Why the file could not be sent to its end.
type Fault = Arc<Mutex<Option<Error>>>;

/// The file to send. Each attempt reads it from its beginning.
#[derive(Debug)]
pub(super) struct Package {
    snapshot: Snapshot,
    fault: Fault,
}

impl Package {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let snapshot = Snapshot::take(path)?;
        if snapshot.length() == 0 {
            return Err(Error::input(format!("the package {} is empty", path.display())));
        }
        Ok(Self { snapshot, fault: Arc::default() })
    }

    pub(super) fn length(&self) -> u64 {
        self.snapshot.length()
    }

    /// Opened for each attempt: the one before may have read from it. What is wrong with it is kept as
    /// the fault of the package too.
    pub(super) async fn body(&self) -> std::result::Result<FileBody, String> {
        let file = File::open(self.snapshot.path()).await.map_err(|error| {
            let fault = self.snapshot.read_error(error);
            let said = fault.to_string();
            note(&self.fault, fault);
            said
        })?;
        let stream = ReaderStream::with_capacity(file.take(self.length()), PIECE);
        let (snapshot, fault) = (self.snapshot.clone(), self.fault.clone());
        Ok(FileBody { stream, left: snapshot.length(), snapshot, fault })
    }

    /// What was wrong with the file, when that is why sending it failed. The service has not taken it
    /// then: its body had no end.
    pub(super) fn into_fault(self) -> Option<Error> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

fn note(place: &Fault, fault: Error) {
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
}

/// Without an exact size the file would be sent in chunks, without a `Content-Length`.
pub(super) struct FileBody {
    stream: ReaderStream<Take<File>>,
    left: u64,
    snapshot: Snapshot,
    fault: Fault,
}

impl FileBody {
    /// Counts what was read; the last piece is given away only when the file is still what it was.
    fn check(&mut self, read: Option<io::Result<Bytes>>) -> Result<Option<Bytes>> {
        let bytes = match read.transpose().map_err(|error| self.snapshot.read_error(error))? {
            Some(bytes) => bytes,
            None if self.left == 0 => return Ok(None),
            None => return Err(self.snapshot.changed()),
        };
        self.left = self.left.saturating_sub(bytes.len() as u64);
        if self.left == 0 {
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
        let read = ready!(Pin::new(&mut self.stream).poll_next(cx));
        Poll::Ready(match self.check(read) {
            Ok(bytes) => bytes.map(|bytes| Ok(Frame::data(bytes))),
            Err(fault) => {
                let said = io::Error::other(fault.to_string());
                note(&self.fault, fault);
                Some(Err(said))
            }
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
