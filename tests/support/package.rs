//! Driver packages, made on the spot.

use std::{
    fs,
    io::{Cursor, Write as _},
    path::{Path, PathBuf},
};

use cab::{CabinetBuilder, CompressionType};
use zip::{ZipWriter, write::SimpleFileOptions};

/// The sample driver of the repository.
const DRIVER: [&str; 3] = ["echo.inf", "echo.sys", "echo.pdb"];

/// The sample driver in a cabinet.
pub(crate) fn echo_cabinet() -> Vec<u8> {
    let files = DRIVER.map(|name| (format!("echo\\{name}"), sample(name)));
    cabinet(&files)
}

/// The same as a file of this folder.
pub(crate) fn write_echo_cabinet(folder: &Path) -> PathBuf {
    let path = folder.join("echo.cab");
    fs::write(&path, echo_cabinet()).expect("there is room on the disk");
    path
}

/// An HLK or an HCK package with the sample driver, as a file of this name: both are archives of the
/// same layout.
pub(crate) fn write_kit_package(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let file = fs::File::create(&path).expect("there is room on the disk");
    let mut zip = ZipWriter::new(file);
    for name in ["echo.inf", "echo.sys"] {
        let place = format!("hck/drivers/0c9e1d5a-94d5-4a1f-8f0e-2b7c8b5c6a01/{name}");
        zip.start_file(place, SimpleFileOptions::default()).expect("a file");
        zip.write_all(&sample(name)).expect("there is room on the disk");
    }
    zip.finish().expect("a whole package");
    path
}

fn sample(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/echo-driver/echo");
    fs::read(Path::new(folder).join(name)).expect("the sample is there")
}

/// A cabinet of these files.
fn cabinet(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut builder = CabinetBuilder::new();
    let folder = builder.add_folder(CompressionType::None);
    for (name, _) in files {
        folder.add_file(name.as_str());
    }
    let mut writer = builder.build(Cursor::new(Vec::new())).expect("a cabinet can be begun");
    for (_, content) in files {
        let mut file = writer.next_file().expect("memory is there").expect("a file was named");
        file.write_all(content).expect("memory is there");
    }
    writer.finish().expect("the cabinet is whole").into_inner()
}
