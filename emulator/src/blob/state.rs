//! What the store holds: containers of blobs, each with committed content and staged blocks.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
    sync::Arc,
};

use chrono::{DateTime, Utc};
use http::HeaderMap;
use tempfile::{NamedTempFile, TempDir, TempPath};
use uuid::Uuid;

use super::{
    error::{BlobError, Code},
    request::{Target, decoded_length},
};

/// How many blocks may wait to be committed.
const MAX_STAGED_BLOCKS: usize = 100_000;

/// The folder of all content; it goes away with the store.
pub(super) struct Files(TempDir);

impl Files {
    pub(super) fn create() -> io::Result<Self> {
        tempfile::Builder::new().prefix("hwdash-blobs-").tempdir().map(Self)
    }

    /// Removes the folder before the store itself goes.
    pub(super) fn remove(&self) {
        if let Err(error) = std::fs::remove_dir_all(self.0.path()) {
            tracing::warn!(%error, "a temporary folder was left behind");
        }
    }

    pub(super) fn new_file(&self) -> io::Result<NamedTempFile> {
        NamedTempFile::new_in(self.0.path())
    }

    /// Puts a file that lies elsewhere into the folder, without copying where the disk allows it.
    pub(super) fn adopt(&self, source: &Path) -> io::Result<TempPath> {
        let path = self.0.path().join(Uuid::new_v4().to_string());
        if std::fs::hard_link(source, &path).is_err() {
            std::fs::copy(source, &path)?;
        }
        TempPath::try_from_path(path)
    }
}

/// A block that was put and not yet committed.
#[derive(Clone)]
pub(super) struct StagedBlock {
    pub(super) file: Arc<TempPath>,
    pub(super) length: u64,
}

/// Where a committed block lies in its blob.
#[derive(Clone, Debug)]
pub(super) struct CommittedBlock {
    pub(super) id: String,
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// The content of a blob as readers see it; it never changes, only gives way to a new one.
pub(super) struct Content {
    pub(super) file: TempPath,
    pub(super) length: u64,
    pub(super) blocks: Vec<CommittedBlock>,
    /// The headers that were stored with the blob.
    pub(super) properties: HeaderMap,
    pub(super) etag: String,
    pub(super) created: DateTime<Utc>,
    pub(super) modified: DateTime<Utc>,
}

/// New content on its way into a blob.
pub(super) struct NewContent {
    pub(super) file: TempPath,
    pub(super) length: u64,
    pub(super) blocks: Vec<CommittedBlock>,
    pub(super) properties: HeaderMap,
}

/// One blob; without committed content only its block list can be seen.
#[derive(Default)]
pub(super) struct Blob {
    pub(super) committed: Option<Arc<Content>>,
    /// By block id, which is the order of the uncommitted block list.
    pub(super) staged: BTreeMap<String, StagedBlock>,
}

impl Blob {
    /// Adds a block, or replaces the waiting one of the same id.
    pub(super) fn stage(&mut self, id: String, block: StagedBlock) -> Result<(), BlobError> {
        let other = self.staged.keys().next();
        if other.is_some_and(|other| decoded_length(other) != decoded_length(&id)) {
            return Err(Code::InvalidBlobOrBlock.into());
        }
        if self.staged.len() >= MAX_STAGED_BLOCKS && !self.staged.contains_key(&id) {
            return Err(Code::BlockCountExceedsLimit.into());
        }
        self.staged.insert(id, block);
        Ok(())
    }

    /// Makes `content` what readers see. The staged blocks and the content before it are given back:
    /// their files go when they are dropped, which nobody else should have to wait for.
    pub(super) fn replace(
        &mut self,
        content: NewContent,
        now: DateTime<Utc>,
    ) -> (Arc<Content>, Replaced) {
        let NewContent { file, length, blocks, properties } = content;
        let created = self.committed.as_ref().map_or(now, |replaced| replaced.created);
        let content = Arc::new(Content {
            file,
            length,
            blocks,
            properties,
            etag: new_etag(),
            created,
            modified: now,
        });
        let replaced = Replaced {
            _staged: std::mem::take(&mut self.staged),
            _committed: self.committed.replace(Arc::clone(&content)),
        };
        (content, replaced)
    }
}

/// What a blob held before, to be dropped where it keeps nobody waiting.
#[must_use]
pub(super) struct Replaced {
    _staged: BTreeMap<String, StagedBlock>,
    _committed: Option<Arc<Content>>,
}

/// An entity tag in Azure's form, never given twice.
fn new_etag() -> String {
    let random = Uuid::new_v4().as_u128() as u64 & 0xFFF_FFFF_FFFF;
    format!("\"0x8DE{random:011X}\"")
}

/// All containers of the account.
#[derive(Default)]
pub(super) struct Containers(HashMap<String, HashMap<String, Blob>>);

impl Containers {
    pub(super) fn create(&mut self, container: &str) -> &mut HashMap<String, Blob> {
        self.0.entry(container.to_owned()).or_default()
    }

    /// The blob of that name, made if it is not there, for writing.
    pub(super) fn blob_mut(&mut self, target: &Target) -> Result<&mut Blob, BlobError> {
        let container = self.0.get_mut(&target.container).ok_or(Code::ContainerNotFound)?;
        Ok(container.entry(target.blob.clone()).or_default())
    }

    pub(super) fn blob(&self, target: &Target) -> Result<&Blob, BlobError> {
        let container = self.0.get(&target.container).ok_or(Code::ContainerNotFound)?;
        // A refused write may have left an entry without anything in it.
        let there = |blob: &&Blob| blob.committed.is_some() || !blob.staged.is_empty();
        container.get(&target.blob).filter(there).ok_or_else(|| Code::BlobNotFound.into())
    }

    pub(super) fn content(&self, target: &Target) -> Result<Arc<Content>, BlobError> {
        self.blob(target)?.committed.clone().ok_or_else(|| Code::BlobNotFound.into())
    }
}

/// One piece of a blob to be put together: a whole staged block or a part of committed content.
#[derive(Clone)]
pub(super) enum Piece {
    Staged { id: String, block: StagedBlock },
    Committed { block: CommittedBlock, content: Arc<Content> },
}

/// Writes the pieces into one file, in order.
pub(super) fn assemble(
    files: &Files,
    pieces: &[Piece],
) -> io::Result<(TempPath, Vec<CommittedBlock>)> {
    let mut whole = files.new_file()?;
    let mut blocks = Vec::with_capacity(pieces.len());
    let mut offset = 0;
    for piece in pieces {
        let (id, length) = match piece {
            Piece::Staged { id, block } => {
                io::copy(&mut File::open(&*block.file)?, whole.as_file_mut())?;
                (id, block.length)
            }
            Piece::Committed { block, content } => {
                copy_section(&content.file, block, whole.as_file_mut())?;
                (&block.id, block.length)
            }
        };
        blocks.push(CommittedBlock { id: id.clone(), offset, length });
        offset += length;
    }
    Ok((whole.into_temp_path(), blocks))
}

fn copy_section(source: &Path, block: &CommittedBlock, into: &mut File) -> io::Result<u64> {
    let mut source = File::open(source)?;
    source.seek(SeekFrom::Start(block.offset))?;
    io::copy(&mut source.take(block.length), into)
}
