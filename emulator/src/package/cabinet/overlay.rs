//! A cabinet with another table of files: one file for each folder.
//!
//! The reader of cabinets unpacks a folder from its beginning for each file that it is asked for,
//! which takes hours for a large cabinet of many files. Asked for the folder as a whole it unpacks
//! it once.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
};

use super::layout::Layout;

/// The header up to the number of files.
const HEADER_BYTES: usize = 30;
const TABLE_OFFSET_FIELD: usize = 16;
const FILE_COUNT_FIELD: usize = 28;

/// The cabinet's bytes with a patched header, and the other table behind them.
pub(super) struct Overlay {
    header: [u8; HEADER_BYTES],
    cabinet: BufReader<File>,
    /// Where the next byte of `cabinet` lies.
    cabinet_position: u64,
    length: u64,
    table: Vec<u8>,
    position: u64,
}

impl Overlay {
    pub(super) fn new(mut cabinet: File, layout: &Layout) -> io::Result<Self> {
        let invalid = |reason: &str| io::Error::new(io::ErrorKind::InvalidData, reason.to_owned());
        let length = cabinet.metadata()?.len();
        let table_offset =
            u32::try_from(length).map_err(|_| invalid("the cabinet is larger than 4 GiB"))?;
        let file_count =
            u16::try_from(layout.folders.len()).map_err(|_| invalid("too many folders"))?;
        let mut header = [0; HEADER_BYTES];
        cabinet.read_exact(&mut header)?;
        let mut patch = |field: usize, bytes: &[u8]| {
            header[field..field + bytes.len()].copy_from_slice(bytes);
        };
        patch(TABLE_OFFSET_FIELD, &table_offset.to_le_bytes());
        patch(FILE_COUNT_FIELD, &file_count.to_le_bytes());
        Ok(Self {
            header,
            cabinet: BufReader::new(cabinet),
            cabinet_position: HEADER_BYTES as u64,
            length,
            table: table(layout),
            position: 0,
        })
    }

    fn read_cabinet(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let step = self.position.cast_signed() - self.cabinet_position.cast_signed();
        self.cabinet.seek_relative(step)?;
        self.cabinet_position = self.position;
        let read = self.cabinet.read(bytes)?;
        self.cabinet_position += read as u64;
        Ok(read)
    }
}

/// The name of the file that stands for a folder.
pub(super) fn file_name(folder: usize) -> String {
    folder.to_string()
}

fn table(layout: &Layout) -> Vec<u8> {
    let mut table = Vec::new();
    for (folder, length) in (0_u16..).zip(&layout.folders) {
        // 65,535 blocks of as many bytes are the most that a folder has, which fits.
        let length = u32::try_from(*length).unwrap_or(u32::MAX);
        table.extend(length.to_le_bytes());
        table.extend([0; 4]); // where in the folder it begins
        table.extend(folder.to_le_bytes());
        table.extend([0; 6]); // date, time, attributes
        table.extend(file_name(folder.into()).bytes());
        table.push(0);
    }
    table
}

impl Read for Overlay {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = if let Some(mut header) = part(&self.header, self.position) {
            header.read(bytes)?
        } else if self.position < self.length {
            self.read_cabinet(bytes)?
        } else if let Some(mut table) = part(&self.table, self.position - self.length) {
            table.read(bytes)?
        } else {
            0
        };
        self.position += read as u64;
        Ok(read)
    }
}

/// What is left of `bytes` from a position inside them on.
fn part(bytes: &[u8], position: u64) -> Option<&[u8]> {
    let left = bytes.get(usize::try_from(position).ok()?..)?;
    (!left.is_empty()).then_some(left)
}

impl Seek for Overlay {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let end = self.length + self.table.len() as u64;
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(step) => self.position.checked_add_signed(step),
            SeekFrom::End(step) => end.checked_add_signed(step),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
