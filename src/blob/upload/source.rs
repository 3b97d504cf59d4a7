//! The file that is sent, which must stay as it is.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use bytes::Bytes;
use crc_fast::{CrcAlgorithm, Digest};
use md5::Md5;
use twox_hash::xxhash3_128::Hasher;

use super::buffers::Buffer;
use crate::{error::Result, snapshot::Snapshot};

/// So much is read and hashed while it is in the processor's cache.
const PIECE: usize = 128 * 1024;

/// The index and the hash of the content.
pub(super) type BlockId = [u8; 20];

/// The file, which must stay as it is.
#[derive(Clone, Debug)]
pub(super) struct Source(Snapshot);

/// A block in memory.
pub(super) struct Block {
    /// Names the block by its place and its content, so that one that is there need not be sent
    /// again. XXH3 is the fastest hash of 128 bits that there is; nobody gains by a forged one.
    pub(super) id: BlockId,
    pub(super) crc64: u64,
    /// If it was asked for.
    pub(super) md5: Option<[u8; 16]>,
    pub(super) data: Bytes,
}

impl Source {
    pub(super) fn open(path: &Path) -> Result<Self> {
        Snapshot::take(path).map(Self)
    }

    pub(super) fn length(&self) -> u64 {
        self.0.length()
    }

    /// Reads a block on a thread that may wait for the disk.
    pub(super) async fn read(
        &self,
        index: u32,
        range: (u64, u64),
        buffer: Buffer,
        with_md5: bool,
    ) -> Result<Block> {
        let path = self.0.path().to_owned();
        let read = move || Block::read(&path, index, range, buffer, with_md5);
        let block = tokio::task::spawn_blocking(read).await.unwrap_or_else(|e| Err(e.into()));
        block.map_err(|error| self.0.read_error(error))
    }

    /// Fails when the file is no longer what it was.
    pub(super) fn check(&self) -> Result<()> {
        self.0.check()
    }
}

impl Block {
    fn read(
        path: &Path,
        index: u32,
        (offset, length): (u64, u64),
        mut buffer: Buffer,
        with_md5: bool,
    ) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let (mut crc64, mut hash) = (Digest::new(CrcAlgorithm::Crc64Nvme), Hasher::new());
        let mut md5 = with_md5.then(Md5::default);
        for piece in buffer.room(length as usize).chunks_mut(PIECE) {
            file.read_exact(piece)?;
            crc64.update(piece);
            hash.write(piece);
            if let Some(md5) = &mut md5 {
                md5::Digest::update(md5, &*piece);
            }
        }
        let id = block_id(index, hash.finish_128());
        let md5 = md5.map(|md5| md5::Digest::finalize(md5).into());
        Ok(Self { id, crc64: crc64.finalize(), md5, data: Bytes::from_owner(buffer) })
    }
}

fn block_id(index: u32, hash: u128) -> BlockId {
    let mut id = BlockId::default();
    id[..4].copy_from_slice(&index.to_be_bytes());
    id[4..].copy_from_slice(&hash.to_be_bytes());
    id
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use md5::Digest as _;

    use super::{
        super::{buffers::Buffers, whole::Whole},
        *,
    };

    fn block(index: u32, content: &[u8]) -> Block {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let buffers = Buffers::new(1, content.len());
        let buffer = buffers.take().now_or_never().expect("it is free");
        Block::read(file.path(), index, (0, content.len() as u64), buffer, true).unwrap()
    }

    #[test]
    fn ids_tell_place_and_content() {
        let content = vec![1; 2 * PIECE + 1];
        let id = block(1, &content).id;
        assert_eq!(id, block(1, &content).id);
        assert_ne!(id, block(2, &content).id);
        let mut other = content;
        other[PIECE] = 2;
        assert_ne!(id, block(1, &other).id);
    }

    #[test]
    fn the_checksum_is_the_one_that_azure_names_in_one_block_and_in_several() {
        // The check value that the catalogues of CRCs give for CRC-64/NVME.
        let check = 0xae8b_1486_0a79_9888;
        assert_eq!(block(0, b"123456789").crc64, check);
        assert_eq!(block(0, b"123456789").md5, Some(Md5::digest(b"123456789").into()));
        let mut whole = Whole::default();
        for (index, content) in [&b"123"[..], b"456", b"7", b"89"].into_iter().enumerate() {
            whole.add(&block(index as u32, content));
        }
        assert_eq!(whole.crc64(), check);
    }
}
