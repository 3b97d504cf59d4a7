//! The tables of a cabinet: folders of packed data, and the files in them.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

/// Header flag: the header has a reserved area.
const RESERVE_PRESENT: u16 = 4;
/// Header flags: the cabinet continues another one, or goes on in another one.
const PART_OF_A_SET: u16 = 1 | 2;

/// What a cabinet holds.
#[derive(Debug)]
pub(super) struct Layout {
    /// How many bytes each folder has when it is unpacked.
    pub(super) folders: Vec<u64>,
    pub(super) files: Vec<FileRecord>,
}

/// A line of the table of files.
#[derive(Debug)]
pub(super) struct FileRecord {
    pub(super) name: String,
    pub(super) size: u64,
    /// The number of the folder that the file lies in.
    pub(super) folder: usize,
    /// Where the file begins in the unpacked folder.
    pub(super) offset: u64,
}

impl Layout {
    /// Reads the tables, and checks that the data is complete and holds every file that they list.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let actual_size = file.metadata()?.len();
        let mut reader = Fields(BufReader::new(file));
        let header = Header::read(&mut reader)?;
        if u64::from(header.size) > actual_size {
            let size = header.size;
            return Err(invalid(format!(
                "the cabinet is cut off: it has {actual_size} of {size} bytes"
            )));
        }
        let folders = (0..header.folders)
            .map(|_| Folder::read(&mut reader, header.folder_reserve))
            .collect::<io::Result<Vec<_>>>()?;
        let files = read_files(&mut reader, &header)?;
        let folders = folders
            .iter()
            .map(|folder| folder.length(&mut reader, header.block_reserve))
            .collect::<io::Result<Vec<_>>>()?;
        let is_held = |file: &FileRecord| {
            folders.get(file.folder).is_some_and(|length| file.offset + file.size <= *length)
        };
        if let Some(file) = files.iter().find(|file| !is_held(file)) {
            let name = &file.name;
            return Err(invalid(format!("the cabinet lists {name}, but does not hold all of it")));
        }
        Ok(Self { folders, files })
    }
}

struct Header {
    size: u32,
    first_file: u32,
    folders: u16,
    files: u16,
    folder_reserve: u8,
    block_reserve: u8,
}

impl Header {
    fn read(reader: &mut Fields) -> io::Result<Self> {
        reader.skip(8)?;
        let size = reader.u32()?;
        reader.skip(4)?;
        let first_file = reader.u32()?;
        reader.skip(6)?;
        let (folders, files, flags) = (reader.u16()?, reader.u16()?, reader.u16()?);
        reader.skip(4)?;
        if flags & PART_OF_A_SET != 0 {
            return Err(invalid("the cabinet is one of a set; submit a single one".to_owned()));
        }
        let (mut folder_reserve, mut block_reserve) = (0, 0);
        if flags & RESERVE_PRESENT != 0 {
            let header_reserve = reader.u16()?;
            folder_reserve = reader.u8()?;
            block_reserve = reader.u8()?;
            reader.skip(header_reserve.into())?;
        }
        Ok(Self { size, first_file, folders, files, folder_reserve, block_reserve })
    }
}

struct Folder {
    first_block: u32,
    blocks: u16,
}

impl Folder {
    fn read(reader: &mut Fields, reserve: u8) -> io::Result<Self> {
        let (first_block, blocks) = (reader.u32()?, reader.u16()?);
        reader.skip(2 + i64::from(reserve))?;
        Ok(Self { first_block, blocks })
    }

    /// How many bytes the folder's blocks hold when they are unpacked.
    fn length(&self, reader: &mut Fields, reserve: u8) -> io::Result<u64> {
        reader.seek(self.first_block)?;
        let mut length = 0;
        for _ in 0..self.blocks {
            reader.skip(4)?;
            let (packed, unpacked) = (reader.u16()?, reader.u16()?);
            reader.skip(i64::from(reserve) + i64::from(packed))?;
            length += u64::from(unpacked);
        }
        Ok(length)
    }
}

fn read_files(reader: &mut Fields, header: &Header) -> io::Result<Vec<FileRecord>> {
    reader.seek(header.first_file)?;
    (0..header.files)
        .map(|_| {
            let (size, offset) = (reader.u32()?.into(), reader.u32()?.into());
            let folder = reader.u16()?.into();
            reader.skip(6)?;
            Ok(FileRecord { name: reader.text()?, size, folder, offset })
        })
        .collect()
}

fn invalid(reason: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// Reads little-endian fields.
struct Fields(BufReader<File>);

impl Fields {
    fn u8(&mut self) -> io::Result<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn u16(&mut self) -> io::Result<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> io::Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads up to a zero; names that are not UTF-8 are read with replacements.
    fn text(&mut self) -> io::Result<String> {
        const MAX_TEXT_BYTES: usize = 256;
        let mut bytes = Vec::new();
        loop {
            match self.u8()? {
                0 => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
                _ if bytes.len() == MAX_TEXT_BYTES => {
                    return Err(invalid(
                        "the name of a file in the cabinet is too long".to_owned(),
                    ));
                }
                byte => bytes.push(byte),
            }
        }
    }

    fn skip(&mut self, bytes: i64) -> io::Result<()> {
        self.0.seek_relative(bytes)
    }

    fn seek(&mut self, offset: u32) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(offset.into())).map(drop)
    }
}
