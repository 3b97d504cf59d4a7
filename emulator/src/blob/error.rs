//! The refusals of the blob store: status, code, text and XML body as Azure Blob has them.

use std::{borrow::Cow, io};

use chrono::{DateTime, SecondsFormat, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use quick_xml::escape::escape;

/// Why a request was refused; the variant's name is the service's error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    AuthenticationFailed,
    AuthorizationPermissionMismatch,
    BlobAlreadyExists,
    BlobNotFound,
    BlockCountExceedsLimit,
    BlockListTooLong,
    BothCrc64AndMd5HeaderPresent,
    ConditionHeadersNotSupported,
    ConditionNotMet,
    ContainerNotFound,
    Crc64Mismatch,
    InternalError,
    InvalidAuthenticationInfo,
    InvalidBlobOrBlock,
    InvalidBlockList,
    InvalidHeaderValue,
    InvalidInput,
    InvalidMd5,
    InvalidQueryParameterValue,
    InvalidRange,
    InvalidUri,
    InvalidXmlDocument,
    Md5Mismatch,
    MissingContentLengthHeader,
    MissingRequiredHeader,
    MissingRequiredQueryParameter,
    NoAuthenticationInformation,
    /// A read whose condition says that the client has the blob already.
    NotModified,
    RequestBodyTooLarge,
    ServerBusy,
    UnsupportedHeader,
    UnsupportedHttpVerb,
}

impl Code {
    const fn status(self) -> StatusCode {
        match self {
            Self::NoAuthenticationInformation | Self::InvalidAuthenticationInfo => {
                StatusCode::UNAUTHORIZED
            }
            Self::AuthenticationFailed | Self::AuthorizationPermissionMismatch => {
                StatusCode::FORBIDDEN
            }
            Self::BlobNotFound | Self::ContainerNotFound => StatusCode::NOT_FOUND,
            Self::UnsupportedHttpVerb => StatusCode::METHOD_NOT_ALLOWED,
            Self::BlobAlreadyExists | Self::BlockCountExceedsLimit => StatusCode::CONFLICT,
            Self::MissingContentLengthHeader => StatusCode::LENGTH_REQUIRED,
            Self::ConditionNotMet => StatusCode::PRECONDITION_FAILED,
            Self::RequestBodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::InvalidRange => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::NotModified => StatusCode::NOT_MODIFIED,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ServerBusy => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    fn name(self) -> Cow<'static, str> {
        match self {
            Self::NotModified => Cow::Borrowed("ConditionNotMet"),
            other => Cow::Owned(format!("{other:?}")),
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::AuthenticationFailed => {
                "Server failed to authenticate the request. Make sure the value of Authorization \
                 header is formed correctly including the signature."
            }
            Self::NoAuthenticationInformation | Self::InvalidAuthenticationInfo => {
                "Server failed to authenticate the request. Please refer to the information in \
                 the www-authenticate header."
            }
            Self::AuthorizationPermissionMismatch => {
                "This request is not authorized to perform this operation using this permission."
            }
            Self::BlobAlreadyExists => "The specified blob already exists.",
            Self::BlobNotFound => "The specified blob does not exist.",
            Self::BlockCountExceedsLimit => {
                "The uncommitted block count cannot exceed the maximum limit of 100,000 blocks."
            }
            Self::BlockListTooLong => "The block list may not contain more than 50,000 blocks.",
            Self::BothCrc64AndMd5HeaderPresent => {
                "Both x-ms-content-crc64 header and Content-MD5 header are present."
            }
            Self::ConditionHeadersNotSupported => "Condition headers are not supported.",
            Self::ConditionNotMet | Self::NotModified => {
                "The condition specified using HTTP conditional header(s) is not met."
            }
            Self::ContainerNotFound => "The specified container does not exist.",
            Self::Crc64Mismatch => {
                "The CRC64 value specified in the request did not match with the CRC64 value \
                 calculated by the server."
            }
            Self::InternalError => {
                "The server encountered an internal error. Please retry the request."
            }
            Self::InvalidBlobOrBlock => "The specified blob or block content is invalid.",
            Self::InvalidBlockList => "The specified block list is invalid.",
            Self::InvalidHeaderValue => {
                "The value for one of the HTTP headers is not in the correct format."
            }
            Self::InvalidInput => "One of the request inputs is not valid.",
            Self::InvalidMd5 => {
                "The MD5 value specified in the request is invalid. The MD5 value must be 128 \
                 bits and base64-encoded."
            }
            Self::InvalidQueryParameterValue => {
                "Value for one of the query parameters specified in the request URI is invalid."
            }
            Self::InvalidRange => {
                "The range specified is invalid for the current size of the resource."
            }
            Self::InvalidUri => "The requested URI does not represent any resource on the server.",
            Self::InvalidXmlDocument => "XML specified is not syntactically valid.",
            Self::Md5Mismatch => {
                "The MD5 value specified in the request did not match with the MD5 value \
                 calculated by the server."
            }
            Self::MissingContentLengthHeader => "Content-Length HTTP header is required.",
            Self::MissingRequiredHeader => {
                "An HTTP header that's mandatory for this request is not specified."
            }
            Self::MissingRequiredQueryParameter => {
                "A query parameter that's mandatory for this request is not specified."
            }
            Self::RequestBodyTooLarge => {
                "The request body is too large and exceeds the maximum permissible limit."
            }
            Self::ServerBusy => {
                "The server is currently unable to receive requests. Please retry your request."
            }
            Self::UnsupportedHeader => {
                "One of the HTTP headers specified in the request is not supported."
            }
            Self::UnsupportedHttpVerb => "The resource doesn't support specified Http Verb.",
        }
    }
}

/// A refused request.
#[derive(Debug)]
pub(super) struct BlobError {
    code: Code,
    /// Further elements of the XML body, by name.
    details: Vec<(&'static str, String)>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl BlobError {
    /// Adds an element to the XML body.
    pub(super) fn with(mut self, element: &'static str, text: impl Into<String>) -> Self {
        self.details.push((element, text.into()));
        self
    }

    /// Adds a header to the answer.
    pub(super) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) const fn code(&self) -> Code {
        self.code
    }

    pub(super) const fn status(&self) -> StatusCode {
        self.code.status()
    }

    /// The headers of the refusal, `x-ms-error-code` among them.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut headers: HeaderMap = self.headers.iter().cloned().collect();
        if let Ok(code) = HeaderValue::try_from(self.code.name().as_ref()) {
            headers.insert("x-ms-error-code", code);
        }
        headers
    }

    /// The XML body; like Azure's it starts with a byte order mark.
    pub(super) fn xml(&self, request_id: &str, now: DateTime<Utc>) -> String {
        let details: String = self
            .details
            .iter()
            .map(|(element, text)| format!("<{element}>{}</{element}>", escape(text.as_str())))
            .collect();
        format!(
            "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{}</Code>\
             <Message>{}\nRequestId:{request_id}\nTime:{}</Message>{details}</Error>",
            self.code.name(),
            escape(self.code.message()),
            now.to_rfc3339_opts(SecondsFormat::Micros, true),
        )
    }
}

impl From<Code> for BlobError {
    fn from(code: Code) -> Self {
        Self { code, details: Vec::new(), headers: Vec::new() }
    }
}

/// The store's own disk failed.
impl From<io::Error> for BlobError {
    fn from(error: io::Error) -> Self {
        tracing::error!(%error, "the blob store could not use its files");
        Self::from(Code::InternalError).with("ExceptionDetails", error.to_string())
    }
}
