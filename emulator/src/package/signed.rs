//! The package as it comes back: the same drivers with catalogs issued anew.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Seek, Write},
};

use sha2::{Digest, Sha256};
use uuid::Uuid;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{DriverFolder, Kind, Package, PackageError, has_extension};

/// The folder of a signed package that all else lies in.
const DRIVERS: &str = "drivers";

/// The SHA-256 of the files that one catalog vouches for, by their names.
type Catalog = BTreeMap<String, [u8; 32]>;

/// Writes the zip that the service calls `signedPackage`.
///
/// All files come back as they were, but for symbols, which stay away, and catalogs, which are
/// made anew. Content passes through a piece at a time.
pub(crate) fn write_signed(
    package: &Package,
    into: &mut (impl Write + Seek),
) -> Result<(), PackageError> {
    let mut archive = package.open()?;
    let mut zip = ZipWriter::new(into);
    let mut catalogs: BTreeMap<String, Catalog> = BTreeMap::new();
    archive.visit(&mut |entry, content| {
        let Some((folder, name)) = returned_path(package, &entry.path) else { return Ok(()) };
        let large = entry.size > u64::from(u32::MAX);
        zip.start_file(format!("{folder}/{name}"), options().large_file(large))?;
        let mut file = Hashing { into: &mut zip, digest: Sha256::new() };
        io::copy(content, &mut file)?;
        let digest = file.digest.finalize().into();
        catalogs.entry(folder).or_default().insert(name, digest);
        Ok(())
    })?;
    for driver in package.drivers() {
        let folder = returned_folder(package.kind(), driver);
        let catalog = catalogs.remove(&folder).unwrap_or_default();
        for name in catalog_names(driver) {
            zip.start_file(format!("{folder}/{name}"), options())?;
            zip.write_all(catalog_text(&name, &catalog).as_bytes())?;
        }
    }
    zip.finish()?;
    Ok(())
}

/// Packages may have gigabytes, and nobody waits for a smaller zip from an emulator.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_level(Some(1))
}

/// The driver folder and the name below it that a file comes back under, if it comes back.
fn returned_path(package: &Package, path: &str) -> Option<(String, String)> {
    if has_extension(path, "pdb") || has_extension(path, "cat") {
        return None;
    }
    match package.driver_of(path) {
        Some(driver) => {
            let name = driver.relative(path)?.to_owned();
            Some((returned_folder(package.kind(), driver), name))
        }
        // Of an HLK package nothing but the drivers comes back.
        None if package.kind() == Kind::Hlkx => None,
        None => Some((DRIVERS.to_owned(), path.to_owned())),
    }
}

/// Where a driver folder lies in the signed package.
fn returned_folder(kind: Kind, driver: &DriverFolder) -> String {
    match kind {
        Kind::Cab if driver.path.is_empty() => DRIVERS.to_owned(),
        Kind::Cab => format!("{DRIVERS}/{}", driver.path),
        Kind::Hlkx => {
            let name = driver.path.rsplit('/').next().unwrap_or_default();
            let id = Uuid::try_parse(name).unwrap_or_else(|_| driver.bundle_id());
            format!("{DRIVERS}/{id}")
        }
    }
}

/// The catalogs that the INFs of a folder name, in lower case as the service writes them.
fn catalog_names(driver: &DriverFolder) -> Vec<String> {
    let name = |inf: &super::InfFile| {
        let stem = inf.name.rsplit_once('.').map_or(inf.name.as_str(), |(stem, _)| stem);
        let named = inf.inf.catalog_file.clone();
        named.unwrap_or_else(|| format!("{stem}.cat")).to_lowercase()
    };
    let mut names: Vec<String> = driver.infs.iter().map(name).collect();
    names.sort();
    names.dedup();
    names
}

/// A stand-in for a catalog, which says so.
fn catalog_text(name: &str, catalog: &Catalog) -> String {
    let mut text = format!(
        "{name}\r\n\
         This is not a catalog that Windows accepts. An emulator of the Hardware dashboard made \
         it.\r\nThe SHA-256 of the files that a real one would vouch for:\r\n"
    );
    for (file, digest) in catalog {
        let digest = digest.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        text += &format!("{digest}  {file}\r\n");
    }
    text
}

/// Passes on what is written and hashes it.
struct Hashing<W> {
    into: W,
    digest: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.into.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}
