//! A part of a file, as it arrives.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use futures_util::TryStreamExt;
use http::StatusCode;
use tokio::time::timeout;

use super::{
    fetch::{Break, Fetch},
    told::Told,
};
use crate::{
    blob::ByteStream,
    error::{Error, Kind, Result},
};

/// So much has to arrive between two breaks for the later one to count as the first: some bytes come
/// also of a server in trouble.
const HEADWAY: u64 = 64 * 1024;

/// A part of a file. After a break only what is missing of it is asked for.
pub(super) struct Part {
    fetch: Arc<Fetch>,
    told: Arc<Told>,
    at: u64,
    /// `None` when the end of the body alone says it.
    end: Option<u64>,
    body: Option<ByteStream>,
    /// Attempts since headway was last made.
    attempt: u32,
    /// What has arrived since the last break.
    headway: u64,
}

impl Part {
    /// The part from the beginning on, whose bytes are on their way.
    pub(super) fn begun(
        fetch: Arc<Fetch>,
        told: Arc<Told>,
        end: Option<u64>,
        body: ByteStream,
    ) -> Self {
        Self { fetch, told, at: 0, end, body: Some(body), attempt: 1, headway: 0 }
    }

    /// A part that has to be asked for.
    pub(super) fn of(fetch: Arc<Fetch>, told: Arc<Told>, range: Range<u64>) -> Self {
        Self {
            fetch,
            told,
            at: range.start,
            end: Some(range.end),
            body: None,
            attempt: 1,
            headway: 0,
        }
    }

    /// Where the next bytes belong.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Where it ends, unless only the end of the body says it.
    pub(super) fn end(&self) -> Option<u64> {
        self.end
    }

    /// The next bytes; `None` at the end of the part.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Break> {
        while self.end != Some(self.at) {
            let failure = match self.attempt().await {
                Ok(Some(bytes)) => return Ok(Some(self.arrived(bytes).await)),
                Ok(None) if self.end.is_none() => {
                    self.end = Some(self.at);
                    break;
                }
                Ok(None) => {
                    self.fetch.broken(Kind::Interrupted, "broke off in the middle of the file")
                }
                Err(Break::Passing(error)) => error,
                Err(other) => return Err(other),
            };
            self.body = None;
            if !self.told.is_in_parts() {
                return Err(Break::Passing(failure));
            }
            self.fetch.pause(failure, self.attempt).await.map_err(Break::Final)?;
            self.attempt += 1;
            self.headway = 0;
        }
        self.body = None;
        Ok(None)
    }

    async fn attempt(&mut self) -> Result<Option<Bytes>, Break> {
        let mut body = match self.body.take() {
            Some(body) => body,
            None => self.ask().await?,
        };
        let next = self.within_time(&mut body).await.map_err(Break::Passing)?;
        self.body = Some(body);
        Ok(next)
    }

    /// Asks for what is missing.
    async fn ask(&mut self) -> Result<ByteStream, Break> {
        let Some(end) = self.end else { return Err(Break::Whole) };
        let answer = self.fetch.origin.ask(self.told.part(&(self.at..end))).await;
        let answer = answer.map_err(|error| match error.status() {
            // It has another ETag, or does not reach so far any more.
            Some(StatusCode::PRECONDITION_FAILED | StatusCode::RANGE_NOT_SATISFIABLE) => {
                Break::Changed
            }
            _ => self.fetch.refused(error),
        })?;
        match answer.status {
            StatusCode::PARTIAL_CONTENT if self.told.is_continued_by(&answer, self.at) => {
                Ok(answer.body)
            }
            StatusCode::PARTIAL_CONTENT => Err(Break::Changed),
            _ => Err(Break::Whole),
        }
    }

    /// The next bytes of a body, for as long as there is hope for them.
    async fn within_time(&mut self, body: &mut ByteStream) -> Result<Option<Bytes>> {
        timeout(self.fetch.origin.manners().idle, body.try_next()).await.unwrap_or_else(|_| {
            Err(self.fetch.broken(Kind::TimedOut, "stopped in the middle of the file"))
        })
    }

    /// Takes note of bytes; what a server sends beyond the part is none of it.
    async fn arrived(&mut self, mut bytes: Bytes) -> Bytes {
        if let Some(end) = self.end {
            bytes.truncate(usize::try_from(end - self.at).unwrap_or(usize::MAX));
        }
        self.fetch.pace.take(bytes.len()).await;
        self.at += bytes.len() as u64;
        self.headway += bytes.len() as u64;
        if self.headway >= HEADWAY {
            self.attempt = 1;
        }
        self.fetch.meter.add(bytes.len() as u64);
        bytes
    }
}

impl Break {
    /// The error of a file whose beginning is in the caller's hands already, so that it cannot be
    /// begun again.
    pub(super) fn into_error(self, fetch: &Fetch) -> Error {
        match self {
            Self::Changed => fetch.changed(),
            Self::Whole => {
                fetch.broken(Kind::Interrupted, "cannot go on in the middle of the file")
            }
            Self::Passing(error) | Self::Final(error) => error,
        }
    }
}
