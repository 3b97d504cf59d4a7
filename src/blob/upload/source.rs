//! The file that is sent, which must stay as it is.

use std::{
    fs::{File, Metadata},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::SystemTime,
};

use bytes::Bytes;
use crc_fast::{CrcAlgorithm, checksum, checksum_combine};
use twox_hash::XxHash3_128;

use super::buffers::Buffer;
use crate::error::{Error, Kind, Result, Stage};

/// The index and the hash of the content.
pub(super) type BlockId = [u8; 20];

/// A file, and what it looked like when it was first looked at.
#[derive(Clone, Debug)]
pub(super) struct Source {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
    /// Where a file system numbers its files: which one it is.
    number: Option<(u64, u64)>,
}

/// A block in memory.
pub(super) struct Block {
    /// Names the block by its place and its content, so that one that is there need not be sent
    /// again. XXH3 is the fastest hash of 128 bits that there is; nobody gains by a forged one.
    pub(super) id: BlockId,
    pub(super) crc64: u64,
    pub(super) data: Bytes,
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, error))?;
        Ok(Self {
            path: path.to_owned(),
            length: metadata.len(),
            modified: metadata.modified().ok(),
            number: number(&metadata),
        })
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Reads a block on a thread that may wait for the disk.
    pub(super) async fn read(
        &self,
        index: u32,
        range: (u64, u64),
        buffer: Buffer,
    ) -> Result<Block> {
        let path = self.path.clone();
        let read = move || Block::read(&path, index, range, buffer);
        let block = tokio::task::spawn_blocking(read).await.unwrap_or_else(|e| Err(e.into()));
        block.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => self.changed(),
            _ => unreadable(&self.path, error),
        })
    }

    /// Fails when the file is no longer what it was.
    pub(super) fn check(&self) -> Result<()> {
        let now = Self::open(&self.path)?;
        let same =
            (now.length, now.modified, now.number) == (self.length, self.modified, self.number);
        if same { Ok(()) } else { Err(self.changed()) }
    }

    fn changed(&self) -> Error {
        let message = format!("{} changed while it was being sent", self.path.display());
        Error::new(Stage::File, Kind::Corrupt, message)
            .with_hint("Nothing was committed. Start again when the file is complete.")
    }
}

impl Block {
    fn read(
        path: &Path,
        index: u32,
        (offset, length): (u64, u64),
        mut buffer: Buffer,
    ) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let room = buffer.room(length as usize);
        file.read_exact(room)?;
        let crc64 = checksum(CrcAlgorithm::Crc64Nvme, room);
        let id = block_id(index, room);
        Ok(Self { id, crc64, data: Bytes::from_owner(buffer) })
    }
}

/// The CRC-64 of a file from that of its beginning and that of the block that follows.
pub(super) fn combine(crc64: u64, block: &Block) -> u64 {
    checksum_combine(CrcAlgorithm::Crc64Nvme, crc64, block.crc64, block.data.len() as u64)
}

fn block_id(index: u32, data: &[u8]) -> BlockId {
    let mut id = BlockId::default();
    id[..4].copy_from_slice(&index.to_be_bytes());
    id[4..].copy_from_slice(&XxHash3_128::oneshot(data).to_be_bytes());
    id
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    Error::file(format!("{} cannot be read", path.display()), error)
}

#[cfg(unix)]
fn number(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> Option<(u64, u64)> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_place_and_content() {
        let id = block_id(1, b"content");
        assert_eq!(id, block_id(1, b"content"));
        assert_ne!(id, block_id(2, b"content"));
        assert_ne!(id, block_id(1, b"contenT"));
    }

    #[test]
    fn the_checksum_is_the_one_that_azure_names() {
        // The check value that the catalogues of CRCs give for CRC-64/NVME.
        assert_eq!(checksum(CrcAlgorithm::Crc64Nvme, b"123456789"), 0xae8b_1486_0a79_9888);
    }

    #[test]
    fn a_file_that_was_replaced_by_one_of_the_same_length_and_time_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("package.cab");
        std::fs::write(&path, "one").unwrap();
        let source = Source::open(&path).unwrap();
        source.check().unwrap();
        let other = folder.path().join("other.cab");
        std::fs::write(&other, "two").unwrap();
        File::options()
            .write(true)
            .open(&other)
            .unwrap()
            .set_modified(source.modified.unwrap())
            .unwrap();
        std::fs::rename(&other, &path).unwrap();
        let error = source.check().unwrap_err();
        assert!(cfg!(not(unix)) || error.to_string().contains("changed"), "{error}");
    }
}
