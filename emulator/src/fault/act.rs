//! What a fault makes of a request.

use std::{future::pending, sync::Arc, time::Duration};

use http::{HeaderMap, Request, Response, StatusCode, header};

use super::{FaultKind, answer, body};
use crate::{
    body::{Body, drain},
    server::NoAnswer,
    service::{Service, Target},
};

impl Service {
    /// Serves a request that a fault happens to.
    pub(crate) async fn misbehave(
        self: &Arc<Self>,
        fault: &FaultKind,
        target: Target,
        request: Request<Body>,
    ) -> Result<Response<Body>, NoAnswer> {
        match fault {
            FaultKind::CloseBeforeReading => Err(NoAnswer),
            FaultKind::CloseAfterActing => {
                self.act(target, request).await;
                Err(NoAnswer)
            }
            FaultKind::Status { status, retry_after, after_acting, code, message } => {
                let part = target.part().ok_or(NoAnswer)?;
                self.consume(*after_acting, target, request).await;
                let error = match (code, message) {
                    (None, None) => answer::error(part, known(*status), *retry_after, self),
                    (code, message) => {
                        answer::coded(known(*status), code.as_deref(), message.as_deref())
                    }
                };
                Ok(answer::with_retry_after(error, *retry_after))
            }
            FaultKind::HtmlPage { status, after_acting } => {
                self.consume(*after_acting, target, request).await;
                Ok(answer::page(known(*status)))
            }
            FaultKind::TruncatedBody => {
                let (parts, whole) = self.act(target, request).await.into_parts();
                let half = body::truncated(whole).ok_or(NoAnswer)?;
                Ok(Response::from_parts(parts, half))
            }
            FaultKind::SlowBody { piece_bytes, pause_milliseconds } => {
                let (piece_bytes, pause) =
                    (*piece_bytes, Duration::from_millis(*pause_milliseconds));
                let response = self.act(target, request).await;
                Ok(response.map(|whole| body::slow(whole, piece_bytes, pause)))
            }
            FaultKind::Stall { after_acting } => {
                self.consume(*after_acting, target, request).await;
                pending().await
            }
            FaultKind::ExpiredToken => {
                self.state().tokens.expire(bearer(request.headers()));
                Ok(self.act(target, request).await)
            }
            FaultKind::ExpiredSas => {
                self.blobs.expire(request.uri());
                Ok(self.act(target, request).await)
            }
        }
    }

    /// Does what a request asks for and forgets the answer, or reads it to its end only.
    async fn consume(self: &Arc<Self>, acting: bool, target: Target, request: Request<Body>) {
        if acting {
            self.act(target, request).await;
        } else {
            let (parts, body) = request.into_parts();
            drain(&parts.headers, body).await;
        }
    }
}

/// The status of a fault that was checked when it was ordered.
fn known(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The bearer token of a request; empty if it has none.
fn bearer(headers: &HeaderMap) -> &str {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.split_once(' ')).map_or("", |(_, token)| token.trim())
}
