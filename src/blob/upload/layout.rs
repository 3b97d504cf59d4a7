//! How a file is cut into blocks. No I/O.

use crate::error::{Error, Result};

/// Azure takes this many blocks in a blob.
const MAX_BLOCKS: u64 = 50_000;

const MIB: u64 = 1024 * 1024;

/// Small enough for many to be under way at once, large enough that their answers cost little.
const MIN_BLOCK_SIZE: u64 = 4 * MIB;

/// Azure takes no larger blocks.
const MAX_BLOCK_SIZE: u64 = 4000 * MIB;

/// More connections do not make a line faster.
const MAX_PARALLEL: u64 = 32;

/// Blocks that are read while others are being sent.
pub(super) const READ_AHEAD: usize = 2;

/// The blocks of a file.
///
/// They depend on its length alone: another machine, with another memory, finds the same ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    length: u64,
    block_size: u64,
}

/// How many blocks are in memory, and how many of them on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    pub(super) buffers: usize,
    pub(super) parallel: usize,
}

impl Layout {
    pub(super) fn of(length: u64) -> Result<Self> {
        let block_size = length.div_ceil(MAX_BLOCKS).next_multiple_of(MIB).max(MIN_BLOCK_SIZE);
        if block_size > MAX_BLOCK_SIZE {
            let message = format!("{length} bytes are more than blob storage takes in one blob");
            return Err(Error::input(message));
        }
        Ok(Self { length, block_size })
    }

    pub(super) fn length(self) -> u64 {
        self.length
    }

    pub(super) fn block_size(self) -> u64 {
        self.block_size
    }

    /// At most 50,000.
    pub(super) fn blocks(self) -> u32 {
        self.length.div_ceil(self.block_size) as u32
    }

    /// Whether one request takes it all.
    pub(super) fn is_small(self) -> bool {
        self.length <= self.block_size
    }

    /// Where a block begins, and how long it is.
    pub(super) fn range(self, index: u32) -> (u64, u64) {
        let offset = u64::from(index) * self.block_size;
        (offset, self.block_size.min(self.length - offset))
    }

    pub(super) fn schedule(self, memory: u64) -> Schedule {
        let most = MAX_PARALLEL.min(self.blocks().into()) + READ_AHEAD as u64;
        let buffers = (memory / self.block_size).clamp(1, most) as usize;
        Schedule { buffers, parallel: buffers.saturating_sub(READ_AHEAD).max(1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_has_blocks_that_the_service_takes_and_that_cover_it() {
        for length in [0, 1, 4 * MIB, 4 * MIB + 1, 4 << 30, 195 << 30, 400 << 30, 190 << 40] {
            let layout = Layout::of(length).unwrap();
            assert!(u64::from(layout.blocks()) <= MAX_BLOCKS, "{length}");
            assert!(layout.block_size() <= MAX_BLOCK_SIZE, "{length}");
            if let Some(last) = layout.blocks().checked_sub(1) {
                let (offset, size) = layout.range(last);
                assert!(size > 0 && offset + size == length, "{length}");
            }
        }
        assert!(Layout::of(200 << 40).unwrap_err().is_input());
    }

    #[test]
    fn one_request_takes_what_fits_in_a_block() {
        assert!(Layout::of(4 * MIB).unwrap().is_small());
        assert!(!Layout::of(4 * MIB + 1).unwrap().is_small());
    }

    #[test]
    fn the_memory_is_kept_to_as_long_as_it_holds_a_block() {
        let layout = Layout::of(4 << 30).unwrap();
        let schedule = |memory| {
            let Schedule { buffers, parallel } = layout.schedule(memory);
            (buffers, parallel)
        };
        assert_eq!(schedule(64 * MIB), (16, 14));
        assert_eq!(schedule(8 * MIB), (2, 1));
        assert_eq!(schedule(0), (1, 1));
        assert_eq!(schedule(u64::MAX), (34, 32));
        assert_eq!(Layout::of(5 * MIB).unwrap().schedule(u64::MAX).buffers, 4);
    }
}
