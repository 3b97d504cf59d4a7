//! The memory of a run: what it was ordered to do, and what it has done.
//!
//! It is written before each call that must not be done twice, and after it, so that a run that ends
//! at any moment can be gone on with.

mod file;
mod lock;
mod record;

use std::path::Path;

use self::file::JournalFile;
pub(super) use self::record::Record;
use super::state::RunState;
use crate::error::{Error, Result};

/// Where a run keeps what it must not forget.
///
/// With a journal on disk a run that was killed goes on, on another machine too, without a second
/// product, submission, commit or label:
///
/// ```no_run
/// use std::path::Path;
///
/// use hardware_dashboard::{
///     Client, Result,
///     workflow::{Journal, Run, Sign},
/// };
///
/// # fn example(client: Client, order: Sign) -> Result<Run> {
/// let path = Path::new("echo.journal");
/// if path.exists() {
///     return Run::resume(client, Journal::open(path)?);
/// }
/// Run::sign(client, order)?.journal(Journal::create(path)?)
/// # }
/// ```
///
/// When nobody needs it any more:
///
/// ```no_run
/// use hardware_dashboard::{
///     Result,
///     workflow::{Journal, Outcome, Run},
/// };
///
/// # async fn example(mut run: Run) -> Result<()> {
/// if let Outcome::Done(_) = run.until_done().await? {
///     run.into_journal().remove()?;
/// }
/// // What a run has that is given none:
/// assert_eq!(Journal::in_memory().path(), None);
/// # Ok(())
/// # }
/// ```
///
/// It is a JSON file, and holds neither secrets nor SAS URLs. Before each call that must not be done
/// twice it holds that call's time and its `MS-RequestId`, which Microsoft's support asks for; should
/// the call be attempted again, the id is counted on by one each time. Before the upload it holds the
/// length and the SHA-256 of the package: one that is another by the time the run is resumed is refused,
/// until the commit is done and no package is needed any more.
///
/// # One process at a time
///
/// A lock on a file beside it, with the ending `.lock`, keeps other processes out while a run has it,
/// by whichever path they name it; it ends with the process. On Unix [`remove`](Self::remove) takes that
/// file along; elsewhere it stays, empty. A copy of a journal is another journal: go on with one of
/// them only.
///
/// On a network file system the lock is as good as that system's locks. NFS that is mounted with
/// `nolock` or `local_lock`, and SMB that is mounted with `nobrl`, keep out processes of the same
/// machine alone: let one machine at a time go on with a journal there, or keep it on a local disk.
#[derive(Debug)]
pub struct Journal(Store);

#[derive(Debug)]
enum Store {
    /// The run cannot be gone on with by another process.
    Memory,
    File {
        file: JournalFile,
        held: Option<Box<Record>>,
    },
}

impl Journal {
    /// A journal that ends with the process.
    #[must_use]
    pub fn in_memory() -> Self {
        Self(Store::Memory)
    }

    /// A journal in a new file.
    ///
    /// # Errors
    ///
    /// Fails when the file is there already, when another process has it, and when it could not be
    /// written.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        let file = JournalFile::lock(path.as_ref())?;
        if file.exists()? {
            let path = path.as_ref().display();
            return Err(Error::input(format!("the journal {path} is there already"))
                .with_hint("Resume its run, or name another file; it was left as it is."));
        }
        Ok(Self(Store::File { file, held: None }))
    }

    /// The journal of a run to be gone on with.
    ///
    /// # Errors
    ///
    /// Fails when there is no such file, when another process has it, and when it is not a whole
    /// journal of a version that is known here. The file is left as it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        // Beside what is not there no lock is made.
        file::peek(path.as_ref())?;
        let file = JournalFile::lock(path.as_ref())?;
        let record = Record::read(path.as_ref(), &file.read()?)?;
        Ok(Self(Store::File { file, held: Some(Box::new(record)) }))
    }

    /// How far the run of a journal is, without going on with it: nobody is kept out by it, nothing is
    /// written.
    ///
    /// # Errors
    ///
    /// Fails when there is no such file, and when it is not a whole journal of a version that is known
    /// here.
    pub fn inspect(path: impl AsRef<Path>) -> Result<RunState> {
        let path = path.as_ref();
        let record = Record::read(path, &file::peek(path)?)?;
        Ok(RunState::new(record, file::is_in_use(path)))
    }

    /// Removes the file of a run that is over, so that nobody goes on with it.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be removed.
    pub fn remove(self) -> Result<()> {
        match self.0 {
            Store::Memory => Ok(()),
            Store::File { file, .. } => file.remove(),
        }
    }

    /// Where it is; `None` in memory.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.0 {
            Store::Memory => None,
            Store::File { file, .. } => Some(file.path()),
        }
    }

    /// What was read when it was opened.
    pub(super) fn take(&mut self) -> Option<Record> {
        match &mut self.0 {
            Store::Memory => None,
            Store::File { held, .. } => held.take().map(|record| *record),
        }
    }

    /// Whether a run is in it that is to be resumed.
    pub(super) fn is_held(&self) -> bool {
        matches!(&self.0, Store::File { held: Some(_), .. })
    }

    /// Keeps what the run knows. When this returns, it outlasts a power cut.
    ///
    /// It blocks for the few milliseconds that a small file takes, so that no future that is dropped
    /// leaves a write behind that would come after a later one.
    pub(super) fn write(&mut self, record: &Record) -> Result<()> {
        match &self.0 {
            Store::Memory => Ok(()),
            Store::File { file, .. } => file.write(&record.to_json(file.path())?),
        }
    }
}

#[cfg(test)]
mod tests;
