//! A file that arrives on disk, in many parts at a time.

use std::{path::Path, sync::Arc};

use bytes::BytesMut;
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{
    DownloadOptions, Downloaded,
    fetch::{Beginnings, Break, Fetch, Manner, Opened, PART},
    part::Part,
};
use crate::{
    blob::partial::{Check, Hash, Hashing, Partial, corrupt},
    error::{Error, Result},
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
    let arrived = loop {
        match arrive(fetch, beginnings.manner(), target, options).await {
            Ok(arrived) => break arrived,
            Err(broken) => beginnings.next(fetch, broken).await?,
        }
    };
    let Arrived { partial, bytes, hash, told_md5 } = arrived;
    if let Some(fault) = options.fault(&hash, told_md5) {
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
    let partial = Partial::beside(target, options.existing)?;
    let hashing = partial.hashing(options.hashes())?;
    let opened = fetch.open(manner).await?;
    let told_md5 = opened.told.md5;
    let mut written = stream::iter(parts(fetch, opened))
        .map(|part| write(part, &partial, &hashing))
        .buffer_unordered(options.connections);
    let mut bytes = 0;
    while let Some(part) = written.try_next().await? {
        bytes += part;
    }
    drop(written);
    let failed = |error| Error::file("what arrived cannot be read again", error);
    let hash = hashing.finish(bytes).await.map_err(failed)?;
    Ok(Arrived { partial, bytes, hash, told_md5 })
}

/// The part whose bytes are on their way, and those behind it.
fn parts(fetch: &Arc<Fetch>, opened: Opened) -> impl Iterator<Item = Part> {
    let Opened { told, part } = opened;
    let (fetch, end) = (fetch.clone(), told.length.unwrap_or_default());
    let behind = part.end().unwrap_or(end);
    let starts = (behind..end).step_by(PART as usize);
    let rest = starts
        .map(move |start| Part::of(fetch.clone(), told.clone(), start..end.min(start + PART)));
    std::iter::once(part).chain(rest)
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
