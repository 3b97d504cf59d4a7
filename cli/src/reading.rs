//! Texts from files and standard input, for which Ctrl-C need not wait.

use std::{fs, io, path::Path};

/// Reads a text; `-` is standard input. Whoever is to write it may take their time.
pub(crate) async fn read(path: &Path) -> io::Result<String> {
    let path = path.to_owned();
    let reading = tokio::task::spawn_blocking(move || match path == Path::new("-") {
        true => io::read_to_string(io::stdin()),
        false => fs::read_to_string(path),
    });
    reading.await?
}
