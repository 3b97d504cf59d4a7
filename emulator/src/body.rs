//! The one body type that every answer of the emulator has.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderMap, Request, header};
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::body::{Frame, SizeHint};
use tokio::{
    fs::File,
    io::{AsyncRead, ReadBuf},
    sync::oneshot,
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

/// Lends the body of a request to whoever answers it.
pub(crate) fn lend(request: Request<Body>) -> (Request<Body>, Rest) {
    let (parts, body) = request.into_parts();
    let (back, given_back) = oneshot::channel();
    let rest = Rest { headers: parts.headers.clone(), given_back };
    let lent = Lent { body: Some(body), back: Some(back) };
    (Request::from_parts(parts, lent.boxed()), rest)
}

/// What is left of a body that was lent.
#[derive(Debug)]
pub(crate) struct Rest {
    headers: HeaderMap,
    given_back: oneshot::Receiver<Body>,
}

impl Rest {
    /// Reads what nobody has read, once the body is given back.
    pub(crate) async fn drain(mut self) {
        if let Ok(body) = self.given_back.try_recv() {
            drain(&self.headers, body).await;
        }
    }
}

/// A body that is given back when it is dropped.
struct Lent {
    body: Option<Body>,
    back: Option<oneshot::Sender<Body>>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some((body, back)) = self.body.take().zip(self.back.take()) {
            // Nobody may want it any more.
            let _ = back.send(body);
        }
    }
}

impl hyper::body::Body for Lent {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(hyper::body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(SizeHint::default, hyper::body::Body::size_hint)
    }
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
