//! A file that arrives on disk, in many parts at a time.

mod earlier;

use std::{ops::Range, path::Path, sync::Arc};

use bytes::BytesMut;
use futures_util::{StreamExt, stream};

use super::{
    DownloadOptions, Downloaded,
    fetch::{Beginnings, Break, Fetch, Manner, Opened, PART},
    part::Part,
    told::Told,
};
use crate::{
    blob::partial::{Check, Hash, Hashing, Partial, corrupt},
    error::{Error, Kind, Result},
};

/// So much of a part is held in memory before it is written.
const BUFFER: usize = 1024 * 1024;

/// A file that is there, and has no name yet.
struct Arrived {
    partial: Partial,
    bytes: u64,
    hash: Hash,
    told_md5: Option<[u8; 16]>,
}

pub(super) async fn fetch(
    fetch: &Arc<Fetch>,
    target: &Path,
    options: &DownloadOptions,
    check: Option<Check>,
) -> Result<Downloaded> {
    let in_parts = fetch.origin.manners().gives_parts;
    let manner = if in_parts { Manner::InParts } else { Manner::InOrder };
    let mut beginnings = Beginnings::new(manner);
    match earlier::go_on(fetch, target, options).await {
        Ok(Some(arrived)) => match finish(arrived, options, check).await {
            // What was there may be to blame: that is not tried twice.
            Err(error) if error.kind() == Kind::Corrupt => tracing::warn!(%error, "begun again"),
            finished => return finished,
        },
        Ok(None) | Err(Break::Changed) => {}
        Err(broken) => beginnings.next(fetch, broken).await?,
    }
    loop {
        match arrive(fetch, beginnings.manner(), target, options).await {
            Ok(arrived) => return finish(arrived, options, check).await,
            Err(broken) => beginnings.next(fetch, broken).await?,
        }
    }
}

async fn finish(
    arrived: Arrived,
    options: &DownloadOptions,
    check: Option<Check>,
) -> Result<Downloaded> {
    let Arrived { partial, bytes, hash, told_md5 } = arrived;
    if let Some(fault) = options.fault(&hash, told_md5) {
        partial.make_void();
        return Err(corrupt(fault));
    }
    let path = partial.finish(bytes, options.existing, check).await?;
    Ok(Downloaded { path, bytes, md5: hash.md5 })
}

/// Each beginning has a file of its own: what of an earlier one is still being written goes to that.
async fn arrive(
    fetch: &Arc<Fetch>,
    manner: Manner,
    target: &Path,
    options: &DownloadOptions,
) -> Result<Arrived, Break> {
    let mut partial = Partial::beside(target, options.existing)?;
    let opened = fetch.open(manner).await?;
    let told = opened.told.clone();
    let is_large = told.length.is_some_and(|length| length > BUFFER as u64);
    if let Some(identity) = told.identity(fetch.source()).filter(|_| is_large) {
        partial.note(&identity);
    }
    receive(partial, &told, &[], parts(fetch, opened), options).await
}

/// Has the parts written that are not held yet.
async fn receive(
    partial: Partial,
    told: &Told,
    held: &[Range<u64>],
    parts: impl Iterator<Item = Part>,
    options: &DownloadOptions,
) -> Result<Arrived, Break> {
    let hashing = partial.hashing(options.hashes())?;
    let mut bytes = 0;
    for range in held {
        hashing.add(range.start, range.end);
        bytes += range.end - range.start;
    }
    let mut written = stream::iter(parts)
        .map(|part| write(part, &partial, &hashing))
        .buffer_unordered(options.connections);
    while let Some(part) = written.next().await {
        // Only after trouble that may pass, what is there is of use.
        bytes += part.inspect_err(|broken| match broken {
            Break::Final(error) if error.is_passing() => {}
            _ => partial.make_void(),
        })?;
    }
    drop(written);
    let failed = |error| Error::file("what arrived cannot be read again", error);
    let hash = hashing.finish(bytes).await.map_err(failed)?;
    Ok(Arrived { partial, bytes, hash, told_md5: told.md5 })
}

/// The part whose bytes are on their way, and those behind it.
fn parts(fetch: &Arc<Fetch>, opened: Opened) -> impl Iterator<Item = Part> {
    let Opened { told, part } = opened;
    let end = told.length.unwrap_or_default();
    let behind = part.end().unwrap_or(end)..end;
    std::iter::once(part).chain(parts_of(fetch.clone(), told, behind))
}

fn parts_of(fetch: Arc<Fetch>, told: Arc<Told>, range: Range<u64>) -> impl Iterator<Item = Part> {
    let starts = range.clone().step_by(PART as usize);
    starts
        .map(move |start| Part::of(fetch.clone(), told.clone(), start..range.end.min(start + PART)))
}

/// Writes a part to its place, and gives its length.
async fn write(mut part: Part, partial: &Partial, hashing: &Hashing) -> Result<u64, Break> {
    let first = part.at();
    let mut start = first;
    let mut buffer = BytesMut::new();
    loop {
        let bytes = part.next().await?;
        buffer.extend_from_slice(bytes.as_deref().unwrap_or_default());
        if buffer.len() >= BUFFER || (bytes.is_none() && !buffer.is_empty()) {
            let end = part.at();
            partial.write(start, buffer.split().freeze()).await?;
            hashing.add(start, end);
            start = end;
        }
        if bytes.is_none() {
            return Ok(start - first);
        }
    }
}
