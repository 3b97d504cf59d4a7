//! Reading requests: query, form, body.

use std::{collections::HashMap, io};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::Value;
use tempfile::TempPath;
use tokio::io::AsyncWriteExt;
use url::form_urlencoded;

use crate::{
    answer::Answer,
    blob::BlobStore,
    body,
    error::ApiError,
    spec::{Misfit, Operation, RequestBody},
};

/// The largest JSON or form body; packages go to the blob store.
const MAX_BODY: usize = 4 << 20;

/// The body of a request that fits its operation.
#[derive(Debug)]
pub(crate) enum Body {
    None,
    Json(Value),
    /// Bytes, in a file that is removed when this is dropped.
    File(TempPath),
}

/// The parameters of a URL's query; of a repeated one the last counts.
pub(crate) fn query(uri: &Uri) -> HashMap<String, String> {
    let query = uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Reads a form, as the token endpoint takes it. In a body of another type it finds no fields.
pub(crate) async fn form(request: Request<body::Body>) -> Result<HashMap<String, String>, Answer> {
    let is_form = media_type(request.headers()) == "application/x-www-form-urlencoded";
    let bytes = read(request.into_body()).await?;
    let form = if is_form { &*bytes } else { &[] };
    Ok(form_urlencoded::parse(form).into_owned().collect())
}

/// Reads and checks the body that an operation takes.
pub(crate) async fn body(
    operation: &Operation,
    request: Request<body::Body>,
    blobs: &BlobStore,
) -> Result<Body, Answer> {
    let media_type = media_type(request.headers());
    match &operation.body {
        RequestBody::None => {
            let bytes = read(request.into_body()).await?;
            no_body(operation, &media_type, &bytes)
        }
        RequestBody::Json(rule) => {
            if media_type != "application/json" {
                return Err(unsupported(operation, "application/json"));
            }
            let bytes = read(request.into_body()).await?;
            let value = serde_json::from_slice(&bytes).map_err(|error| {
                let misfit = Misfit::new("$", format!("no JSON: {error}"));
                self::misfit(&operation.id, "request body", &misfit)
            })?;
            let accepted = rule.accept(value);
            accepted
                .map(Body::Json)
                .map_err(|misfit| self::misfit(&operation.id, "request body", &misfit))
        }
        RequestBody::Binary => {
            if media_type != "application/octet-stream" {
                return Err(unsupported(operation, "application/octet-stream"));
            }
            file(request.into_body(), blobs).await.map(Body::File)
        }
    }
}

/// The refusal of a request that does not fit the specification: 400, and 422 if it only lacks
/// something.
pub(crate) fn misfit(operation: &str, part: &str, misfit: &Misfit) -> Answer {
    let target = misfit.path.strip_prefix("$.").unwrap_or(&misfit.path).to_owned();
    let message = format!("{operation}: the {part} does not fit at {misfit}");
    let refusal = match misfit.missing {
        true => ApiError::invalid(target, message),
        false => ApiError::malformed(message).with_target(target),
    };
    refusal.into()
}

/// Operations without a body take an empty JSON object too, but no form.
fn no_body(operation: &Operation, media_type: &str, bytes: &Bytes) -> Result<Body, Answer> {
    if !matches!(media_type, "" | "application/json") {
        return Err(unsupported(operation, "application/json"));
    }
    let empty = bytes.is_empty()
        || operation.method == Method::GET
        || serde_json::from_slice::<Value>(bytes).is_ok_and(|value| value == serde_json::json!({}));
    if empty {
        return Ok(Body::None);
    }
    let misfit = Misfit::new("$", "a body, where none or an empty object is taken");
    Err(self::misfit(&operation.id, "request body", &misfit))
}

fn unsupported(operation: &Operation, wanted: &str) -> Answer {
    let message = format!("{}: Unsupported Media Type, send {wanted}.", operation.id);
    Answer::gateway(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
}

/// The media type without its parameters, in lower case; empty if there is none.
fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

async fn read(body: body::Body) -> Result<Bytes, Answer> {
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Answer::gateway(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("The request body is larger than {MAX_BODY} bytes."),
        )),
        Err(error) => Err(broken(&*error)),
    }
}

/// Streams a body of any size to a file on the blob store's disk.
async fn file(mut body: body::Body, blobs: &BlobStore) -> Result<TempPath, Answer> {
    let failed = |error: io::Error| {
        Answer::from(ApiError::internal(format!("The package could not be stored: {error}")))
    };
    let (file, path) = blobs.new_file().map_err(failed)?.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken(&error))?;
        if let Some(data) = frame.data_ref() {
            file.write_all(data).await.map_err(failed)?;
        }
    }
    file.flush().await.map_err(failed)?;
    Ok(path)
}

fn broken(error: &(dyn std::error::Error + 'static)) -> Answer {
    Answer::gateway(StatusCode::BAD_REQUEST, format!("The request body broke off: {error}"))
}

/// The names that [`blob_operation`] gives.
pub(crate) const BLOB_CALLS: [&str; 7] = [
    "putBlob",
    "putBlock",
    "putBlockList",
    "getBlockList",
    "getBlob",
    "getBlobProperties",
    "otherBlobRequest",
];

/// Whether a path has the three parts `/account/container/blob`.
pub(crate) fn names_blob(path: &str) -> bool {
    let parts: Vec<_> = path.trim_start_matches('/').splitn(3, '/').collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty())
}

/// The name under which a blob request is counted.
pub(crate) fn blob_operation<B>(request: &Request<B>) -> &'static str {
    let query = query(request.uri());
    match (request.method().as_str(), query.get("comp").map(String::as_str)) {
        ("PUT", Some("block")) => "putBlock",
        ("PUT", Some("blocklist")) => "putBlockList",
        ("PUT", _) => "putBlob",
        ("GET", Some("blocklist")) => "getBlockList",
        ("GET", _) => "getBlob",
        ("HEAD", _) => "getBlobProperties",
        _ => "otherBlobRequest",
    }
}
