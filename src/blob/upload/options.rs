//! What a caller may choose of an upload.

/// How a package is sent.
///
/// ```
/// use hardware_dashboard::blob::{ContentMd5, Integrity, UploadOptions};
///
/// let careful = UploadOptions::default().integrity(Integrity::Md5).content_md5(ContentMd5::Always);
/// let small = UploadOptions::default().memory(16 * 1024 * 1024);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadOptions {
    pub(super) memory: u64,
    pub(super) integrity: Integrity,
    pub(super) content_md5: ContentMd5,
}

/// What blob storage compares each block with when it has arrived.
///
/// ```
/// use hardware_dashboard::blob::{Integrity, UploadOptions};
///
/// // For a blob store that is known to check nothing.
/// let options = UploadOptions::default().integrity(Integrity::None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Integrity {
    /// The CRC-64/NVME, which costs next to nothing; MD5 where the server does not know it.
    #[default]
    Crc64,
    /// The MD5.
    Md5,
    /// Nothing.
    None,
}

/// Whether the MD5 of the whole package is kept with the blob, for those who fetch it.
///
/// An MD5 can be computed in one piece only, at some 600 MB/s: a line that is faster has to wait.
///
/// ```
/// use hardware_dashboard::blob::{ContentMd5, UploadOptions};
///
/// let options = UploadOptions::default().content_md5(ContentMd5::Always);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentMd5 {
    /// Unless the line is faster than the MD5 can be computed.
    #[default]
    WhileItKeepsUp,
    /// In any case.
    Always,
    /// Not at all. What fits in one request (4 MiB) has one all the same: blob storage computes it
    /// by itself.
    Never,
}

impl Default for UploadOptions {
    fn default() -> Self {
        Self {
            memory: 64 * 1024 * 1024,
            integrity: Integrity::default(),
            content_md5: ContentMd5::default(),
        }
    }
}

impl UploadOptions {
    /// How much of the package may be in memory: 64 MiB by default. More of it lets more blocks go at
    /// once. One block is in memory in any case: 4 MiB, or a 50,000th of a file of more than 195 GiB.
    #[must_use]
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// What each block is checked with.
    #[must_use]
    pub fn integrity(mut self, integrity: Integrity) -> Self {
        self.integrity = integrity;
        self
    }

    /// Whether the MD5 of the whole is kept with the blob.
    #[must_use]
    pub fn content_md5(mut self, content_md5: ContentMd5) -> Self {
        self.content_md5 = content_md5;
        self
    }
}
