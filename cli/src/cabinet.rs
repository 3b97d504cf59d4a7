//! A folder of driver folders, made into a cabinet for the emulator.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use cab::{CabinetBuilder, CompressionType};

use crate::failure::Failure;

/// Packs every file below `folder` into the cabinet `target`, under its path in the folder.
pub(crate) fn pack(folder: &Path, target: &Path) -> Result<(), Failure> {
    let cannot_read =
        |error| Failure::file(format!("the folder {} cannot be read", folder.display()), error);
    let files = files_below(folder).map_err(cannot_read)?;
    if files.is_empty() {
        return Err(Failure::input(
            format!("the folder {} holds no files", folder.display()),
            "Give a folder that holds a folder for each driver.",
        ));
    }
    write(folder, &files, target).map_err(|error| {
        Failure::file(format!("no cabinet could be made of {}", folder.display()), error)
    })
}

fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            // A link to a folder is not followed: it may lead back.
            let is_folder = entry.file_type()?.is_dir();
            if is_folder { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    files.sort();
    Ok(files)
}

fn write(folder: &Path, files: &[PathBuf], target: &Path) -> io::Result<()> {
    let mut cabinet = CabinetBuilder::new();
    let packed = cabinet.add_folder(CompressionType::MsZip);
    for file in files {
        packed.add_file(name_in_cabinet(folder, file)?);
    }
    let mut writer = cabinet.build(File::create(target)?)?;
    for file in files {
        let mut entry = writer
            .next_file()?
            .ok_or_else(|| io::Error::other("the cabinet took fewer files than it was told"))?;
        io::copy(&mut File::open(file)?, &mut entry)?;
    }
    writer.finish()?.sync_all()
}

/// Cabinets part folders by backslashes.
fn name_in_cabinet(folder: &Path, file: &Path) -> io::Result<String> {
    let inside = file.strip_prefix(folder).map_err(io::Error::other)?;
    let parts: Option<Vec<_>> = inside.iter().map(|part| part.to_str()).collect();
    parts.map(|parts| parts.join("\\")).ok_or_else(|| {
        io::Error::other(format!("the name of {} is not valid Unicode", file.display()))
    })
}
