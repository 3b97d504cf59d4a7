//! A file to a block blob, in blocks that need not be sent again.

mod buffers;
mod content_md5;
mod layout;
mod options;
mod session;
mod source;
mod whole;

use std::{
    collections::HashSet,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use futures_util::{StreamExt, TryStreamExt, stream};

pub use self::options::{ContentMd5, Integrity, UploadOptions};
use self::{
    buffers::Buffers,
    content_md5::Hasher,
    layout::Layout,
    session::{Left, Session},
    source::{Block, BlockId, Source},
    whole::Whole,
};
use super::{Blobs, Sas, meter::Meter, transport::Transport};
use crate::{
    error::{Error, Result},
    report::{Direction, Event},
};

/// After so many rounds in which the server lost blocks it will lose them again.
const MAX_ROUNDS: u8 = 3;

/// What was sent.
///
/// ```
/// use hardware_dashboard::blob::Uploaded;
///
/// fn receipt(sent: &Uploaded) -> String {
///     let spared = sent.bytes - sent.sent.min(sent.bytes);
///     format!("{} bytes, {spared} of them earlier, CRC-64 {:016x}", sent.bytes, sent.crc64)
/// }
///
/// let resumed = Uploaded { bytes: 24_000_000, sent: 8_000_000, crc64: 0xab, md5: None };
/// assert_eq!(receipt(&resumed), "24000000 bytes, 16000000 of them earlier, CRC-64 00000000000000ab");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// The length of the file.
    pub bytes: u64,
    /// How much of it was sent this time; the rest had arrived before.
    pub sent: u64,
    /// The CRC-64/NVME of the file.
    pub crc64: u64,
    /// The MD5 of the file, which is kept with the blob. By default there is none when the line was
    /// faster than it can be computed; see [`ContentMd5`].
    pub md5: Option<[u8; 16]>,
}

/// One upload of one file.
struct Upload<'a> {
    session: Session<'a>,
    source: Source,
    layout: Layout,
    options: &'a UploadOptions,
    meter: Arc<Meter>,
    sent: AtomicU64,
}

/// What the blocks of a file amount to.
#[derive(Default)]
struct Sum {
    ids: Vec<BlockId>,
    whole: Whole,
    md5: Option<[u8; 16]>,
}

impl Blobs {
    /// Sends a file to the blob that `sas` writes to.
    ///
    /// Blocks that are there from an earlier try are not sent again.
    pub(crate) async fn upload(
        &self,
        path: &Path,
        sas: &Sas,
        options: &UploadOptions,
    ) -> Result<Uploaded> {
        let source = Source::open(path)?;
        let layout = Layout::of(source.length())?;
        let total = layout.length();
        let meter = self.meter(Direction::Upload);
        meter.begin(Some(total));
        let http = self.http.to(sas.lease().url())?;
        let transport = Transport { http, pace: self.pace.clone(), meter: meter.clone() };
        let session = Session::new(sas, &self.retry, &*self.reporter, transport, options.integrity);
        let sent = AtomicU64::new(0);
        let upload = Upload { session, source, layout, options, meter: meter.clone(), sent };
        let Sum { whole, md5, .. } = meter.watch(upload.run()).await?;
        meter.finish();
        Ok(Uploaded { bytes: total, sent: upload.sent.into_inner(), crc64: whole.crc64(), md5 })
    }
}

impl Upload<'_> {
    async fn run(&self) -> Result<Sum> {
        if self.layout.is_small() {
            return self.send_whole().await;
        }
        let mut round = 1;
        loop {
            match self.send_blocks().await {
                Err(error) if round < MAX_ROUNDS && self.can_go_on(&error).await? => round += 1,
                ended => return ended,
            }
        }
    }

    /// In one request, which replaces whatever an earlier try has left.
    async fn send_whole(&self) -> Result<Sum> {
        let length = self.layout.length();
        let buffer = Buffers::new(1, length as usize).take().await;
        let plain = self.options.integrity == Integrity::None
            && self.options.content_md5 == ContentMd5::Never;
        let block = self.source.read(0, (0, length), buffer, !plain).await?;
        let mut sum = Sum { md5: block.md5, ..Sum::default() };
        sum.add(&block);
        self.source.check()?;
        self.session.put(block.data, sum.md5).await?;
        self.sent.fetch_add(length, Ordering::Relaxed);
        Ok(sum)
    }

    /// Sends the blocks that are not there yet, and commits them all.
    async fn send_blocks(&self) -> Result<Sum> {
        let there = self.there().await?;
        let schedule = self.layout.schedule(self.options.memory);
        let mut hasher = Hasher::start(self.options.content_md5, schedule.buffers / 2);
        let mut sum = Sum::default();
        let mut blocks = self.blocks(schedule.buffers);
        let in_order = stream::try_unfold(
            (&mut blocks, &mut hasher, &mut sum),
            async |(blocks, hasher, sum)| {
                let Some(block) = blocks.try_next().await? else { return Ok(None) };
                sum.add(&block);
                let is_there = there.contains(block.id.as_slice());
                hasher.add(block.data.clone(), !is_there).await;
                Ok(Some(((block, is_there), (blocks, hasher, sum))))
            },
        );
        let send = async |(block, is_there)| self.settle(block, is_there).await;
        in_order.try_for_each_concurrent(schedule.parallel, send).await?;
        sum.md5 = hasher.finish().await;
        self.source.check()?;
        self.session.commit(&sum.ids, sum.md5).await?;
        Ok(sum)
    }

    /// The blocks in their order, read a little ahead.
    fn blocks(&self, count: usize) -> impl futures_util::Stream<Item = Result<Block>> + Unpin {
        let buffers = Buffers::new(count, self.layout.block_size() as usize);
        let free = move |index| {
            let buffers = buffers.clone();
            // One after the other, so that no later block takes the memory of an earlier one.
            async move { (index, buffers.take().await) }
        };
        let read = |(index, buffer)| {
            let with_md5 = self.session.wants_md5();
            self.source.read(index, self.layout.range(index), buffer, with_md5)
        };
        let indexes = stream::iter(0..self.layout.blocks());
        Box::pin(indexes.then(free).map(read).buffered(layout::READ_AHEAD))
    }

    async fn settle(&self, block: Block, is_there: bool) -> Result<()> {
        let length = block.data.len() as u64;
        if is_there {
            self.meter.add(length);
            return Ok(());
        }
        self.session.stage(&block).await?;
        self.sent.fetch_add(length, Ordering::Relaxed);
        Ok(())
    }

    /// The ids that an earlier try has left, if they can be used.
    async fn there(&self) -> Result<HashSet<Vec<u8>>> {
        let Left { staged, committed } = self.session.left().await?;
        let is_ours = |id: &Vec<u8>| id.len() == size_of::<BlockId>();
        // All ids that wait must be of one length.
        if !staged.iter().all(is_ours) {
            self.session.clear().await?;
            return Ok(HashSet::new());
        }
        let there: HashSet<_> = staged.into_iter().chain(committed).filter(is_ours).collect();
        if !there.is_empty() {
            let (total, size) = (self.layout.length(), self.layout.block_size());
            let direction = Direction::Upload;
            let there = total.min(there.len() as u64 * size);
            self.session.reporter.event(&Event::TransferResumed { direction, there, total });
        }
        Ok(there)
    }

    /// Whether another round helps: the server has lost blocks, or has some of another shape.
    async fn can_go_on(&self, error: &Error) -> Result<bool> {
        match error.code() {
            Some("InvalidBlockList") => {}
            Some("InvalidBlobOrBlock") => self.session.clear().await?,
            _ => return Ok(false),
        }
        tracing::info!(%error, "blocks are missing: sending them again");
        self.meter.begin(Some(self.layout.length()));
        Ok(true)
    }
}

impl Sum {
    fn add(&mut self, block: &Block) {
        self.whole.add(block);
        self.ids.push(block.id);
    }
}
