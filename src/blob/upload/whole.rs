//! The CRC-64 of a file from those of its blocks.

use crc_fast::{CrcAlgorithm, checksum_combine};

use super::source::Block;

/// The polynomial of CRC-64/NVME without its highest term; the lowest term is the highest bit.
const POLYNOMIAL: u64 = 0x9a6c_9329_ac4b_c9b5;

/// The number 1 of the field that a CRC-64 is computed in.
const ONE: u64 = 1 << 63;

/// The CRC-64 of as much of a file as has been added.
#[derive(Debug, Default)]
pub(super) struct Whole {
    crc64: u64,
    /// A length, and what so many bytes multiply the CRC of those before them by. To find it takes a
    /// third of a millisecond, and all blocks but the last are of one length.
    factor: Option<(u64, u64)>,
}

impl Whole {
    /// Adds the block that comes next.
    pub(super) fn add(&mut self, block: &Block) {
        let length = block.data.len() as u64;
        let factor = match self.factor {
            Some((known, factor)) if known == length => factor,
            _ => checksum_combine(CrcAlgorithm::Crc64Nvme, ONE, 0, length),
        };
        self.factor = Some((length, factor));
        self.crc64 = multiply(self.crc64, factor) ^ block.crc64;
    }

    pub(super) fn crc64(&self) -> u64 {
        self.crc64
    }
}

fn multiply(a: u64, b: u64) -> u64 {
    let (mut product, mut shifted) = (0, b);
    for bit in (0..u64::BITS).rev() {
        if a >> bit & 1 == 1 {
            product ^= shifted;
        }
        let carry = if shifted & 1 == 1 { POLYNOMIAL } else { 0 };
        shifted = shifted >> 1 ^ carry;
    }
    product
}
