//! Driver packages as they are uploaded: what is in them, what the service has against them, and
//! what it makes of them.

mod archive;
mod authenticode;
mod cabinet;
mod inf;
mod metadata;
mod opc;
mod os;
mod rules;
mod signed;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, Read},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use self::{archive::Archive, authenticode::Signature};
pub(crate) use self::{
    inf::Inf,
    metadata::driver_metadata,
    rules::{Breach, FailingStep, Rule},
    signed::write_signed,
};

/// The formats that the service takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A cabinet, for attestation signing.
    Cab,
    /// An HLK or HCK package: both are OPC archives of the same layout.
    Hlkx,
}

/// A file in a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The path inside the package, with `/` between its parts.
    pub(crate) path: String,
    pub(crate) size: u64,
}

/// A folder with at least one INF in it, which the service calls a bundle.
#[derive(Clone, Debug)]
pub(crate) struct DriverFolder {
    /// Its path inside the package; empty for the root.
    pub(crate) path: String,
    pub(crate) infs: Vec<InfFile>,
}

/// An INF of a driver folder.
#[derive(Clone, Debug)]
pub(crate) struct InfFile {
    /// The file's name without its folder.
    pub(crate) name: String,
    pub(crate) inf: Inf,
    digest: [u8; 32],
}

/// A package that could be opened; it may still break the service's rules.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    path: PathBuf,
    kind: Kind,
    entries: Vec<Entry>,
    drivers: Vec<DriverFolder>,
    signature: Signature,
    zip64: bool,
    breaches: Vec<Breach>,
}

/// Why a package cannot be used at all; the text is fit for a workflow message.
#[derive(Debug)]
pub(crate) enum PackageError {
    /// There are no bytes in it.
    Empty,
    /// It is neither a cabinet nor a zip archive.
    UnknownFormat,
    /// It claims to be of a format whose rules it breaks.
    Corrupt(String),
    /// The emulator could not read or write its files.
    Io(io::Error),
}

/// The largest INF that is read.
const MAX_INF_BYTES: u64 = 16 * 1024 * 1024;

/// Opens a package and looks for all that the service finds in it.
pub(crate) fn inspect(path: &Path) -> Result<Package, PackageError> {
    let mut archive = Archive::open(path)?;
    let entries = archive.entries()?;
    if entries.is_empty() {
        return Err(PackageError::Empty);
    }
    let drivers = driver_folders(&mut archive)?;
    let mut package = Package {
        path: path.to_owned(),
        kind: archive.kind(),
        signature: archive.signature(path, &entries)?,
        zip64: archive.is_zip64(path)?,
        entries,
        drivers,
        breaches: Vec::new(),
    };
    package.breaches = rules::check(&package);
    Ok(package)
}

impl Package {
    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn drivers(&self) -> &[DriverFolder] {
        &self.drivers
    }

    /// Whether a zip uses the extensions for more than 4 GiB.
    pub(crate) const fn is_zip64(&self) -> bool {
        self.zip64
    }

    /// What the service has against the package, in the order in which it finds out.
    pub(crate) fn breaches(&self) -> &[Breach] {
        &self.breaches
    }

    fn open(&self) -> Result<Archive, PackageError> {
        Archive::open(&self.path)
    }

    /// The innermost driver folder that a file belongs to.
    fn driver_of(&self, path: &str) -> Option<&DriverFolder> {
        let holds = |driver: &&DriverFolder| driver.relative(path).is_some();
        self.drivers.iter().filter(holds).max_by_key(|driver| driver.path.len())
    }
}

impl DriverFolder {
    /// The same for the same folder with the same INFs.
    pub(crate) fn bundle_id(&self) -> Uuid {
        let mut digest = Sha256::new_with_prefix(self.path.to_lowercase());
        for inf in &self.infs {
            digest.update(inf.digest);
        }
        let digest: [u8; 32] = digest.finalize().into();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Builder::from_random_bytes(id).into_uuid()
    }

    /// What follows the folder in `path`, if the file lies below it.
    fn relative<'a>(&self, path: &'a str) -> Option<&'a str> {
        if self.path.is_empty() {
            return Some(path);
        }
        path.strip_prefix(self.path.as_str())?.strip_prefix('/')
    }
}

/// Reads all INFs, by the folder that holds them.
fn driver_folders(archive: &mut Archive) -> Result<Vec<DriverFolder>, PackageError> {
    let mut folders: BTreeMap<String, Vec<InfFile>> = BTreeMap::new();
    archive.visit(&mut |entry, content| {
        let (folder, name) = entry.path.rsplit_once('/').unwrap_or(("", &entry.path));
        if !has_extension(name, "inf") {
            return Ok(());
        }
        if entry.size > MAX_INF_BYTES {
            return Err(PackageError::Corrupt(format!("the INF {} is too large.", entry.path)));
        }
        let mut text = Vec::new();
        content.take(MAX_INF_BYTES).read_to_end(&mut text)?;
        let digest = Sha256::digest(&text).into();
        let inf = InfFile { name: name.to_owned(), inf: Inf::parse(&text), digest };
        folders.entry(folder.to_owned()).or_default().push(inf);
        Ok(())
    })?;
    Ok(folders.into_iter().map(|(path, infs)| DriverFolder { path, infs }).collect())
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(extension))
}

impl fmt::Display for PackageError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => formatter.write_str("The uploaded package is empty."),
            Self::UnknownFormat => formatter.write_str(
                "The uploaded package is neither a cabinet file nor an HLK or HCK package.",
            ),
            Self::Corrupt(reason) => {
                write!(formatter, "The uploaded package could not be opened: {reason}")
            }
            Self::Io(_) => formatter.write_str("The emulator could not read or write a package."),
        }
    }
}

impl std::error::Error for PackageError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Empty | Self::UnknownFormat | Self::Corrupt(_) => None,
        }
    }
}

impl From<io::Error> for PackageError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
                Self::Corrupt(error.to_string())
            }
            _ => Self::Io(error),
        }
    }
}
