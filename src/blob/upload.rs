//! A file to a block blob, in blocks that need not be sent again.

use std::{
    collections::HashSet,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use azure_core::http::{
    ClientOptions, ExponentialRetryOptions, RetryOptions, Transport as SdkTransport,
};
use azure_storage_blob::{
    clients::{BlockBlobClient, BlockBlobClientOptions},
    models::{
        BlockBlobClientCommitBlockListOptions, BlockBlobClientStageBlockOptions, BlockListType,
        BlockLookupList,
    },
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use md5::{Digest, Md5};

use super::{Blobs, checked, error::from_sdk, transport::Transport};
use crate::{
    error::{Error, Kind, Result, Stage},
    model::SafeUrl,
    report::Direction,
    retry::RetryPolicy,
};

/// Azure takes this many blocks in a blob.
const MAX_BLOCKS: u64 = 50_000;

const MIN_BLOCK_SIZE: u64 = 8 * 1024 * 1024;

/// Blocks under way at once: with the smallest blocks they take 32 MiB of memory.
const PARALLEL: usize = 4;

/// A version of the service that Azure and Azurite both know.
const SERVICE_VERSION: &str = "2025-01-05";

/// What was sent.
///
/// ```
/// use hardware_dashboard::blob::Uploaded;
///
/// let resumed = Uploaded { bytes: 24_000_000, sent: 8_000_000 };
/// let spared = resumed.bytes - resumed.sent;
/// assert_eq!(spared, 16_000_000);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// The length of the file.
    pub bytes: u64,
    /// How much of it was sent this time; the rest had arrived before.
    pub sent: u64,
}

/// What a file looked like when it was opened.
#[derive(Clone, Debug, PartialEq)]
struct Snapshot {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
}

/// A block, named by its place and its content: a block with this id need not be sent again.
struct Block {
    id: [u8; 16],
    md5: [u8; 16],
    data: Bytes,
}

impl Blobs {
    /// Sends a file to the blob that `url` writes to.
    ///
    /// Blocks that are there from an earlier try are not sent again.
    pub(crate) async fn upload(&self, path: &Path, url: &SafeUrl) -> Result<Uploaded> {
        let snapshot = Snapshot::take(path)?;
        let client = self.block_blob(url)?;
        let block_size = block_size(snapshot.length);
        let blocks = snapshot.length.div_ceil(block_size);
        let there = if blocks > 1 { staged(&client).await } else { HashSet::new() };
        self.tell(Direction::Upload, 0, Some(snapshot.length));
        let (mut ids, mut done, mut sent) = (Vec::new(), 0, 0);
        let mut staged = stream::iter(0..blocks)
            .map(|index| stage(&client, &there, &snapshot, index, block_size))
            .buffered(PARALLEL);
        while let Some(block) = staged.try_next().await? {
            ids.push(block.id.to_vec());
            done += block.length;
            sent += if block.was_sent { block.length } else { 0 };
            self.tell(Direction::Upload, done, Some(snapshot.length));
        }
        if Snapshot::take(path)? != snapshot {
            return Err(changed(path));
        }
        commit(&client, ids).await?;
        Ok(Uploaded { bytes: snapshot.length, sent })
    }

    fn block_blob(&self, url: &SafeUrl) -> Result<BlockBlobClient> {
        let url = checked(Stage::Upload, url)?;
        let retry = ExponentialRetryOptions {
            max_retries: self.retry.max_attempts.saturating_sub(1),
            initial_delay: first_delay(&self.retry),
            // The SDK's minute in all would end with the second attempt that hangs.
            max_total_elapsed: azure_core::time::Duration::minutes(30),
            ..ExponentialRetryOptions::default()
        };
        let options = BlockBlobClientOptions {
            client_options: ClientOptions {
                transport: Some(SdkTransport::new(Arc::new(Transport(self.http.clone())))),
                retry: RetryOptions::exponential(retry),
                ..ClientOptions::default()
            },
            version: SERVICE_VERSION.to_owned(),
        };
        BlockBlobClient::new(url, None, Some(options))
            .map_err(|error| from_sdk(Stage::Upload, error))
    }
}

/// The policy's own, as far as the SDK waits at all.
fn first_delay(retry: &RetryPolicy) -> azure_core::time::Duration {
    let longest = ExponentialRetryOptions::default().max_delay;
    retry
        .first_delay
        .try_into()
        .map_or(longest, |delay: azure_core::time::Duration| delay.min(longest))
}

struct Staged {
    id: [u8; 16],
    length: u64,
    was_sent: bool,
}

async fn stage(
    client: &BlockBlobClient,
    there: &HashSet<Vec<u8>>,
    snapshot: &Snapshot,
    index: u64,
    block_size: u64,
) -> Result<Staged> {
    let block = snapshot.read(index, block_size).await?;
    let (id, length) = (block.id, block.data.len() as u64);
    if there.contains(id.as_slice()) {
        return Ok(Staged { id, length, was_sent: false });
    }
    let options = BlockBlobClientStageBlockOptions {
        transactional_content_md5: Some(block.md5.to_vec()),
        ..BlockBlobClientStageBlockOptions::default()
    };
    let staged = client.stage_block(&id, length, block.data.into(), Some(options));
    staged.await.map_err(|error| from_sdk(Stage::Upload, error))?;
    Ok(Staged { id, length, was_sent: true })
}

/// The blocks that an earlier try has left. None when they cannot be told: before the first block
/// the list is 404, and without the right to read it is 403.
async fn staged(client: &BlockBlobClient) -> HashSet<Vec<u8>> {
    let list = match client.get_block_list(BlockListType::Uncommitted, None).await {
        Ok(answer) => answer.into_model(),
        Err(error) => Err(error),
    };
    let blocks = list.ok().and_then(|list| list.uncommitted_blocks).unwrap_or_default();
    blocks.into_iter().filter_map(|block| block.name).collect()
}

async fn commit(client: &BlockBlobClient, ids: Vec<Vec<u8>>) -> Result<()> {
    let failed = |error| from_sdk(Stage::Upload, error);
    let list = BlockLookupList { latest: Some(ids), ..BlockLookupList::default() };
    let list = list.try_into().map_err(failed)?;
    let options = BlockBlobClientCommitBlockListOptions::default();
    client.commit_block_list(list, Some(options)).await.map_err(failed)?;
    Ok(())
}

fn block_size(length: u64) -> u64 {
    length.div_ceil(MAX_BLOCKS).max(MIN_BLOCK_SIZE)
}

fn changed(path: &Path) -> Error {
    let message = format!("{} changed while it was being sent", path.display());
    Error::new(Stage::File, Kind::Corrupt, message)
        .with_hint("Nothing was committed. Start again when the file is complete.")
}

impl Snapshot {
    fn take(path: &Path) -> Result<Self> {
        let read = |source| Error::file(format!("{} cannot be read", path.display()), source);
        let metadata = std::fs::metadata(path).map_err(read)?;
        let modified = metadata.modified().ok();
        Ok(Self { path: path.to_owned(), length: metadata.len(), modified })
    }

    async fn read(&self, index: u64, block_size: u64) -> Result<Block> {
        let offset = index * block_size;
        let length = block_size.min(self.length - offset);
        let path = self.path.clone();
        let read = tokio::task::spawn_blocking(move || read_block(&path, index, offset, length));
        let block = read.await.map_err(|error| {
            Error::file(format!("{} cannot be read", self.path.display()), error.into())
        })?;
        block.map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => changed(&self.path),
            _ => Error::file(format!("{} cannot be read", self.path.display()), error),
        })
    }
}

fn read_block(path: &Path, index: u64, offset: u64, length: u64) -> std::io::Result<Block> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut data = vec![0; length as usize];
    file.read_exact(&mut data)?;
    let md5: [u8; 16] = Md5::digest(&data).into();
    let mut id = [0; 16];
    // The index fits: there are at most 50,000 blocks.
    id[..4].copy_from_slice(&(index as u32).to_be_bytes());
    id[4..].copy_from_slice(&md5[..12]);
    Ok(Block { id, md5, data: data.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_grow_so_that_no_file_needs_too_many() {
        for length in [0, 1, MIN_BLOCK_SIZE, 4 << 30, 400 << 30, 5 << 40] {
            assert!(length.div_ceil(block_size(length)) <= MAX_BLOCKS, "{length}");
            assert!(block_size(length) >= MIN_BLOCK_SIZE, "{length}");
        }
    }
}
