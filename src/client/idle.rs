//! The body of an answer, which must not stop in the middle.

use std::{
    error::Error,
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderValue, Version, header::TRANSFER_ENCODING};
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// An answer this short comes in one piece with its head, and has a time-out for the whole. To guard it
/// all the same would be a twentieth of the cost of a call.
const UNGUARDED_BYTES: u64 = 16 * 1024;

/// Guards the body of the answer: it fails when nothing comes for so long.
///
/// reqwest's own time-out for reading counts while a request is sent too, which a package on a slow
/// line takes long for.
pub(super) fn guard(
    mut response: reqwest::Response,
    limit: Duration,
    is_whole: bool,
) -> reqwest::Response {
    let is_short = response.content_length().is_some_and(|length| length <= UNGUARDED_BYTES);
    if is_short && is_whole {
        return response;
    }
    if response.version() >= Version::HTTP_2 && response.content_length().is_none() {
        // Its frames tell where a body ends, as chunks do in HTTP/1.1, but no header says so.
        let chunked = HeaderValue::from_static("chunked");
        response.headers_mut().insert(TRANSFER_ENCODING, chunked);
    }
    let response = http::Response::<reqwest::Body>::from(response);
    let guarded = response.map(|body| reqwest::Body::wrap(Guarded { body, limit, alarm: None }));
    guarded.into()
}

struct Guarded {
    body: reqwest::Body,
    limit: Duration,
    /// Set while nothing is there to be read: most answers come in one piece.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Body for Guarded {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.alarm = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let alarm = this.alarm.get_or_insert_with(|| Box::pin(sleep(this.limit)));
        ready!(alarm.as_mut().poll(cx));
        let message = "nothing more came of the answer";
        Poll::Ready(Some(Err(io::Error::new(io::ErrorKind::TimedOut, message).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, stream};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(60);

    /// An answer of ten pieces with such pauses before them.
    fn answer(pause: Duration) -> reqwest::Response {
        let pieces = stream::repeat("piece").take(10).then(move |piece| async move {
            sleep(pause).await;
            Ok::<_, io::Error>(piece)
        });
        guard(http::Response::new(reqwest::Body::wrap_stream(Box::pin(pieces))).into(), LIMIT, true)
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_may_take_long_as_long_as_it_comes() {
        let body = answer(LIMIT - Duration::from_secs(1)).bytes().await.unwrap();
        assert_eq!(body.len(), 50);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_from_which_nothing_comes_fails_as_a_time_out() {
        let error = answer(LIMIT + Duration::from_secs(1)).bytes().await.unwrap_err();
        assert!(error.is_timeout() && !error.is_connect(), "{error:?}");
    }
}
