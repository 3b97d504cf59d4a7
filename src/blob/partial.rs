//! A file that is still arriving.

mod hashing;
mod note;
mod place;
mod refusal;

use std::{
    fs::File,
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use tempfile::TempPath;
use tokio::task::spawn_blocking;

pub(super) use self::{
    hashing::{Hash, Hasher, Hashes, Hashing},
    note::Identity,
};
use self::{
    note::Note,
    place::{Place, folder},
    refusal::{cannot_read, cannot_write},
};
use crate::error::{Error, Kind, Result, Stage};

/// Looks at a file before it gets its name.
pub(crate) type Check = fn(&mut File) -> Result<()>;

/// Whether a file that is there may be replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Existing {
    #[default]
    Keep,
    Replace,
}

/// What has arrived so far, beside the place where it shall be.
///
/// What is noted of it stays there when this is dropped, for whoever goes on with it.
pub(super) struct Partial {
    target: PathBuf,
    /// Until it has the other name.
    path: Option<TempPath>,
    file: Arc<Locked>,
    note: Option<Arc<Note>>,
    /// Nobody is to go on with it.
    is_void: AtomicBool,
}

/// The file, for writers of any place of it. Others may have it when the last writer is done: who was
/// given up may write for a moment yet.
struct Locked(Arc<File>);

/// What an earlier process has left of a file.
pub(super) struct Left {
    pub(super) partial: Partial,
    pub(super) identity: Identity,
    /// What is there of it, in its order; never all of it.
    pub(super) held: Vec<Range<u64>>,
}

impl Partial {
    /// Begins a file beside `target`, which gets the name when all is there.
    pub(super) fn beside(target: &Path, existing: Existing) -> Result<Self> {
        check_name(target, existing)?;
        let place = place::fresh(target);
        place
            .and_then(|place| Self::of(target, place, None))
            .map_err(|error| cannot_write(target, error))
    }

    /// What an earlier process has left of the file that comes from `source`.
    pub(super) async fn left(
        target: &Path,
        existing: Existing,
        source: String,
    ) -> Result<Option<Left>> {
        check_name(target, existing)?;
        let path = target.to_owned();
        let left = spawn_blocking(move || {
            place::left(&path).find_map(|place| Self::take_over(&path, place, &source))
        });
        // Who is stopped here is stopped there again.
        Ok(left.await.unwrap_or_default())
    }

    fn take_over(target: &Path, place: Place, source: &str) -> Option<Left> {
        let (note, identity, pieces) = Note::open(&place.path)?;
        let is_longer = place.file.metadata().ok()?.len() > identity.length;
        if identity.source != source || is_longer {
            return None;
        }
        let mut held = note::held(&place.file, pieces);
        match held.last_mut() {
            None => return None,
            // The server has to be asked for something, to say that it is still the same file.
            Some(last) if *last == (0..identity.length) => last.end -= 1,
            Some(_) => {}
        }
        let partial = Self::of(target, place, Some(note)).ok()?;
        Some(Left { partial, identity, held })
    }

    fn of(target: &Path, place: Place, note: Option<Note>) -> io::Result<Self> {
        Ok(Self {
            target: target.to_owned(),
            path: Some(TempPath::try_from_path(place.path)?),
            file: Arc::new(Locked(Arc::new(place.file))),
            note: note.map(Arc::new),
            is_void: AtomicBool::new(false),
        })
    }

    /// Notes from now on what arrives, so that another process can go on with it.
    pub(super) fn note(&mut self, identity: &Identity) {
        let Some(path) = &self.path else { return };
        match Note::create(path, identity) {
            Ok(note) => self.note = Some(Arc::new(note)),
            Err(error) => not_noted(&error),
        }
    }

    /// Nobody is to go on with it.
    pub(super) fn make_void(&self) {
        self.is_void.store(true, Ordering::Relaxed);
    }

    /// Computes the hashes of the file while it arrives.
    pub(super) fn hashing(&self, wanted: Hashes) -> Result<Hashing> {
        // Who reads keeps nobody else from the file.
        let file = self.file.0.clone();
        Hashing::of(file, wanted).map_err(|error| cannot_read(&self.target, error))
    }

    /// Writes at a place, whatever lies before it.
    pub(super) async fn write(&self, at: u64, bytes: Bytes) -> Result<()> {
        let (file, note) = (self.file.clone(), self.note.clone());
        // A disk that is slower than the line must not keep the other parts waiting.
        let written = spawn_blocking(move || {
            write_all_at(&file.0, at, &bytes)?;
            if let Some(Err(error)) = note.map(|note| note.add(at, &bytes)) {
                not_noted(&error);
            }
            Ok(())
        });
        let written = written.await.unwrap_or_else(|stopped| Err(stopped.into()));
        written.map_err(|error| {
            // On a full disk it would only be in the way.
            self.make_void();
            cannot_write(&self.target, error)
        })
    }

    /// Gives the file its name, if it has this length and `check` has nothing against it.
    pub(super) async fn finish(
        self,
        length: u64,
        existing: Existing,
        check: Option<Check>,
    ) -> Result<PathBuf> {
        let target = self.target.clone();
        let finished = spawn_blocking(move || self.give_name(length, existing, check));
        finished.await.unwrap_or_else(|stopped| Err(cannot_write(&target, stopped.into())))
    }

    fn give_name(
        mut self,
        length: u64,
        existing: Existing,
        check: Option<Check>,
    ) -> Result<PathBuf> {
        self.make_void();
        let target = self.target.clone();
        let failed = |error| cannot_write(&target, error);
        let mut file = self.file.0.try_clone().map_err(failed)?;
        file.sync_all().map_err(failed)?;
        if file.metadata().map_err(failed)?.len() != length {
            return Err(corrupt("its length on disk is not the one that arrived"));
        }
        if let Some(check) = check {
            check(&mut file)?;
        }
        if let Some(path) = self.path.take() {
            // While the lock keeps others from it. Should this be killed before the next line, the file
            // is fetched again; after it, nothing is left over.
            if let Some(note) = self.note.take() {
                note.remove().map_err(failed)?;
            }
            let named = match existing {
                Existing::Replace => path.persist(&target),
                Existing::Keep => path.persist_noclobber(&target),
            };
            named.map_err(|error| failed(error.error))?;
        }
        if let Err(error) = sync_folder(folder(&target)) {
            // The file is there and whole: to call that a failure would have it fetched again.
            let path = target.display();
            tracing::warn!(%error, %path, "a power cut may take the new file's name away again");
        }
        clear(&target);
        Ok(target)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        let (path, note) = (self.path.take(), self.note.take());
        let is_void = self.is_void.load(Ordering::Relaxed);
        // What cannot be kept or removed here is removed by the next download.
        match (path, note) {
            (Some(path), Some(note)) if !is_void && note.says_something() => drop(path.keep()),
            (_, Some(note)) => drop(note.remove()),
            (_, None) => {}
        }
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        // The thread that computes the hash may have the file for a moment yet.
        if let Err(error) = self.0.unlock() {
            tracing::debug!(%error, "a partial file stays locked until it is closed");
        }
    }
}

/// A file that is there is kept unless it may be replaced, which a folder never can be.
fn check_name(target: &Path, existing: Existing) -> Result<()> {
    let refusal = match existing {
        _ if target.is_dir() => io::ErrorKind::IsADirectory,
        Existing::Keep if target.exists() => io::ErrorKind::AlreadyExists,
        Existing::Keep | Existing::Replace => return Ok(()),
    };
    Err(cannot_write(target, refusal.into()))
}

/// Removes what others have left of a file that is there.
fn clear(target: &Path) {
    for place in place::left(target) {
        let path = place.path.display().to_string();
        if let Err(error) = place.remove() {
            tracing::warn!(%error, %path, "what an earlier download has left was not removed");
        }
    }
}

/// The download itself has lost nothing by it.
fn not_noted(error: &io::Error) {
    tracing::warn!(%error, "what arrives cannot be noted: if this is killed, it will be fetched again");
}

/// What arrived is not what was asked for; it was not given its name.
pub(crate) fn corrupt(why: &str) -> Error {
    let message = format!("the file that arrived was thrown away: {why}");
    Error::new(Stage::Download, Kind::Corrupt, message)
}

#[cfg(unix)]
fn write_all_at(file: &File, at: u64, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut at: u64, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = &bytes[written..];
        at += written as u64;
    }
    Ok(())
}

/// Makes the new name last through a power cut. Only Unix can open a folder for it.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_refused_before_anything_is_written() {
        let outer = tempfile::tempdir().unwrap();
        let target = outer.path().join("echo.zip");
        std::fs::create_dir(&target).unwrap();
        for existing in [Existing::Keep, Existing::Replace] {
            let error = Partial::beside(&target, existing).map(drop).unwrap_err();
            assert!(error.to_string().contains("is a folder"), "{error}");
        }
        assert_eq!(std::fs::read_dir(outer.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn a_file_without_all_its_bytes_gets_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("echo.zip");
        let partial = Partial::beside(&target, Existing::Keep).unwrap();
        partial.write(5, Bytes::from_static(b"world")).await.unwrap();
        let error = partial.finish(11, Existing::Keep, None).await.unwrap_err();
        assert!(error.to_string().contains("length"), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
