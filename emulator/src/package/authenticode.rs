//! A look at an Authenticode signature: is it one, and is it made with SHA-256?
//!
//! The signature itself is not verified: the emulator knows nobody's certificates.

/// What was found where a signature is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signature {
    Absent,
    /// Something is there that is not an Authenticode signature.
    Malformed,
    /// The digest is not SHA-256.
    WeakDigest,
    Present,
}

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const OID: u8 = 0x06;
const CONTEXT_0: u8 = 0xA0;
const CONTEXT_1: u8 = 0xA1;

/// 1.2.840.113549.1.7.2
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
/// 1.3.6.1.4.1.311.2.1.4, what Authenticode signs
const SPC_INDIRECT_DATA: &[u8] = &[0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x04];
/// 2.16.840.1.101.3.4.2.1
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];

/// Looks at a PKCS#7 message, which may have padding behind it.
pub(super) fn check(message: &[u8]) -> Signature {
    match digest_algorithm(message) {
        Some(SHA256) => Signature::Present,
        Some(_) => Signature::WeakDigest,
        None => Signature::Malformed,
    }
}

/// The first digest algorithm of a signed message that has a signer and signs what Authenticode
/// signs.
fn digest_algorithm(message: &[u8]) -> Option<&[u8]> {
    let mut content_info = Der(Der(message).take(SEQUENCE)?);
    if content_info.take(OID)? != SIGNED_DATA {
        return None;
    }
    let mut signed_data = Der(Der(content_info.take(CONTEXT_0)?).take(SEQUENCE)?);
    signed_data.take(INTEGER)?;
    let digest_algorithms = signed_data.take(SET)?;
    let mut content = Der(signed_data.take(SEQUENCE)?);
    if content.take(OID)? != SPC_INDIRECT_DATA {
        return None;
    }
    signed_data.take(CONTEXT_0)?; // the certificates
    let _revocations = signed_data.take(CONTEXT_1);
    let signers = signed_data.take(SET)?;
    Der(signers).take(SEQUENCE)?;
    Der(Der(digest_algorithms).take(SEQUENCE)?).take(OID)
}

/// A reader of DER: tag, length, value.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The value of the next element, if it has this tag; else nothing is taken.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&found, rest) = self.0.split_first()?;
        let (length, rest) = read_length(rest)?;
        if found != tag || rest.len() < length {
            return None;
        }
        let (value, rest) = rest.split_at(length);
        self.0 = rest;
        Some(value)
    }
}

fn read_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    if first < 0x80 {
        return Some((first.into(), rest));
    }
    let size = usize::from(first & 0x7F);
    if size == 0 || size > 4 || rest.len() < size {
        return None;
    }
    let (length, rest) = rest.split_at(size);
    Some((length.iter().fold(0, |length, &byte| length << 8 | usize::from(byte)), rest))
}
