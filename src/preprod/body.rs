//! A file as the body of a request, with its exact length.

use std::{
    path::Path,
    pin::Pin,
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

use crate::error::{Error, Result};

/// Without an exact size the file would be sent in chunks, without a `Content-Length`.
pub(super) struct FileBody {
    stream: ReaderStream<Take<File>>,
    left: u64,
}

impl FileBody {
    pub(super) async fn open(path: &Path) -> Result<Self> {
        let failed = |error| Error::file(format!("{} cannot be read", path.display()), error);
        let file = File::open(path).await.map_err(failed)?;
        let length = file.metadata().await.map_err(failed)?.len();
        if length == 0 {
            return Err(Error::input(format!("the package {} is empty", path.display())));
        }
        // What is added meanwhile must not make the body longer than its header says.
        Ok(Self { stream: ReaderStream::new(file.take(length)), left: length })
    }

    pub(super) fn length(&self) -> u64 {
        self.left
    }
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<std::io::Result<Frame<Bytes>>>> {
        let read = ready!(Pin::new(&mut self.stream).poll_next(cx));
        Poll::Ready(read.map(|read| {
            let bytes = read?;
            self.left = self.left.saturating_sub(bytes.len() as u64);
            Ok(Frame::data(bytes))
        }))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
