//! Whether what arrived can be a signed package, or the shell of an update.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use crate::{
    blob::corrupt,
    error::{Error, Result},
};

const FIRST_ENTRY: &[u8] = b"PK\x03\x04";
const END_OF_DIRECTORY: &[u8] = b"PK\x05\x06";

/// A zip ends with its directory's end record and a comment of at most 64 KiB.
const END_WINDOW: u64 = 22 + 65_535;

/// A signed package is a zip, and so is an HLK package; a login page of some gateway is none, nor is half a zip.
pub(crate) fn check(file: &mut File) -> Result<()> {
    match is_zip(file) {
        Ok(true) => Ok(()),
        Ok(false) => Err(corrupt("this package is to be a zip, and what arrived is none")),
        Err(error) => Err(Error::file("the file that arrived could not be read again", error)),
    }
}

fn is_zip(file: &mut File) -> io::Result<bool> {
    let length = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let mut start = Vec::new();
    file.take(FIRST_ENTRY.len() as u64).read_to_end(&mut start)?;
    file.seek(SeekFrom::Start(length.saturating_sub(END_WINDOW)))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    let ends = end.windows(END_OF_DIRECTORY.len()).any(|bytes| bytes == END_OF_DIRECTORY);
    Ok(start == FIRST_ENTRY && ends)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn only_a_whole_zip_passes() {
        let zip = [FIRST_ENTRY, b"content", END_OF_DIRECTORY, &[0; 18], b"comment"].concat();
        for (bytes, is_one) in [
            (&zip[..], true),
            (&zip[..12], false),
            (&zip[1..], false),
            (b"<html>Sign in</html>", false),
            (b"", false),
        ] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(bytes).unwrap();
            assert_eq!(check(&mut file).is_ok(), is_one, "{bytes:?}");
        }
    }
}
