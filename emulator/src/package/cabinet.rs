//! Cabinets: their files in one pass, and the place of a signature.

mod layout;
mod overlay;

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use cab::Cabinet;

use self::{layout::Layout, overlay::Overlay};
use super::{
    Entry, PackageError,
    archive::Visitor,
    authenticode::{self, Signature},
};

/// The largest signature that is read.
const MAX_SIGNATURE_BYTES: u32 = 4 * 1024 * 1024;

/// The reserved area of the header as signing tools write it: four words, of which the second and
/// the third say where the PKCS#7 message lies and how long it is, and four bytes more.
const RESERVED_BYTES: usize = 20;

/// An open cabinet.
pub(super) struct CabinetFile {
    cabinet: Cabinet<Overlay>,
    /// In the order of the data, folder by folder.
    members: Vec<Member>,
}

struct Member {
    entry: Entry,
    /// The number of the folder, which is a stretch of data packed as one.
    folder: usize,
    /// Where the file begins in the unpacked folder.
    offset: u64,
}

impl CabinetFile {
    pub(super) fn open(path: &Path) -> Result<Self, PackageError> {
        let layout = Layout::read(path)?;
        let overlay = Overlay::new(File::open(path)?, &layout)?;
        let cabinet = Cabinet::new(overlay)?;
        let mut members: Vec<Member> = layout
            .files
            .into_iter()
            .map(|file| Member {
                entry: Entry { path: file.name.replace('\\', "/"), size: file.size },
                folder: file.folder,
                offset: file.offset,
            })
            .collect();
        members.sort_by_key(|member| (member.folder, member.offset));
        Ok(Self { cabinet, members })
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        self.members.iter().map(|member| member.entry.clone()).collect()
    }

    /// Shows each file to the visitor; every folder is unpacked once, as far as it is read.
    pub(super) fn visit(&mut self, visitor: &mut Visitor<'_>) -> Result<(), PackageError> {
        for members in self.members.chunk_by(|one, other| one.folder == other.folder) {
            let mut data = self.cabinet.read_file(&overlay::file_name(members[0].folder))?;
            for Member { entry, offset, .. } in members {
                data.seek(SeekFrom::Start(*offset))?;
                visitor(entry, &mut (&mut data).take(entry.size))?;
            }
        }
        Ok(())
    }

    /// Looks at the Authenticode signature that the header announces.
    pub(super) fn signature(&self, path: &Path) -> Result<Signature, PackageError> {
        let reserved = self.cabinet.reserve_data();
        let word = |index: usize| {
            let bytes = reserved.get(index * 4..index * 4 + 4)?;
            Some(u32::from_le_bytes(bytes.try_into().ok()?))
        };
        let (Some(offset), Some(length)) = (word(1), word(2)) else {
            return Ok(Signature::Absent);
        };
        if reserved.len() != RESERVED_BYTES || length == 0 {
            return Ok(Signature::Absent);
        }
        if length > MAX_SIGNATURE_BYTES {
            return Ok(Signature::Malformed);
        }
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset.into()))?;
        let mut message = Vec::new();
        file.take(length.into()).read_to_end(&mut message)?;
        Ok(authenticode::check(&message))
    }
}
