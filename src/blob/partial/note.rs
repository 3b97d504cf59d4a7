//! What is noted of a file while it arrives, so that another process can go on with it.
//!
//! The first line says of which file it is; each further one that a piece of it has been written, with
//! the hash of it. Whether a piece still lies there is found by the hash: neither a line that was torn
//! nor bytes that a power cut has taken need to be kept from happening.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    ops::Range,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use serde::{Deserialize, Serialize};
use twox_hash::xxhash3_128::Hasher;

use super::{hashing::read_exact_at, place};

/// Of a later one nothing is known here.
const VERSION: u32 = 1;

/// So much is read at once.
const CHUNK: u64 = 128 * 1024;

/// A file as it is at the server at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::blob) struct Identity {
    /// The hash of where it is, without what opens the door to it.
    pub(in crate::blob) source: String,
    /// A strong one.
    pub(in crate::blob) etag: String,
    pub(in crate::blob) length: u64,
    /// If the server tells it.
    pub(in crate::blob) md5: Option<[u8; 16]>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    #[serde(flatten)]
    identity: Identity,
}

/// The file of a note, to which lines are added.
pub(super) struct Note {
    path: PathBuf,
    file: File,
    /// Whether a piece is noted.
    says_something: AtomicBool,
}

impl Note {
    /// The note of a file of which nothing has arrived.
    pub(super) fn create(part: &Path, identity: &Identity) -> io::Result<Self> {
        let path = place::note(part);
        place::remove(&path)?;
        let mut file = OpenOptions::new().append(true).create_new(true).open(&path)?;
        let head = Head { version: VERSION, identity: identity.clone() };
        file.write_all(serde_json::to_string(&head)?.as_bytes())?;
        Ok(Self { path, file, says_something: AtomicBool::new(false) })
    }

    /// The note of a file that an earlier process has left, and what it says. Its file must be held.
    pub(super) fn open(part: &Path) -> Option<(Self, Identity, Vec<Piece>)> {
        let path = place::note(part);
        if !place::is_ours(&path) {
            return None;
        }
        let text = fs::read_to_string(&path).ok()?;
        let (head, lines) = text.split_once('\n')?;
        let head: Head = serde_json::from_str(head).ok()?;
        let pieces: Vec<_> = lines.lines().filter_map(Piece::read).collect();
        let file = OpenOptions::new().append(true).open(&path).ok()?;
        let note = Self { path, file, says_something: AtomicBool::new(!pieces.is_empty()) };
        (head.version == VERSION).then_some((note, head.identity, pieces))
    }

    /// These bytes were written at this place.
    pub(super) fn add(&self, start: u64, bytes: &[u8]) -> io::Result<()> {
        let piece =
            Piece { range: start..start + bytes.len() as u64, hash: Hasher::oneshot(bytes) };
        // Begun anew, since the line before may have been torn.
        (&self.file).write_all(format!("\n{}", piece.line()).as_bytes())?;
        self.says_something.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Whether there is something to go on with.
    pub(super) fn says_something(&self) -> bool {
        self.says_something.load(Ordering::Relaxed)
    }

    pub(super) fn remove(&self) -> io::Result<()> {
        place::remove(&self.path)
    }
}

/// A piece that was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    range: Range<u64>,
    hash: u128,
}

impl Piece {
    fn line(&self) -> String {
        format!("{} {} {:032x}", self.range.start, self.range.end, self.hash)
    }

    /// `None` for a line that is torn.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let range = words.next()?.parse().ok()?..words.next()?.parse().ok()?;
        let hash = words.next().filter(|hash| hash.len() == 32)?;
        Some(Self { range, hash: u128::from_str_radix(hash, 16).ok()? })
    }

    /// Whether it lies in the file as it was written.
    fn is_in(&self, file: &File) -> io::Result<bool> {
        let mut hasher = Hasher::new();
        let mut buffer = vec![0; CHUNK as usize];
        for start in self.range.clone().step_by(CHUNK as usize) {
            let chunk = &mut buffer[..CHUNK.min(self.range.end - start) as usize];
            read_exact_at(file, start, chunk)?;
            hasher.write(chunk);
        }
        Ok(hasher.finish_128() == self.hash)
    }
}

/// What of these pieces lies in the file, in its order and without overlaps.
pub(super) fn held(file: &File, mut pieces: Vec<Piece>) -> Vec<Range<u64>> {
    pieces.sort_by_key(|piece| piece.range.start);
    let mut held: Vec<Range<u64>> = Vec::new();
    for piece in pieces {
        // One that cannot be read is fetched again, which tells why.
        if piece.range.is_empty() || !piece.is_in(file).unwrap_or(false) {
            continue;
        }
        match held.last_mut() {
            Some(last) if piece.range.start <= last.end => last.end = last.end.max(piece.range.end),
            _ => held.push(piece.range),
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity {
            source: "5ca1e".to_owned(),
            etag: "\"first\"".to_owned(),
            length: 12,
            md5: Some([7; 16]),
        }
    }

    /// A file of which two pieces are noted, and a third one that has been changed since.
    fn noted(folder: &Path) -> (PathBuf, File) {
        let part = folder.join(".echo.part");
        let note = Note::create(&part, &identity()).unwrap();
        note.add(8, b"dear").unwrap();
        note.add(0, b"hell").unwrap();
        note.add(4, b"o my").unwrap();
        fs::write(&part, "helloXmydear").unwrap();
        let file = File::open(&part).unwrap();
        (part, file)
    }

    /// What is held, by start and end.
    fn held_in(file: &File, part: &Path) -> Vec<(u64, u64)> {
        let (_, _, pieces) = Note::open(part).unwrap();
        held(file, pieces).into_iter().map(|range| (range.start, range.end)).collect()
    }

    #[test]
    fn only_what_lies_there_as_it_was_written_is_held() {
        let folder = tempfile::tempdir().unwrap();
        let (part, file) = noted(folder.path());
        let (note, found, _) = Note::open(&part).unwrap();
        assert_eq!(found, identity());
        assert_eq!(held_in(&file, &part), [(0, 4), (8, 12)]);
        fs::write(&part, "hello mydear").unwrap();
        note.add(4, b"o my").unwrap();
        assert_eq!(held_in(&file, &part), [(0, 12)]);
        fs::write(&part, "hello").unwrap();
        assert_eq!(held_in(&file, &part), [(0, 4)], "the rest was cut off");
    }

    #[test]
    fn a_note_that_is_torn_anywhere_says_nothing_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let (part, file) = noted(folder.path());
        let whole = fs::read(place::note(&part)).unwrap();
        for length in 0..whole.len() {
            fs::write(place::note(&part), &whole[..length]).unwrap();
            let Some((note, found, _)) = Note::open(&part) else { continue };
            assert_eq!(found, identity());
            note.add(0, b"hell").unwrap();
            let held = held_in(&file, &part);
            assert!(held == [(0, 4)] || held == [(0, 4), (8, 12)], "{length}: {held:?}");
        }
    }

    #[test]
    fn the_note_of_a_later_version_and_no_note_at_all_are_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (part, _) = noted(folder.path());
        let path = place::note(&part);
        let later = fs::read_to_string(&path).unwrap().replace("\"version\":1", "\"version\":2");
        for content in [later.as_str(), "{}\n", "\n", "\u{0}\u{0}\n0 4 0", ""] {
            fs::write(&path, content).unwrap();
            assert!(Note::open(&part).is_none(), "{content}");
        }
        fs::remove_file(&path).unwrap();
        assert!(Note::open(&part).is_none());
    }
}
