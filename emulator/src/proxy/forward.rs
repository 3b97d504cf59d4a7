//! From a client's request to the upstream's answer.

use std::{io, sync::Arc, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use reqwest::{Client, redirect::Policy};
use url::Url;

use super::upstream::Upstream;
use crate::{
    answer::Answer,
    body::Body,
    record::Recorder,
    server::{NoAnswer, Serve},
    service::API_PATH,
    spec::{Route, Spec},
    token,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// What concerns one connection only, and not the message (RFC 9110, 7.6.1).
const HOP_BY_HOP: [HeaderName; 7] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Sends requests on and records what is answered.
#[derive(Debug)]
pub(super) struct Forwarder {
    api: Upstream,
    authority: Upstream,
    spec: &'static Spec,
    recorder: Arc<Recorder>,
    client: Client,
}

/// Where a request goes, and the operation it is recorded as.
struct Destination {
    url: Url,
    /// None for a path that the specification does not know.
    operation: Option<&'static str>,
}

impl Forwarder {
    pub(super) fn new(
        api: Upstream,
        authority: Upstream,
        spec: &'static Spec,
        recorder: Recorder,
    ) -> io::Result<Self> {
        let client = Client::builder()
            // Only the upstream origins are ever asked; the client sees the redirect.
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(io::Error::other)?;
        Ok(Self { api, authority, spec, recorder: Arc::new(recorder), client })
    }

    async fn forward(&self, request: Request<Body>) -> Response<Body> {
        let Some(destination) = self.destination(&request) else {
            let message = "The proxy forwards the API and the token endpoint, and nothing else.";
            return Answer::gateway(StatusCode::NOT_FOUND, message).into_response();
        };
        let Some(operation) = destination.operation else {
            return self.send(destination.url, request).await.unwrap_or_else(unreachable);
        };
        let (request, recording) = self.recorder.begin(operation, request);
        match self.send(destination.url, request).await {
            Ok(response) => recording.answer(response).await,
            // What the proxy itself says is no exchange with the service.
            Err(error) => unreachable(error),
        }
    }

    fn destination(&self, request: &Request<Body>) -> Option<Destination> {
        let (path, query) = (request.uri().path(), request.uri().query());
        if token::parse_path(path).is_some() {
            return Some(Destination {
                url: self.authority.join(path, query)?,
                operation: Some("token"),
            });
        }
        let path = path.strip_prefix(API_PATH).filter(|rest| rest.starts_with('/'))?;
        let operation = match self.spec.route(request.method(), path) {
            Route::Operation(operation, _) => Some(operation.id.as_str()),
            Route::WrongMethod(_) | Route::Unknown => None,
        };
        Some(Destination { url: self.api.join(path, query)?, operation })
    }

    async fn send(&self, url: Url, request: Request<Body>) -> reqwest::Result<Response<Body>> {
        let (parts, body) = request.into_parts();
        let mut headers = parts.headers;
        drop_hop_by_hop(&mut headers);
        headers.remove(header::HOST);
        // A recording is for reading: the answer has to come as it is.
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let body = reqwest::Body::wrap(body);
        let sent = self.client.request(parts.method, url).headers(headers).body(body).send();
        let mut response = Response::from(sent.await?);
        drop_hop_by_hop(response.headers_mut());
        Ok(response.map(|body| body.map_err(io::Error::other).boxed()))
    }
}

impl Serve for Forwarder {
    async fn serve(self: Arc<Self>, request: Request<Body>) -> Result<Response<Body>, NoAnswer> {
        Ok(self.forward(request).await)
    }
}

fn unreachable(error: reqwest::Error) -> Response<Body> {
    let message =
        format!("The proxy got no answer from upstream: {}", causes(&error.without_url()));
    Answer::gateway(StatusCode::BAD_GATEWAY, message).into_response()
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn drop_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in HOP_BY_HOP.iter().chain(&named) {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::drop_hop_by_hop;

    #[test]
    fn what_concerns_one_connection_stays_behind() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Mine"),
            ("x-mine", "1"),
            ("keep-alive", "timeout=5"),
            ("transfer-encoding", "chunked"),
            ("authorization", "Bearer t"),
            ("content-length", "3"),
        ] {
            headers.insert(name, value.parse().unwrap());
        }
        drop_hop_by_hop(&mut headers);
        let mut left: Vec<_> = headers.keys().map(|name| name.as_str()).collect();
        left.sort();
        assert_eq!(left, ["authorization", "content-length"]);
    }
}
