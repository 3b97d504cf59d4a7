//! The one body type that every answer of the emulator has.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::body::{Frame, SizeHint};
use tokio::{
    fs::File,
    io::{AsyncRead, ReadBuf},
};

/// The body of an answer.
pub(crate) type Body = BoxBody<Bytes, io::Error>;

/// A body that is all there.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed()
}

/// Reads what is left of a refused request, so that a client that sends first and reads then gets
/// the refusal and not a reset connection. One that waits for leave to send gets it at once.
pub(crate) async fn drain<B>(headers: &HeaderMap, mut body: B)
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
    if headers.contains_key(header::EXPECT) {
        return;
    }
    while let Some(Ok(_)) = body.frame().await {}
}

/// No body.
pub(crate) fn empty() -> Body {
    full(Bytes::new())
}

/// The next `length` bytes of `file`, read as the client takes them.
pub(crate) fn section(file: File, length: u64) -> Body {
    BodyExt::boxed(FileSection { file, left: length, chunk: vec![0; CHUNK] })
}

/// How much of a file is in memory at a time.
const CHUNK: usize = 256 * 1024;

struct FileSection {
    file: File,
    left: u64,
    chunk: Vec<u8>,
}

impl hyper::body::Body for FileSection {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let this = self.get_mut();
        let wanted = usize::try_from(this.left).unwrap_or(usize::MAX).min(CHUNK);
        if wanted == 0 {
            return Poll::Ready(None);
        }
        let mut chunk = ReadBuf::new(&mut this.chunk[..wanted]);
        ready!(Pin::new(&mut this.file).poll_read(context, &mut chunk))?;
        let read = chunk.filled();
        if read.is_empty() {
            return Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())));
        }
        this.left -= read.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(Bytes::copy_from_slice(read)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
