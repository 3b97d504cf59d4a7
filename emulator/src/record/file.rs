//! The files of a recording.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
};

use serde::Serialize;

use super::content::Content;

/// One exchange, as `tests/recordings/README.md` describes it.
#[derive(Debug, Serialize)]
pub(super) struct File {
    pub(super) operation: String,
    pub(super) about: String,
    pub(super) request: Asked,
    pub(super) response: Answered,
}

#[derive(Debug, Serialize)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: BTreeMap<String, String>,
    #[serde(flatten)]
    pub(super) content: Content,
}

#[derive(Debug, Serialize)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    #[serde(flatten)]
    pub(super) content: Content,
}

impl File {
    /// Writes the file; one that is there already stays as it is.
    pub(super) fn write(&self, folder: &Path, name: &str) -> io::Result<()> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        fs::create_dir_all(folder)?;
        let mut file = OpenOptions::new().write(true).create_new(true).open(folder.join(name))?;
        file.write_all(text.as_bytes())
    }
}

/// The highest number that a file of an earlier recording in `folder` has.
pub(super) fn last_number(folder: &Path) -> io::Result<u32> {
    let mut last = 0;
    for operation in fs::read_dir(folder)? {
        let operation = operation?;
        if !operation.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(operation.path())? {
            last = number(&file?.file_name().to_string_lossy()).unwrap_or(0).max(last);
        }
    }
    Ok(last)
}

fn number(file: &str) -> Option<u32> {
    file.strip_suffix(".json")?.split('-').next()?.parse().ok()
}
