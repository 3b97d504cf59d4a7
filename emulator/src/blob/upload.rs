//! Put Blob and Put Block.

use std::fmt::Display;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::BodyExt;
use tempfile::TempPath;
use tokio::{
    fs::File,
    io::{AsyncWriteExt, BufWriter},
};

use super::{
    Inner,
    checksum::{CONTENT_MD5, Checksum},
    conditions::Conditions,
    error::{BlobError, Code},
    properties,
    request::{Exchange, invalid_header},
    state::{NewContent, StagedBlock},
};
use crate::body::{Body, empty};

const MIB: u64 = 1024 * 1024;
const MAX_BLOB: u64 = 5_000 * MIB;
const MAX_BLOCK: u64 = 4_000 * MIB;

/// How much of a body is gathered before it is written to the disk.
const WRITE_BUFFER: usize = 1024 * 1024;

/// A body that arrived whole, as announced.
struct Received {
    file: TempPath,
    length: u64,
    checksum: (&'static str, String),
}

impl Inner {
    /// Put Blob: the whole content in one request.
    pub(super) async fn put_blob<B>(
        &self,
        exchange: &Exchange<'_>,
        body: &mut B,
    ) -> Result<Response<Body>, BlobError>
    where
        B: hyper::body::Body<Data = Bytes, Error: Display> + Unpin,
    {
        check_blob_type(exchange)?;
        let conditions = Conditions::of(&exchange.parts.headers)?;
        let Received { file, length, checksum } =
            self.receive(exchange, body, MAX_BLOB, true).await?;
        let mut properties = properties::from_request(&exchange.parts.headers);
        if let (CONTENT_MD5, md5) = &checksum
            && !properties.contains_key(CONTENT_MD5)
        {
            properties::insert(&mut properties, HeaderName::from_static(CONTENT_MD5), md5);
        }

        let (content, replaced) = {
            let mut containers = self.containers();
            let blob = containers.blob_mut(exchange.target)?;
            conditions.allow_write(blob.committed.as_deref())?;
            let content = NewContent { file, length, blocks: Vec::new(), properties };
            blob.replace(content, self.clock.now())
        };
        drop(replaced);
        let mut response = created(&checksum);
        response.headers_mut().extend(properties::version(&content));
        Ok(response)
    }

    /// Put Block: one block, to be committed by a later Put Block List.
    pub(super) async fn put_block<B>(
        &self,
        exchange: &Exchange<'_>,
        body: &mut B,
    ) -> Result<Response<Body>, BlobError>
    where
        B: hyper::body::Body<Data = Bytes, Error: Display> + Unpin,
    {
        let id = exchange.block_id()?;
        if !Conditions::of(&exchange.parts.headers)?.is_empty() {
            return Err(Code::ConditionHeadersNotSupported.into());
        }
        if exchange.header(header::CONTENT_LENGTH) == Some("0") {
            return Err(invalid_header(&header::CONTENT_LENGTH, "0"));
        }
        let Received { file, length, checksum } =
            self.receive(exchange, body, MAX_BLOCK, false).await?;
        let block = StagedBlock { file: file.into(), length };
        self.containers().blob_mut(exchange.target)?.stage(id, block)?;
        Ok(created(&checksum))
    }

    /// Writes the body to a file of its own; nothing is left of a body that is cut off or altered.
    async fn receive<B>(
        &self,
        exchange: &Exchange<'_>,
        body: &mut B,
        limit: u64,
        md5: bool,
    ) -> Result<Received, BlobError>
    where
        B: hyper::body::Body<Data = Bytes, Error: Display> + Unpin,
    {
        check_length(exchange, limit)?;
        let mut checksum = Checksum::announced(&exchange.parts.headers, md5)?;
        let (file, path) = self.files.new_file()?.into_parts();
        let mut file = BufWriter::with_capacity(WRITE_BUFFER, File::from_std(file));
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| {
                BlobError::from(Code::InvalidInput).with("Reason", error.to_string())
            })?;
            let Ok(bytes) = frame.into_data() else { continue };
            checksum.update(&bytes);
            length += bytes.len() as u64;
            file.write_all(&bytes).await?;
        }
        file.flush().await?;
        Ok(Received { file: path, length, checksum: checksum.finish()? })
    }
}

fn check_blob_type(exchange: &Exchange<'_>) -> Result<(), BlobError> {
    const BLOB_TYPE: HeaderName = HeaderName::from_static("x-ms-blob-type");
    match exchange.header(&BLOB_TYPE) {
        Some("BlockBlob") => Ok(()),
        Some(other) => Err(invalid_header(&BLOB_TYPE, other)),
        None => {
            Err(BlobError::from(Code::MissingRequiredHeader).with("HeaderName", BLOB_TYPE.as_str()))
        }
    }
}

fn check_length(exchange: &Exchange<'_>, limit: u64) -> Result<(), BlobError> {
    for unsupported in ["x-ms-copy-source", "x-ms-structured-body"] {
        if exchange.header(unsupported).is_some() {
            return Err(BlobError::from(Code::UnsupportedHeader).with("HeaderName", unsupported));
        }
    }
    let length = exchange
        .header(header::CONTENT_LENGTH)
        .and_then(|length| length.parse::<u64>().ok())
        .ok_or(Code::MissingContentLengthHeader)?;
    if length > limit {
        return Err(BlobError::from(Code::RequestBodyTooLarge).with("MaxLimit", limit.to_string()));
    }
    Ok(())
}

/// The answer to a write that was done.
pub(super) fn created((name, value): &(&'static str, String)) -> Response<Body> {
    let mut response = Response::new(empty());
    *response.status_mut() = StatusCode::CREATED;
    let headers = response.headers_mut();
    headers.insert("x-ms-request-server-encrypted", HeaderValue::from_static("true"));
    properties::insert(headers, HeaderName::from_static(name), value);
    response
}
