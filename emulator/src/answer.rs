//! What a handler answers, before it becomes HTTP.

use std::fmt;

use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::body::{self, Body};

/// An answer that can still be looked into.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) content: Content,
}

/// The body of an [`Answer`].
pub(crate) enum Content {
    Empty,
    Json(Value),
    Bytes(Body),
}

impl Answer {
    pub(crate) fn new(status: StatusCode, content: Content) -> Self {
        Self { status, headers: Vec::new(), content }
    }

    pub(crate) fn json(status: StatusCode, value: Value) -> Self {
        Self::new(status, Content::Json(value))
    }

    pub(crate) fn ok(value: Value) -> Self {
        Self::json(StatusCode::OK, value)
    }

    pub(crate) fn created(value: Value) -> Self {
        Self::json(StatusCode::CREATED, value)
    }

    pub(crate) fn accepted() -> Self {
        Self::new(StatusCode::ACCEPTED, Content::Empty)
    }

    pub(crate) fn no_content() -> Self {
        Self::new(StatusCode::NO_CONTENT, Content::Empty)
    }

    /// The gateway before the service answers its own refusals in a flat form.
    pub(crate) fn gateway(status: StatusCode, message: impl fmt::Display) -> Self {
        let body = json!({ "statusCode": status.as_u16(), "message": message.to_string() });
        Self::json(status, body)
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let (media_type, body) = match self.content {
            Content::Empty => (None, body::empty()),
            Content::Json(value) => {
                (Some("application/json; charset=utf-8"), body::full(value.to_string()))
            }
            Content::Bytes(body) => (Some("application/octet-stream"), body),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        if let Some(media_type) = media_type {
            let value = HeaderValue::from_static(media_type);
            response.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        response.headers_mut().extend(self.headers);
        response
    }
}
