//! The headers that are stored with a blob and come back when it is read.

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{checksum::CONTENT_MD5, request::Query, state::Content};

/// The header that sets a property, and the one that gives it back.
const SETTABLE: [(&str, HeaderName); 6] = [
    ("x-ms-blob-cache-control", header::CACHE_CONTROL),
    ("x-ms-blob-content-disposition", header::CONTENT_DISPOSITION),
    ("x-ms-blob-content-encoding", header::CONTENT_ENCODING),
    ("x-ms-blob-content-language", header::CONTENT_LANGUAGE),
    ("x-ms-blob-content-md5", HeaderName::from_static(CONTENT_MD5)),
    ("x-ms-blob-content-type", header::CONTENT_TYPE),
];

/// The SAS field that overrides a property for whoever reads by that URL.
const OVERRIDES: [(&str, HeaderName); 5] = [
    ("rscc", header::CACHE_CONTROL),
    ("rscd", header::CONTENT_DISPOSITION),
    ("rsce", header::CONTENT_ENCODING),
    ("rscl", header::CONTENT_LANGUAGE),
    ("rsct", header::CONTENT_TYPE),
];

const METADATA_PREFIX: &str = "x-ms-meta-";

/// The properties that the headers of a Put Blob or Put Block List set.
pub(super) fn from_request(headers: &HeaderMap) -> HeaderMap {
    let mut properties = HeaderMap::new();
    for (set_by, property) in SETTABLE {
        if let Some(value) = headers.get(set_by) {
            properties.insert(property, value.clone());
        }
    }
    for (name, value) in headers {
        if name.as_str().starts_with(METADATA_PREFIX) {
            properties.append(name, value.clone());
        }
    }
    properties.entry(header::CONTENT_TYPE).or_insert_with(octet_stream);
    properties
}

/// The headers that describe `content` to a reader who came with `query`.
pub(super) fn of(content: &Content, query: &Query) -> HeaderMap {
    let mut headers = content.properties.clone();
    headers.entry(header::CONTENT_TYPE).or_insert_with(octet_stream);
    for (field, name) in OVERRIDES {
        if let Some(value) = query.get(field).and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers.extend(version(content));
    for (name, value) in [
        ("accept-ranges", "bytes"),
        ("x-ms-blob-type", "BlockBlob"),
        ("x-ms-lease-state", "available"),
        ("x-ms-lease-status", "unlocked"),
        ("x-ms-server-encrypted", "true"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    insert(
        &mut headers,
        HeaderName::from_static("x-ms-creation-time"),
        &http_date(content.created),
    );
    headers
}

/// `ETag` and `Last-Modified`.
pub(super) fn version(content: &Content) -> HeaderMap {
    let mut headers = HeaderMap::new();
    insert(&mut headers, header::ETAG, &content.etag);
    insert(&mut headers, header::LAST_MODIFIED, &http_date(content.modified));
    headers
}

/// Sets a header; a value that no header can hold is left out.
pub(super) fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

/// A date as HTTP headers have it.
pub(super) fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn octet_stream() -> HeaderValue {
    HeaderValue::from_static("application/octet-stream")
}
