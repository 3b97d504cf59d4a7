//! What a blob request asks for: its target, its query and its operation.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, Method, request::Parts};
use percent_encoding::percent_decode_str;

use super::error::{BlobError, Code};

/// The blob that a path-style URL `/account/container/blob` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) account: String,
    pub(super) container: String,
    pub(super) blob: String,
}

impl Target {
    pub(super) fn parse(path: &str) -> Result<Self, BlobError> {
        let mut parts = path.trim_start_matches('/').splitn(3, '/').map(decode);
        match (parts.next(), parts.next(), parts.next()) {
            (Some(account), Some(container), Some(blob))
                if !account.is_empty() && !container.is_empty() && !blob.is_empty() =>
            {
                Ok(Self { account, container, blob })
            }
            _ => Err(Code::InvalidUri.into()),
        }
    }
}

/// The decoded parameters of a query.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(query: &str) -> Self {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Self(
            pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(decode_pair).collect(),
        )
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

fn decode_pair((name, value): (&str, &str)) -> (String, String) {
    (decode(name), decode(value))
}

/// Undoes percent encoding; a `+` stays what it is, as base64 values hold it.
fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The operations that the store knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    PutBlob,
    PutBlock,
    PutBlockList,
    GetBlockList,
    GetBlob,
    GetBlobProperties,
}

impl Operation {
    pub(super) fn of(method: &Method, query: &Query) -> Result<Self, BlobError> {
        match (method, query.get("comp")) {
            (&Method::PUT, None) => Ok(Self::PutBlob),
            (&Method::PUT, Some("block")) => Ok(Self::PutBlock),
            (&Method::PUT, Some("blocklist")) => Ok(Self::PutBlockList),
            (&Method::GET, Some("blocklist")) => Ok(Self::GetBlockList),
            (&Method::GET, None) => Ok(Self::GetBlob),
            (&Method::HEAD, None) => Ok(Self::GetBlobProperties),
            (&Method::PUT | &Method::GET | &Method::HEAD, Some(comp)) => {
                Err(invalid_parameter("comp", comp))
            }
            _ => Err(Code::UnsupportedHttpVerb.into()),
        }
    }

    /// The SAS permission that the operation needs.
    pub(super) const fn permission(self) -> char {
        match self {
            Self::PutBlob | Self::PutBlock | Self::PutBlockList => 'w',
            Self::GetBlockList | Self::GetBlob | Self::GetBlobProperties => 'r',
        }
    }
}

/// A request whose right to be served is settled.
pub(super) struct Exchange<'a> {
    pub(super) parts: &'a Parts,
    pub(super) target: &'a Target,
    pub(super) query: &'a Query,
}

impl Exchange<'_> {
    pub(super) fn header(&self, name: impl http::header::AsHeaderName) -> Option<&str> {
        text(&self.parts.headers, name)
    }

    /// A block id from the query: base64 of at most 64 bytes.
    pub(super) fn block_id(&self) -> Result<String, BlobError> {
        let Some(id) = self.query.get("blockid") else {
            return Err(BlobError::from(Code::MissingRequiredQueryParameter)
                .with("QueryParameterName", "blockid"));
        };
        match decoded_length(id) {
            Some(1..=64) => Ok(id.to_owned()),
            _ => Err(invalid_parameter("blockid", id)),
        }
    }
}

/// How many bytes a block id stands for; nothing if it is not base64.
pub(super) fn decoded_length(block_id: &str) -> Option<usize> {
    STANDARD.decode(block_id).ok().map(|bytes| bytes.len())
}

/// The text of a header, if it is there and is text.
pub(super) fn text(headers: &HeaderMap, name: impl http::header::AsHeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

pub(super) fn invalid_parameter(name: &'static str, value: &str) -> BlobError {
    BlobError::from(Code::InvalidQueryParameterValue)
        .with("QueryParameterName", name)
        .with("QueryParameterValue", value)
}

pub(super) fn invalid_header(name: &HeaderName, value: &str) -> BlobError {
    BlobError::from(Code::InvalidHeaderValue)
        .with("HeaderName", name.as_str())
        .with("HeaderValue", value)
}
