//! What may be wanted of a download.

use crate::blob::partial::{Existing, Hash, Hashes};

/// As many connections as fill a line whose latency one of them could not.
const CONNECTIONS: usize = 8;

/// How a file is fetched, and what it is held against.
///
/// The length is always checked, and the MD5 where blob storage tells one.
///
/// What arrives lies beside the target under a name like `.echo-signed.zip.part`. When the process is
/// killed, or the network fails for longer than is waited, a large file stays there with a `.note` of
/// what there is of it; the next download to the same target goes on from there if the file is still
/// the same, and replaces it if not. Neither holds a URL. To give a download up, remove both.
///
/// ```
/// use hardware_dashboard::blob::DownloadOptions;
///
/// // As a checksum file or a release page tells it.
/// let sha256 = [0x9f; 32];
/// let options = DownloadOptions::default().overwrite(true).sha256(sha256).connections(4);
/// // What an upload has told, so that the same comes back.
/// let options = DownloadOptions::default().md5([0x42; 16]);
/// ```
#[derive(Clone, Debug)]
pub struct DownloadOptions {
    pub(super) existing: Existing,
    pub(super) connections: usize,
    md5: Option<[u8; 16]>,
    sha256: Option<[u8; 32]>,
}

impl Default for DownloadOptions {
    fn default() -> Self {
        Self { existing: Existing::Keep, connections: CONNECTIONS, md5: None, sha256: None }
    }
}

impl DownloadOptions {
    /// Whether a file that is at the target already is replaced. It is kept by default.
    #[must_use]
    pub fn overwrite(mut self, yes: bool) -> Self {
        self.existing = if yes { Existing::Replace } else { Existing::Keep };
        self
    }

    /// The MD5 that the file must have.
    #[must_use]
    pub fn md5(mut self, md5: [u8; 16]) -> Self {
        self.md5 = Some(md5);
        self
    }

    /// The SHA-256 that the file must have.
    #[must_use]
    pub fn sha256(mut self, sha256: [u8; 32]) -> Self {
        self.sha256 = Some(sha256);
        self
    }

    /// How many parts of a large file are fetched at a time: 8 by default. Each takes about 2 MiB of
    /// memory.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(1);
        self
    }

    pub(crate) fn has_sha256(&self) -> bool {
        self.sha256.is_some()
    }

    /// The hashes that have to be computed.
    pub(super) fn hashes(&self) -> Hashes {
        if self.sha256.is_some() { Hashes::Md5AndSha256 } else { Hashes::Md5 }
    }

    /// What is wrong with a file of this hash, of which the server tells that MD5.
    pub(super) fn fault(&self, hash: &Hash, told_md5: Option<[u8; 16]>) -> Option<&'static str> {
        let differs = |md5: [u8; 16]| md5 != hash.md5;
        if self.sha256.is_some() && self.sha256 != hash.sha256 {
            return Some("its SHA-256 is not the one that was expected");
        }
        if self.md5.is_some_and(differs) {
            return Some("its MD5 is not the one that was expected");
        }
        told_md5.is_some_and(differs).then_some("its MD5 is not the one that blob storage tells")
    }
}
