//! Signing for preproduction tests.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{PREPROD, sign::breaches};
use crate::{
    blob::BlobStore,
    package::{self, Package, PackageError},
    state::{BlobName, PreprodAsset, PreprodOutcome},
};

/// Processes a preproduction package, whenever its status will show it.
pub(super) fn process(blobs: &BlobStore, id: &str, require_signature: bool) -> PreprodOutcome {
    let path =
        blobs.path(PREPROD, id).ok_or_else(|| "The emulator lost the package.".to_owned())?;
    let package = package::inspect(&path).map_err(|error| error.to_string())?;
    if package.drivers().is_empty() {
        return Err("The package holds no driver.".to_owned());
    }
    let messages: Vec<&str> =
        breaches(&package, require_signature).map(|breach| breach.message.as_str()).collect();
    if !messages.is_empty() {
        return Err(messages.join(" "));
    }
    sign(blobs, id, &package).map_err(|error| error.to_string())
}

fn sign(blobs: &BlobStore, id: &str, package: &Package) -> Result<PreprodAsset, PackageError> {
    let blob = BlobName {
        container: PREPROD.to_owned(),
        blob: format!("{id}-signed"),
        file_name: format!("Signed_{id}.zip"),
    };
    let mut file = blobs.new_file()?;
    package::write_signed(package, file.as_file_mut())?;
    let hash = sha256(file.path())?;
    blobs.insert(&blob.container, &blob.blob, file.path().to_owned())?;
    Ok(PreprodAsset { id: Uuid::new_v4().to_string(), hash, blob })
}

/// The SHA-256 of a file, in hex.
fn sha256(path: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut file = File::open(path)?;
    let mut chunk = vec![0; 1 << 16];
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        digest.update(&chunk[..read]);
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
