//! The hashes of a file, computed while its parts arrive in any order.

use std::{
    collections::BTreeMap,
    fs::File,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use md5::{Digest, Md5};
use sha2::Sha256;
use tokio::sync::oneshot;

/// So much of the file is read at once.
const PIECE: u64 = 1024 * 1024;

/// What is to be known of a file.
#[derive(Clone, Copy, Debug)]
pub(in crate::blob) enum Hashes {
    Md5,
    /// Costs about as much again.
    Md5AndSha256,
}

/// What is known of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::blob) struct Hash {
    pub(in crate::blob) md5: [u8; 16],
    /// If it was wanted.
    pub(in crate::blob) sha256: Option<[u8; 32]>,
}

/// A hash of bytes in their order.
pub(in crate::blob) struct Hasher {
    md5: Md5,
    sha256: Option<Sha256>,
}

/// A thread that follows the beginning of the file as far as it has no gaps. What it reads was written
/// a moment ago, so that no disk is waited for; and it reads what really lies in the file.
pub(in crate::blob) struct Hashing {
    arrived: Mutex<Arrived>,
    end: Sender<u64>,
    hash: oneshot::Receiver<io::Result<(Hash, u64)>>,
}

/// Which parts of the file are there.
#[derive(Debug, Default)]
struct Arrived {
    /// So far nothing is missing.
    end: u64,
    /// Start and end of the parts behind the first gap.
    behind: BTreeMap<u64, u64>,
}

impl Hashing {
    pub(super) fn of(file: Arc<File>, wanted: Hashes) -> io::Result<Self> {
        let (end, ends) = channel();
        let (done, hash) = oneshot::channel();
        // A thread of its own: one of the runtime's might be missing when the parts are written.
        thread::Builder::new().name("download-hash".to_owned()).spawn(move || {
            // Nobody waits for it when the download was given up.
            let is_given_up = || done.is_closed();
            let hash = follow(&file, &ends, Hasher::new(wanted), is_given_up);
            let _ = done.send(hash);
        })?;
        Ok(Self { arrived: Mutex::default(), end, hash })
    }

    /// The bytes from `start` to `end` are in the file.
    pub(in crate::blob) fn add(&self, start: u64, end: u64) {
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(end) = arrived.add(start, end) {
            // A thread that has failed says so in the end.
            let _ = self.end.send(end);
        }
    }

    /// The hash of a file of this length, all of whose parts are there.
    pub(in crate::blob) async fn finish(self, length: u64) -> io::Result<Hash> {
        drop(self.end);
        let stopped = || io::Error::other("the thread that computes the hash has stopped");
        let (hash, hashed) = self.hash.await.unwrap_or_else(|_| Err(stopped()))?;
        if hashed == length { Ok(hash) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// Gives the hash, and of how many bytes it is: not of all that are there when it was given up.
fn follow(
    file: &File,
    ends: &Receiver<u64>,
    mut hasher: Hasher,
    is_given_up: impl Fn() -> bool,
) -> io::Result<(Hash, u64)> {
    let mut buffer = vec![0; PIECE as usize];
    let mut at = 0;
    for end in ends {
        while at < end && !is_given_up() {
            let piece = &mut buffer[..PIECE.min(end - at) as usize];
            read_exact_at(file, at, piece)?;
            hasher.update(piece);
            at += piece.len() as u64;
        }
    }
    Ok((hasher.finish(), at))
}

impl Hasher {
    pub(in crate::blob) fn new(wanted: Hashes) -> Self {
        let sha256 = matches!(wanted, Hashes::Md5AndSha256).then(Sha256::new);
        Self { md5: Md5::new(), sha256 }
    }

    pub(in crate::blob) fn update(&mut self, bytes: &[u8]) {
        self.md5.update(bytes);
        if let Some(sha256) = &mut self.sha256 {
            sha256.update(bytes);
        }
    }

    pub(in crate::blob) fn finish(self) -> Hash {
        let sha256 = self.sha256.map(|sha256| sha256.finalize().into());
        Hash { md5: self.md5.finalize().into(), sha256 }
    }
}

impl Arrived {
    /// Gives the end of the gapless beginning when this part moves it.
    fn add(&mut self, start: u64, end: u64) -> Option<u64> {
        debug_assert!(start < end, "an empty part would stand in the place of the one behind it");
        if start != self.end {
            self.behind.insert(start, end);
            return None;
        }
        self.end = end;
        while let Some(end) = self.behind.remove(&self.end) {
            self.end = end;
        }
        Some(self.end)
    }
}

#[cfg(unix)]
pub(super) fn read_exact_at(file: &File, at: u64, buffer: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, at)
}

#[cfg(windows)]
pub(super) fn read_exact_at(file: &File, mut at: u64, mut buffer: &mut [u8]) -> io::Result<()> {
    while !buffer.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, buffer, at)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = &mut buffer[read..];
        at += read as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(content: &[u8]) -> Arc<File> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        Arc::new(file)
    }

    #[tokio::test]
    async fn parts_in_any_order_have_the_hash_of_the_whole() {
        let content: Vec<u8> = (0..3 * PIECE as u32 + 17).map(|i| (i % 251) as u8).collect();
        let (third, length) = (content.len() as u64 / 3, content.len() as u64);
        let parts = [(0, third), (third, 2 * third), (2 * third, length)];
        let expected = Hash {
            md5: Md5::digest(&content).into(),
            sha256: Some(Sha256::digest(&content).into()),
        };
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let hashing = Hashing::of(file(&content), Hashes::Md5AndSha256).unwrap();
            for part in order {
                hashing.add(parts[part].0, parts[part].1);
            }
            assert_eq!(hashing.finish(length).await.unwrap(), expected, "{order:?}");
        }
    }

    #[tokio::test]
    async fn a_file_that_was_cut_meanwhile_has_no_hash() {
        let hashing = Hashing::of(file(b"short"), Hashes::Md5).unwrap();
        hashing.add(0, 6);
        let error = hashing.finish(6).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn a_part_that_is_missing_is_noticed() {
        let hashing = Hashing::of(file(b"a part and another"), Hashes::Md5).unwrap();
        hashing.add(0, 6);
        hashing.add(7, 18);
        assert!(hashing.finish(18).await.is_err());
    }

    #[test]
    fn what_was_given_up_is_not_read_to_its_end() {
        let content = vec![7; 3 * PIECE as usize];
        let (end, ends) = channel();
        end.send(content.len() as u64).unwrap();
        drop(end);
        let looked = std::cell::Cell::new(0);
        let is_given_up = || looked.replace(looked.get() + 1) > 0;
        let hashed = follow(&file(&content), &ends, Hasher::new(Hashes::Md5), is_given_up);
        assert_eq!(hashed.unwrap().1, PIECE);
    }

    #[tokio::test]
    async fn an_empty_file_has_a_hash_too() {
        let hashing = Hashing::of(file(b""), Hashes::Md5).unwrap();
        let hash = hashing.finish(0).await.unwrap();
        assert_eq!((hash.md5, hash.sha256), (Md5::digest(b"").into(), None));
    }
}
