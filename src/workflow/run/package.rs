//! The package: what is sent in the end is what was begun with.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read},
    path::Path,
};

use sha2::{Digest as _, Sha256};
use tokio::task::spawn_blocking;

use super::Run;
use crate::{
    error::{Error, Kind, Result, Stage},
    snapshot::Snapshot,
    workflow::known::Fingerprint,
};

/// What the package was when it was read last.
#[derive(Debug)]
pub(super) struct Hashed {
    file: Snapshot,
    fingerprint: Fingerprint,
}

impl Run {
    /// The fingerprint of the package, which may be sent: nothing has been sent yet, or it is the one
    /// of which something was.
    pub(super) async fn fingerprint(&mut self) -> Result<Fingerprint> {
        let file = Snapshot::take(self.record.order.package())?;
        let hashed = match self.hashed.take() {
            Some(hashed) if hashed.file == file => hashed,
            _ => hash(file).await?,
        };
        let fingerprint = hashed.fingerprint.clone();
        self.hashed = Some(hashed);
        match self.begun_with() {
            Some(begun) if *begun != fingerprint => Err(self.is_another(begun, &fingerprint)),
            _ => Ok(fingerprint),
        }
    }

    /// Notes what the package is, before the first of it is sent.
    pub(super) async fn begin_upload(&mut self) -> Result<()> {
        let fingerprint = self.fingerprint().await?;
        if self.record.known.fingerprint.is_some() {
            return Ok(());
        }
        self.note_before("upload", |known| known.fingerprint = Some(fingerprint))
    }

    /// Notes that the package has arrived, unless what arrived is not what was noted.
    pub(super) fn end_upload(&mut self, sent: Result<()>) -> Result<()> {
        let unchanged = self.hashed.as_ref().map_or(Ok(()), |hashed| hashed.file.check());
        let sent = sent.and(unchanged);
        let has_changed = |error: &Error| error.kind() == Kind::Corrupt && error.is_file();
        if sent.as_ref().is_err_and(has_changed) {
            // It was not complete yet. The whole one takes the place of what was sent of it.
            self.record.known.fingerprint = None;
        } else if sent.is_ok() {
            self.record.known.uploaded = true;
        } else {
            return sent;
        }
        self.note("upload", false)?;
        sent
    }

    /// What was uploaded is about to be committed. A package that has gone since is not needed for
    /// that; one that is another now is not what will be signed.
    pub(super) async fn check_uploaded(&mut self) -> Result<()> {
        let is_there = self.record.order.package().try_exists().unwrap_or_default();
        if is_there && self.record.known.fingerprint.is_some() {
            self.fingerprint().await?;
        }
        Ok(())
    }

    /// What the package was of which something may have been sent.
    fn begun_with(&self) -> Option<&Fingerprint> {
        let known = &self.record.known;
        let is_begun = !self.record.order.preprod || known.package.is_intended();
        known.fingerprint.as_ref().filter(|_| is_begun)
    }

    fn is_another(&self, begun: &Fingerprint, now: &Fingerprint) -> Error {
        let package = self.record.order.package().display();
        let (Fingerprint { bytes, sha256 }, other) = (begun, &now.sha256);
        let message = format!(
            "{package} is not the package that this run has begun to send: that was {bytes} bytes with \
             the SHA-256 {sha256}, and this one has {other}"
        );
        Error::new(Stage::File, Kind::Corrupt, message).with_hint(
            "Put that package back and go on with the run. To have this one signed, begin another run, \
             or upload it to the submission by its ids.",
        )
    }
}

/// Reads the whole package, on a thread that may wait for the disk.
async fn hash(file: Snapshot) -> Result<Hashed> {
    let path = file.path().to_owned();
    let read = spawn_blocking(move || sha256(&path)).await.unwrap_or_else(|e| Err(e.into()));
    let sha256 = read.map_err(|error| file.read_error(error))?;
    file.check()?;
    let fingerprint = Fingerprint { bytes: file.length(), sha256 };
    Ok(Hashed { file, fingerprint })
}

fn sha256(path: &Path) -> io::Result<String> {
    let (mut file, mut hash) = (File::open(path)?, Sha256::new());
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => hash.update(&buffer[..read]),
        }
    }
    let mut text = String::new();
    hash.finalize().iter().for_each(|byte| _ = write!(text, "{byte:02x}"));
    Ok(text)
}
