//! One download: asked for, gone on with after a break, and begun again when nothing else helps.

use std::sync::Arc;

use http::{HeaderMap, StatusCode};
use sha2::{Digest as _, Sha256};

use super::{
    origin::{Answer, Origin, Whole},
    part::Part,
    told::{Told, ask_for},
};
use crate::{
    blob::{Blobs, Meter, Pace},
    error::{Error, Kind, Result},
    report::{Direction, Event},
    retry::{Idempotency, Reach, RetryPolicy, Verdict},
};

/// Files up to this length come in one answer, larger ones in parts of it. Small enough that little is
/// lost with a part and large enough that asking for it takes no time beside; the parts are not held in
/// memory.
pub(super) const PART: u64 = 8 * 1024 * 1024;

/// Where a file comes from, and how patiently it is fetched. The parts of it share this.
#[derive(Debug)]
pub(super) struct Fetch {
    pub(super) origin: Box<dyn Origin>,
    pub(super) pace: Arc<Pace>,
    pub(super) meter: Arc<Meter>,
    retry: RetryPolicy,
}

/// Why the bytes stopped coming.
#[derive(Debug)]
pub(super) enum Break {
    /// The file is another one now.
    Changed,
    /// The server sends the whole file where a part was asked for.
    Whole,
    /// It may go better the next time.
    Passing(Error),
    /// It is of no use to go on.
    Final(Error),
}

/// How a file is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Many parts at a time.
    InParts,
    /// From its beginning to its end; after a break the rest.
    InOrder,
    /// From its beginning to its end, and after a break from its beginning again.
    AtOnce,
}

/// The beginning of a file.
pub(super) struct Opened {
    pub(super) told: Arc<Told>,
    /// The part that the answer holds.
    pub(super) part: Part,
}

impl Fetch {
    pub(super) fn new(blobs: &Blobs, origin: impl Origin + 'static) -> Arc<Self> {
        Arc::new(Self {
            origin: Box::new(origin),
            pace: blobs.pace.clone(),
            meter: blobs.meter(Direction::Download),
            retry: blobs.retry.clone(),
        })
    }

    /// Asks for the beginning of the file.
    ///
    /// All of it comes where the server gives no parts, and where parts could not be held together.
    pub(super) async fn open(self: &Arc<Self>, manner: Manner) -> Result<Opened, Break> {
        if manner == Manner::InParts {
            match self.origin.ask(ask_for(&(0..PART))).await {
                Ok(answer) => {
                    if let Some(opened) = self.begun(answer, manner) {
                        return Ok(opened);
                    }
                }
                // An empty file has no first byte.
                Err(error) if error.status() == Some(StatusCode::RANGE_NOT_SATISFIABLE) => {}
                Err(error) => return Err(self.refused(error)),
            }
        }
        let answer = self.origin.ask(HeaderMap::new()).await;
        let answer = answer.map_err(|error| self.refused(error))?;
        self.begun(answer, manner).ok_or_else(|| Break::Final(self.unclear()))
    }

    fn begun(self: &Arc<Self>, answer: Answer, manner: Manner) -> Option<Opened> {
        let (mut told, end) = Told::read(&answer)?;
        if manner == Manner::AtOnce {
            told.etag = None;
        }
        let needs_more = end != told.length;
        if !told.is_whole(self.origin.manners().whole) || (needs_more && !told.is_in_parts()) {
            return None;
        }
        self.meter.begin(told.length);
        let told = Arc::new(told);
        let part = Part::begun(self.clone(), told.clone(), end, answer.body);
        Some(Opened { told, part })
    }

    /// The hash of where the file is, to be noted with it.
    pub(super) fn source(&self) -> String {
        let hash = Sha256::digest(self.origin.address());
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// An error of an answer's head.
    pub(super) fn refused(&self, error: Error) -> Break {
        if self.origin.manners().is_final { Break::Final(error) } else { Break::Passing(error) }
    }

    /// Waits before attempt number `attempt` is followed by another one; gives the error back when
    /// there shall be none.
    pub(super) async fn pause(&self, error: Error, attempt: u32) -> Result<()> {
        let jitter = fastrand::f64();
        let verdict = self.retry.verdict(Idempotency::Read, error.failed(), attempt, jitter);
        let Verdict::After(pause) = verdict else { return Err(error) };
        let event = Event::Retrying { operation: "download", reason: &error, pause };
        self.meter.reporter().event(&event);
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// The answer's body ended, or stalled, before the file was there.
    pub(super) fn broken(&self, kind: Kind, what: &str) -> Error {
        let manners = self.origin.manners();
        let error = Error::new(manners.stage, kind, format!("{} {what}", manners.name));
        self.origin.sign(error.with_reach(Reach::Unknown).of_a_read())
    }

    fn unclear(&self) -> Error {
        let manners = self.origin.manners();
        let message = format!("{} did not tell how long the file is", manners.name);
        let error = self.origin.sign(Error::new(manners.stage, Kind::Decode, message));
        match manners.whole {
            Whole::End => error.with_hint(
                "If you know its SHA-256, name that (`DownloadOptions::sha256`): then it can be \
                 known that nothing is missing.",
            ),
            _ => error,
        }
    }

    pub(super) fn changed(&self) -> Error {
        let manners = self.origin.manners();
        let message = format!("the file changed at {} while it was being fetched", manners.name);
        let error = Error::new(manners.stage, Kind::Interrupted, message).of_a_read();
        self.origin.sign(error).with_hint("Begin again when nobody writes to it any more.")
    }
}

/// How often a download is begun, and how.
#[derive(Debug)]
pub(super) struct Beginnings {
    manner: Manner,
    attempt: u32,
    may_change: bool,
}

impl Beginnings {
    pub(super) fn new(manner: Manner) -> Self {
        Self { manner, attempt: 1, may_change: true }
    }

    pub(super) fn manner(&self) -> Manner {
        self.manner
    }

    /// Decides on the next beginning, and waits for it; gives the error when there is to be none.
    pub(super) async fn next(&mut self, fetch: &Fetch, broken: Break) -> Result<()> {
        match broken {
            // Whoever writes to it all the time would keep us for ever.
            Break::Changed if self.may_change => self.may_change = false,
            Break::Changed => return Err(fetch.changed()),
            Break::Whole => self.manner = Manner::AtOnce,
            Break::Passing(error) => {
                fetch.pause(error, self.attempt).await?;
                self.attempt += 1;
            }
            Break::Final(error) => return Err(error),
        }
        Ok(())
    }
}

impl From<Error> for Break {
    fn from(error: Error) -> Self {
        Self::Final(error)
    }
}
