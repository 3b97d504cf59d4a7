//! Where a file lies while it arrives: beside its target, under a name that another process finds when
//! this one is killed.

use std::{
    ffi::OsString,
    fs::{self, File, Metadata, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

/// So many processes may fetch to the same target at the same time.
const PLACES: u32 = 16;

/// A file that nobody else writes to while this is open.
pub(super) struct Place {
    pub(super) path: PathBuf,
    pub(super) file: File,
}

/// The names for what arrives of `target`: each process takes the first one that is free.
fn paths(target: &Path) -> impl Iterator<Item = PathBuf> {
    let (folder, name) = (folder(target), target.file_name().unwrap_or_default());
    (1..=PLACES).map(move |number| {
        let mut path = OsString::from(".");
        path.push(name);
        path.push(if number == 1 { ".part".to_owned() } else { format!(".{number}.part") });
        folder.join(path)
    })
}

/// A new file. What an earlier process has left in its place is removed.
pub(super) fn fresh(target: &Path) -> io::Result<Place> {
    for path in paths(target) {
        if let Some(left) = open(&path) {
            left.remove()?;
        }
        match create(path) {
            // Another process was faster.
            Ok(None) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Ok(Some(place)) => return Ok(place),
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("all names for what arrives of it (`.NAME.part`, …) are taken"))
}

/// What earlier processes have left and nobody has open.
pub(super) fn left(target: &Path) -> impl Iterator<Item = Place> {
    paths(target).filter_map(|path| open(&path))
}

/// A file of its own: what is still being written for an earlier beginning goes to that one's. Nobody
/// can have put a link there.
fn create(path: PathBuf) -> io::Result<Option<Place>> {
    let file = options().create_new(true).open(&path)?;
    // On a file system without locks nobody else can take the file over, for want of one.
    let is_taken = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
    Ok((!is_taken && is_named(&path, &file)).then_some(Place { path, file }))
}

fn open(path: &Path) -> Option<Place> {
    if !is_ours(path) {
        return None;
    }
    let file = options().open(path).ok()?;
    // The lock first: whoever had it may have given the name away, or the file its own.
    (file.try_lock().is_ok() && is_named(path, &file)).then(|| Place { path: path.into(), file })
}

impl Place {
    /// Removes the file and its note.
    pub(super) fn remove(self) -> io::Result<()> {
        remove(&note(&self.path))?;
        remove(&self.path)
    }
}

pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Where it is noted what lies in the file at `path`.
pub(super) fn note(path: &Path) -> PathBuf {
    path.with_extension("note")
}

pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

#[cfg(not(windows))]
fn options() -> OpenOptions {
    OpenOptions::new().read(true).write(true).clone()
}

/// Nobody else opens it meanwhile; it may be renamed.
#[cfg(windows)]
fn options() -> OpenOptions {
    use std::os::windows::fs::OpenOptionsExt;
    const FILE_SHARE_DELETE: u32 = 4;
    OpenOptions::new().read(true).write(true).share_mode(FILE_SHARE_DELETE).clone()
}

/// Whether the name is still that of the open file.
#[cfg(unix)]
fn is_named(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    let number = |metadata: Metadata| (metadata.dev(), metadata.ino());
    let (named, open) = (fs::symlink_metadata(path), file.metadata());
    named.and_then(|named| Ok(number(named) == number(open?))).unwrap_or(false)
}

/// Who has it open has it alone.
#[cfg(not(unix))]
fn is_named(_: &Path, _: &File) -> bool {
    true
}

/// Whether it is a file that we have made. In a folder like `/tmp` another user may have, to change
/// what arrives, or a link, to have it written to a file that is ours.
pub(super) fn is_ours(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|seen| seen.is_file() && has_our_name(&seen, folder(path)))
}

#[cfg(unix)]
fn has_our_name(seen: &Metadata, folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    // As the file system sees us, which on a server may be somebody else.
    let made = tempfile::tempfile_in(folder).and_then(|file| file.metadata());
    made.is_ok_and(|made| made.uid() == seen.uid()) && seen.nlink() == 1
}

#[cfg(not(unix))]
fn has_our_name(_: &Metadata, _: &Path) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let files = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn two_at_the_same_time_have_a_file_each_and_what_was_left_is_taken_again() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("echo.zip");
        let (first, second) = (fresh(&target).unwrap(), fresh(&target).unwrap());
        assert_eq!(names(folder.path()), [".echo.zip.2.part", ".echo.zip.part"]);
        assert_eq!(left(&target).count(), 0, "both are at work");
        drop(first);
        assert_eq!(left(&target).count(), 1);
        let third = fresh(&target).unwrap();
        assert_eq!(third.path.file_name().unwrap(), ".echo.zip.part");
        assert_eq!(names(folder.path()).len(), 2);
        drop((second, third));
        left(&target).for_each(|place| place.remove().unwrap());
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[test]
    fn a_file_that_has_its_name_meanwhile_is_not_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("echo.zip");
        let place = fresh(&target).unwrap();
        // What another process has opened just before.
        let other = options().open(&place.path).unwrap();
        fs::rename(&place.path, &target).unwrap();
        drop(place.file);
        other.try_lock().unwrap();
        assert!(!is_named(&place.path, &other));
    }

    #[test]
    fn what_others_have_put_there_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("echo.zip");
        let mine = folder.path().join("mine");
        fs::write(&mine, "mine").unwrap();
        symlink(&mine, folder.path().join(".echo.zip.part")).unwrap();
        fs::hard_link(&mine, folder.path().join(".echo.zip.2.part")).unwrap();
        fs::create_dir(folder.path().join(".echo.zip.3.part")).unwrap();
        assert_eq!(left(&target).count(), 0);
        let place = fresh(&target).unwrap();
        assert_eq!(place.path.file_name().unwrap(), ".echo.zip.4.part");
        assert_eq!(fs::read(&mine).unwrap(), b"mine");
    }
}
