//! Get Blob and Get Blob Properties.

use std::io::SeekFrom;

use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::BodyExt;
use tokio::{fs::File, io::AsyncSeekExt};

use super::{
    Inner,
    checksum::{CONTENT_CRC64, CONTENT_MD5, crc64_of, md5_of},
    conditions::Conditions,
    error::{BlobError, Code},
    properties,
    request::{Exchange, invalid_header},
    state::Content,
};
use crate::body::{Body, empty, full, section};

/// The largest range whose checksum the service computes.
const MAX_CHECKED_RANGE: u64 = 4 * 1024 * 1024;
const RANGE_MD5: HeaderName = HeaderName::from_static("x-ms-range-get-content-md5");
const RANGE_CRC64: HeaderName = HeaderName::from_static("x-ms-range-get-content-crc64");

/// A part of a blob: from a byte on, so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    start: u64,
    length: u64,
}

impl Inner {
    /// Get Blob: the content or a range of it.
    pub(super) async fn get_blob(
        &self,
        exchange: &Exchange<'_>,
    ) -> Result<Response<Body>, BlobError> {
        let content = self.containers().content(exchange.target)?;
        Conditions::of(&exchange.parts.headers)?.allow_read(&content)?;
        let range = wanted_range(exchange, content.length)?;
        let checked = wanted_checksum(exchange, range)?;

        let mut file = File::open(&content.file).await?;
        let mut response = Response::new(empty());
        *response.headers_mut() = properties::of(&content, exchange.query);
        let Some(range) = range else {
            *response.body_mut() = section(file, content.length);
            return Ok(response);
        };
        describe(&mut response, &content, range);
        file.seek(SeekFrom::Start(range.start)).await?;
        *response.body_mut() = section(file, range.length);
        match checked {
            Some(header) => add_checksum(response, header).await,
            None => Ok(response),
        }
    }

    /// Get Blob Properties: what Get Blob would say, without the content.
    pub(super) fn get_blob_properties(
        &self,
        exchange: &Exchange<'_>,
    ) -> Result<Response<Body>, BlobError> {
        let content = self.containers().content(exchange.target)?;
        Conditions::of(&exchange.parts.headers)?.allow_read(&content)?;
        let mut response = Response::new(empty());
        let headers = response.headers_mut();
        *headers = properties::of(&content, exchange.query);
        headers.insert(header::CONTENT_LENGTH, content.length.into());
        Ok(response)
    }
}

/// The range that the request asks for; `x-ms-range` goes before `Range`.
fn wanted_range(exchange: &Exchange<'_>, length: u64) -> Result<Option<Range>, BlobError> {
    let asked = exchange.header("x-ms-range").or_else(|| exchange.header(header::RANGE));
    let Some((start, end)) = asked.and_then(parse_range) else {
        return Ok(None);
    };
    if start >= length {
        let mut refusal = BlobError::from(Code::InvalidRange);
        if let Ok(value) = HeaderValue::try_from(format!("bytes */{length}")) {
            refusal = refusal.with_header(header::CONTENT_RANGE, value);
        }
        return Err(refusal);
    }
    let end = end.unwrap_or(u64::MAX).min(length - 1);
    Ok(Some(Range { start, length: end - start + 1 }))
}

/// Reads `bytes=first-last` and `bytes=first-`; other forms are ignored, as the service does.
fn parse_range(value: &str) -> Option<(u64, Option<u64>)> {
    let (start, end) = value.trim().strip_prefix("bytes=")?.split_once('-')?;
    let start = start.parse().ok()?;
    let end = if end.is_empty() { None } else { Some(end.parse().ok()?) };
    if end.is_some_and(|end| end < start) { None } else { Some((start, end)) }
}

/// The header of the checksum that the request wants of its range.
fn wanted_checksum(
    exchange: &Exchange<'_>,
    range: Option<Range>,
) -> Result<Option<&'static str>, BlobError> {
    let wants = |name: &HeaderName| {
        exchange.header(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    };
    let (asked, header) = match (wants(&RANGE_MD5), wants(&RANGE_CRC64)) {
        (false, false) => return Ok(None),
        (true, _) => (RANGE_MD5, CONTENT_MD5),
        (false, true) => (RANGE_CRC64, CONTENT_CRC64),
    };
    match range {
        Some(range) if range.length <= MAX_CHECKED_RANGE => Ok(Some(header)),
        _ => Err(invalid_header(&asked, "true")),
    }
}

/// Makes `response` that of a range; the MD5 of the whole moves to a header of its own.
fn describe(response: &mut Response<Body>, content: &Content, range: Range) {
    *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    let headers = response.headers_mut();
    let end = range.start + range.length - 1;
    let value = format!("bytes {}-{end}/{}", range.start, content.length);
    properties::insert(headers, header::CONTENT_RANGE, &value);
    if let Some(md5) = headers.remove(CONTENT_MD5) {
        headers.insert("x-ms-blob-content-md5", md5);
    }
}

async fn add_checksum(
    response: Response<Body>,
    header: &'static str,
) -> Result<Response<Body>, BlobError> {
    let (mut parts, body) = response.into_parts();
    let bytes = body.collect().await?.to_bytes();
    let checksum = if header == CONTENT_MD5 { md5_of(&bytes) } else { crc64_of(&bytes) };
    properties::insert(&mut parts.headers, HeaderName::from_static(header), &checksum);
    Ok(Response::from_parts(parts, full(bytes)))
}
