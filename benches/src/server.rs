//! A server on loopback whose answers are fixed.

use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, TcpListener as StdListener},
    thread,
};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{CONTENT_TYPE, HeaderName},
};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::answers;

const JSON: (HeaderName, HeaderValue) =
    (CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));

/// Serves on a thread of its own until the process ends, and tells scheme, host and port.
///
/// # Errors
///
/// Fails when no port of the loopback address is free.
pub fn start() -> io::Result<String> {
    let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::spawn(move || runtime.block_on(serve(listener)));
    Ok(format!("http://{address}"))
}

async fn serve(listener: StdListener) {
    let listener = TcpListener::from_std(listener).expect("the listener does not block");
    while let Ok((stream, _)) = listener.accept().await {
        let connection =
            http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer));
        // A connection that breaks off is the client's end.
        tokio::spawn(async move { connection.await.ok() });
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    // The connection can be used again only when the body has been read.
    let _ = body.collect().await;
    let mut response = Response::default();
    match body_for(&head.method, head.uri.path(), head.uri.query().unwrap_or_default()) {
        Some(body) => {
            response.headers_mut().extend([JSON]);
            *response.body_mut() = Full::new(body);
        }
        None => *response.status_mut() = StatusCode::NOT_FOUND,
    }
    Ok(response)
}

fn body_for(method: &Method, path: &str, query: &str) -> Option<Bytes> {
    if *method == Method::POST {
        return path.ends_with("/oauth2/token").then(answers::token);
    }
    let products = path.strip_prefix(answers::API_PATH)?.strip_prefix("/hardware/products")?;
    if !products.is_empty() {
        return Some(answers::product());
    }
    let number = match query {
        "" => 0,
        query => query.strip_prefix("continuationToken=")?.parse().ok()?,
    };
    Some(answers::page(number))
}
