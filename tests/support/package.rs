//! Driver packages, made on the spot.

use std::{
    fs,
    io::{Cursor, Write as _},
    path::{Path, PathBuf},
};

use cab::{CabinetBuilder, CompressionType};

/// The sample driver of the repository.
const DRIVER: [&str; 3] = ["echo.inf", "echo.sys", "echo.pdb"];

/// The sample driver in a cabinet.
pub(crate) fn echo_cabinet() -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/echo-driver/echo");
    let files: Vec<_> = DRIVER
        .iter()
        .map(|name| {
            let content = fs::read(Path::new(folder).join(name)).expect("the sample is there");
            (format!("echo\\{name}"), content)
        })
        .collect();
    cabinet(&files)
}

/// The same as a file of this folder.
pub(crate) fn write_echo_cabinet(folder: &Path) -> PathBuf {
    let path = folder.join("echo.cab");
    fs::write(&path, echo_cabinet()).expect("there is room on the disk");
    path
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
