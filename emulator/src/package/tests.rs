//! Packages made for the purpose, with the tools that people make theirs with.

mod archives;
mod metadata;
mod rules;
mod signed;
#[cfg(feature = "peer-tools")]
mod tools;

use std::{
    fs::File,
    io::{Cursor, Write},
    path::{Path, PathBuf},
};

use cab::{CabinetBuilder, CompressionType};
use tempfile::TempDir;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::{Package, PackageError, inspect};

/// An INF for one device on x64.
pub(super) const INF: &str = include_str!("tests/device.inf");

/// A folder with the packages of one test.
struct Workshop(TempDir);

impl Workshop {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a cabinet with these files; `\` parts their folders.
    fn cab(&self, files: &[(&str, &[u8])]) -> PathBuf {
        let path = self.path("package.cab");
        let mut builder = CabinetBuilder::new();
        let folder = builder.add_folder(CompressionType::MsZip);
        for (name, _) in files {
            folder.add_file(*name);
        }
        let mut writer = builder.build(File::create(&path).unwrap()).unwrap();
        let mut contents = files.iter();
        while let Some(mut file) = writer.next_file().unwrap() {
            file.write_all(contents.next().unwrap().1).unwrap();
        }
        writer.finish().unwrap();
        path
    }

    /// Writes a zip with these files and returns where it lies.
    fn zip(&self, files: &[(&str, &[u8])]) -> PathBuf {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        let path = self.path("package.hlkx");
        std::fs::write(&path, zip.finish().unwrap().into_inner()).unwrap();
        path
    }
}

fn inspected(path: &Path) -> Package {
    inspect(path).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(path: &Path) -> PackageError {
    inspect(path).map(|package| panic!("accepted: {package:?}")).unwrap_err()
}
