//! What an HLK or HCK package is beside a zip: its signature parts, and no zip64.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use zip::ZipArchive;

use super::{Entry, PackageError, authenticode::Signature};

/// The folder of the parts that sign an OPC package.
const SIGNATURE_FOLDER: &str = "package/services/digital-signature/";

/// The end of the central directory without its comment, and the zip64 locator before it.
const END_BYTES: usize = 22;
const LOCATOR_BYTES: usize = 20;
const MAX_COMMENT_BYTES: usize = 0xFFFF;
const END_MAGIC: &[u8] = b"PK\x05\x06";
const LOCATOR_MAGIC: &[u8] = b"PK\x06\x07";
/// The extra field with the sizes that do not fit into 32 bits.
const ZIP64_FIELD: u16 = 1;

/// A signed package has its signature in a part of its own.
pub(super) fn signature(entries: &[Entry]) -> Signature {
    let is_signature = |path: &str| {
        let path = path.to_ascii_lowercase();
        path.starts_with(SIGNATURE_FOLDER) && path.ends_with(".psdsxs")
    };
    if entries.iter().any(|entry| entry.size > 0 && is_signature(&entry.path)) {
        Signature::Present
    } else {
        Signature::Absent
    }
}

/// Whether the archive has a zip64 directory or a file with zip64 sizes.
pub(super) fn is_zip64(
    archive: &mut ZipArchive<BufReader<File>>,
    path: &Path,
) -> Result<bool, PackageError> {
    if has_locator(path)? {
        return Ok(true);
    }
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index)?;
        if file.extra_data().is_some_and(|fields| has_zip64_field(&fields)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_locator(path: &Path) -> Result<bool, PackageError> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let tail_bytes = LOCATOR_BYTES + END_BYTES + MAX_COMMENT_BYTES;
    file.seek(SeekFrom::Start(length.saturating_sub(tail_bytes as u64)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let end = tail.windows(END_MAGIC.len()).rposition(|window| window == END_MAGIC);
    let locator = end.and_then(|end| tail.get(end.checked_sub(LOCATOR_BYTES)?..end));
    Ok(locator.is_some_and(|locator| locator.starts_with(LOCATOR_MAGIC)))
}

/// Walks through extra fields: id, length, content.
fn has_zip64_field(mut fields: &[u8]) -> bool {
    while let [id_low, id_high, length_low, length_high, rest @ ..] = fields {
        if u16::from_le_bytes([*id_low, *id_high]) == ZIP64_FIELD {
            return true;
        }
        let length = u16::from_le_bytes([*length_low, *length_high]).into();
        fields = rest.get(length..).unwrap_or_default();
    }
    false
}
