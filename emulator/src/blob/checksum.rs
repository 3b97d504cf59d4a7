//! Checksums of what a client sends, computed as it arrives.

use base64::{Engine, engine::general_purpose::STANDARD};
use crc_fast::{CrcAlgorithm, Digest as Crc};
use http::HeaderMap;
use md5::{Digest, Md5};

use super::{
    error::{BlobError, Code},
    request::{invalid_header, text},
};

pub(super) const CONTENT_MD5: &str = "content-md5";
pub(super) const CONTENT_CRC64: &str = "x-ms-content-crc64";

const MD5_ELEMENTS: [&str; 2] = ["UserSpecifiedMd5", "ServerCalculatedMd5"];
const CRC64_ELEMENTS: [&str; 2] = ["UserSpecifiedCrc", "ServerCalculatedCrc"];

/// Computes the MD5 that the client announced, else the CRC-64 that the service answers with.
pub(super) enum Checksum {
    Md5 { computed: Md5, expected: Option<String> },
    Crc64 { computed: Box<Crc>, expected: Option<String> },
}

impl Checksum {
    /// For a body that these headers announce; `md5` asks for MD5 even if nothing is announced.
    pub(super) fn announced(headers: &HeaderMap, md5: bool) -> Result<Self, BlobError> {
        let expected_md5 = text(headers, CONTENT_MD5).map(str::to_owned);
        let expected_crc64 = text(headers, CONTENT_CRC64).map(str::to_owned);
        match (expected_md5, expected_crc64) {
            (Some(_), Some(_)) => Err(Code::BothCrc64AndMd5HeaderPresent.into()),
            (Some(value), _) if !is_base64(&value, 16) => {
                Err(BlobError::from(Code::InvalidMd5).with("HeaderValue", value))
            }
            (_, Some(value)) if !is_base64(&value, 8) => {
                Err(invalid_header(&http::HeaderName::from_static(CONTENT_CRC64), &value))
            }
            (None, Some(value)) => Ok(Self::crc64(Some(value))),
            (Some(value), None) => Ok(Self::md5(Some(value))),
            (None, None) if md5 => Ok(Self::md5(None)),
            (None, None) => Ok(Self::crc64(None)),
        }
    }

    fn md5(expected: Option<String>) -> Self {
        Self::Md5 { computed: Md5::new(), expected }
    }

    fn crc64(expected: Option<String>) -> Self {
        Self::Crc64 { computed: Box::new(Crc::new(CrcAlgorithm::Crc64Nvme)), expected }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Md5 { computed, .. } => Digest::update(computed, bytes),
            Self::Crc64 { computed, .. } => computed.update(bytes),
        }
    }

    /// The header that tells the client what arrived; fails if it announced something else.
    pub(super) fn finish(self) -> Result<(&'static str, String), BlobError> {
        match self {
            Self::Md5 { computed, expected } => {
                let computed = STANDARD.encode(computed.finalize());
                check(Code::Md5Mismatch, MD5_ELEMENTS, expected, &computed)?;
                Ok((CONTENT_MD5, computed))
            }
            Self::Crc64 { computed, expected } => {
                let computed = encode_crc64(computed.finalize());
                check(Code::Crc64Mismatch, CRC64_ELEMENTS, expected, &computed)?;
                Ok((CONTENT_CRC64, computed))
            }
        }
    }
}

/// The base64 text of the MD5 of `bytes`.
pub(super) fn md5_of(bytes: &[u8]) -> String {
    STANDARD.encode(Md5::digest(bytes))
}

/// The base64 text of the CRC-64 of `bytes`.
pub(super) fn crc64_of(bytes: &[u8]) -> String {
    encode_crc64(crc_fast::checksum(CrcAlgorithm::Crc64Nvme, bytes))
}

fn encode_crc64(crc: u64) -> String {
    STANDARD.encode(crc.to_le_bytes())
}

fn is_base64(value: &str, length: usize) -> bool {
    STANDARD.decode(value).is_ok_and(|bytes| bytes.len() == length)
}

/// `[specified, calculated]` names the elements of the refusal that hold the two values.
fn check(
    code: Code,
    [specified, calculated]: [&'static str; 2],
    expected: Option<String>,
    computed: &str,
) -> Result<(), BlobError> {
    match expected {
        Some(expected) if expected != computed => {
            Err(BlobError::from(code).with(specified, expected).with(calculated, computed))
        }
        _ => Ok(()),
    }
}
