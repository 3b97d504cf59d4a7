//! One view of the two archive formats.

use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use zip::{ZipArchive, result::ZipError};

use super::{Entry, Kind, PackageError, authenticode::Signature, cabinet::CabinetFile, opc};

const CAB_MAGIC: &[u8] = b"MSCF";
const ZIP_MAGIC: &[u8] = b"PK";

/// What is shown a file of an archive; it need not read it, nor to its end.
pub(super) type Visitor<'a> = dyn FnMut(&Entry, &mut dyn Read) -> Result<(), PackageError> + 'a;

/// An open package.
pub(super) enum Archive {
    Cab(Box<CabinetFile>),
    Zip(ZipArchive<BufReader<File>>),
}

impl Archive {
    pub(super) fn open(path: &Path) -> Result<Self, PackageError> {
        let mut magic = Vec::new();
        File::open(path)?.take(4).read_to_end(&mut magic)?;
        if magic.is_empty() {
            Err(PackageError::Empty)
        } else if magic == CAB_MAGIC {
            Ok(Self::Cab(Box::new(CabinetFile::open(path)?)))
        } else if magic.starts_with(ZIP_MAGIC) {
            Ok(Self::Zip(ZipArchive::new(BufReader::new(File::open(path)?))?))
        } else {
            Err(PackageError::UnknownFormat)
        }
    }

    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::Cab(_) => Kind::Cab,
            Self::Zip(_) => Kind::Hlkx,
        }
    }

    /// All files, in the order in which [`visit`](Self::visit) shows them.
    pub(super) fn entries(&self) -> Result<Vec<Entry>, PackageError> {
        match self {
            Self::Cab(cabinet) => Ok(cabinet.entries()),
            Self::Zip(archive) => {
                let entries = (0..archive.len()).map(|index| zip_entry(archive, index));
                entries.filter_map(Result::transpose).collect()
            }
        }
    }

    /// Shows each file to the visitor, in one pass.
    pub(super) fn visit(&mut self, visitor: &mut Visitor<'_>) -> Result<(), PackageError> {
        match self {
            Self::Cab(cabinet) => cabinet.visit(visitor),
            Self::Zip(archive) => {
                for index in 0..archive.len() {
                    if let Some(entry) = zip_entry(archive, index)? {
                        visitor(&entry, &mut archive.by_index(index)?)?;
                    }
                }
                Ok(())
            }
        }
    }

    pub(super) fn signature(
        &self,
        path: &Path,
        entries: &[Entry],
    ) -> Result<Signature, PackageError> {
        match self {
            Self::Cab(cabinet) => cabinet.signature(path),
            Self::Zip(_) => Ok(opc::signature(entries)),
        }
    }

    pub(super) fn is_zip64(&mut self, path: &Path) -> Result<bool, PackageError> {
        match self {
            Self::Cab(_) => Ok(false),
            Self::Zip(archive) => opc::is_zip64(archive, path),
        }
    }
}

/// The file at `index`; folders and links are none.
fn zip_entry(
    archive: &ZipArchive<BufReader<File>>,
    index: usize,
) -> Result<Option<Entry>, PackageError> {
    let file = archive.by_index_data(index)?;
    let entry = Entry { path: file.name()?.replace('\\', "/"), size: file.size() };
    Ok(file.is_file().then_some(entry))
}

impl From<ZipError> for PackageError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => error.into(),
            other => Self::Corrupt(other.to_string()),
        }
    }
}
