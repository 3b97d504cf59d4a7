//! One process at a time: a lock on a file beside the journal, which is itself replaced with each write.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::Path,
    thread,
    time::Duration,
};

/// Whoever looks whether a journal is in use has its lock for an instant; so often it is tried again,
/// on a machine that is slow, too.
const TRIES: u16 = 5000;

/// The pause between two tries.
const INSTANT: Duration = Duration::from_millis(1);

/// A lock, which ends when it is dropped or when the process ends, however that ends.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // To close the file is not enough: a process that is just being started has a copy of it for a
        // moment, and would keep the lock. If it cannot be given back, closing is all that is left.
        let _ = self.file.unlock();
    }
}

impl Lock {
    /// Takes the lock, unless another process has it.
    pub(super) fn take(path: &Path) -> io::Result<Option<Self>> {
        let mut options = OpenOptions::new();
        // On NFS only what is open for reading can be shared, and what is for writing be locked.
        options.create(true).truncate(false).read(true).write(true);
        for _ in 0..TRIES {
            let file = options.open(path)?;
            match file.try_lock() {
                Ok(()) if leads_to(path, &file)? => return Ok(Some(Self { file })),
                // Whoever had it has removed it meanwhile: others would lock a new file of this name.
                Ok(()) => {}
                // Whoever has a journal shares its lock with nobody; who only looks does.
                Err(TryLockError::WouldBlock) if is_taken(&file)? => return Ok(None),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
            drop(file);
            thread::sleep(INSTANT);
        }
        Ok(None)
    }

    /// Whether a process has the lock. This keeps nobody from taking it.
    pub(super) fn is_taken(path: &Path) -> bool {
        File::open(path).is_ok_and(|file| is_taken(&file).unwrap_or_default())
    }

    /// Gives the lock up for good. Where a removed name could be locked twice the file is left: it is
    /// empty, and nothing hangs on it.
    pub(super) fn remove(self, path: &Path) -> io::Result<()> {
        if cfg!(not(unix)) {
            return Ok(());
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

fn is_taken(lock: &File) -> io::Result<bool> {
    match lock.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Whether this name is still that of the file, and not of another one or of none.
#[cfg(unix)]
fn leads_to(path: &Path, file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let held = file.metadata()?;
    match fs::metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (held.dev(), held.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// The file is never removed there.
#[cfg(not(unix))]
fn leads_to(_: &Path, _: &File) -> io::Result<bool> {
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// A look and an open that meet must not take each other for an owner.
    #[test]
    fn whoever_only_looks_keeps_nobody_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        fs::write(&path, "").unwrap();
        let looker = File::open(&path).unwrap();
        looker.lock_shared().unwrap();
        assert!(!Lock::is_taken(&path), "another one looks too");
        let has_tried = AtomicBool::new(false);
        thread::scope(|scope| {
            let taken = scope.spawn(|| {
                has_tried.store(true, Ordering::SeqCst);
                Lock::take(&path).unwrap()
            });
            while !has_tried.load(Ordering::SeqCst) {
                thread::yield_now();
            }
            drop(looker);
            assert!(taken.join().unwrap().is_some());
        });
    }

    #[test]
    fn a_lock_that_was_removed_is_not_taken_for_the_new_one_of_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = Lock::take(&path).unwrap().expect("it is free");
        let waiting = File::open(&path).unwrap();
        assert!(Lock::take(&path).unwrap().is_none());
        first.remove(&path).unwrap();
        waiting.lock().unwrap();
        assert_eq!(leads_to(&path, &waiting).unwrap(), cfg!(not(unix)));
        if cfg!(unix) {
            assert!(Lock::take(&path).unwrap().is_some(), "the old file keeps nobody out");
        }
    }

    #[test]
    fn a_copy_that_a_new_process_has_does_not_keep_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let lock = Lock::take(&path).unwrap().expect("nobody has it");
        let copy = lock.file.try_clone().unwrap();
        assert!(Lock::take(&path).unwrap().is_none());
        drop(lock);
        assert!(Lock::take(&path).unwrap().is_some(), "{copy:?} keeps it");
    }
}
