//! What an answer tells of the file and of the part of it that it holds.

use std::ops::Range;

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, IF_MATCH, RANGE, TRANSFER_ENCODING},
};

use super::origin::{Answer, Whole};
use crate::blob::partial::Identity;

const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");
const BLOB_CONTENT_MD5: HeaderName = HeaderName::from_static("x-ms-blob-content-md5");

/// What the first answer told of the whole file.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// Unknown where the end of the body alone says it.
    pub(super) length: Option<u64>,
    /// Whether the end of the body cannot be mistaken for a break.
    has_end: bool,
    /// Without one nothing says that a part belongs to the file that was begun with.
    pub(super) etag: Option<HeaderValue>,
    pub(super) md5: Option<[u8; 16]>,
}

impl Told {
    /// The file that an answer begins, and where the part that it holds ends. `None` when the answer
    /// holds another part, or does not say which.
    pub(super) fn read(answer: &Answer) -> Option<(Self, Option<u64>)> {
        let headers = &answer.headers;
        let etag = headers.get(ETAG).filter(|etag| is_strong(etag)).cloned();
        if answer.status == StatusCode::PARTIAL_CONTENT {
            let (range, length) = content_range(headers)?;
            // Its Content-MD5 is that of the part.
            let md5 = md5(headers.get(BLOB_CONTENT_MD5));
            let told = Self { length: Some(length), has_end: true, etag, md5 };
            return (range.start == 0).then_some((told, Some(range.end)));
        }
        let length =
            headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let hash = headers.get(BLOB_CONTENT_MD5).or(headers.get(CONTENT_MD5));
        let has_end = length.is_some() || is_chunked(headers);
        Some((Self { length, has_end, etag, md5: md5(hash) }, length))
    }

    /// What an earlier process was told.
    pub(super) fn earlier(identity: Identity) -> Option<Self> {
        let etag = HeaderValue::try_from(identity.etag).ok().filter(is_strong)?;
        let Identity { length, md5, .. } = identity;
        Some(Self { length: Some(length), has_end: true, etag: Some(etag), md5 })
    }

    /// What is to be noted of the file, so that another process knows it again.
    pub(super) fn identity(&self, source: String) -> Option<Identity> {
        let etag = self.etag.as_ref()?.to_str().ok()?.to_owned();
        Some(Identity { source, etag, length: self.length?, md5: self.md5 })
    }

    /// Whether it will be known that the file is whole.
    pub(super) fn is_whole(&self, whole: Whole) -> bool {
        match whole {
            Whole::Length => self.length.is_some(),
            Whole::End => self.has_end,
            Whole::Hash => true,
        }
    }

    /// Whether a part can be asked for by itself, and known to belong to this file.
    pub(super) fn is_in_parts(&self) -> bool {
        self.length.is_some() && self.etag.is_some()
    }

    /// Whether the answer goes on at `from`, in the file that was begun with. One that does not say
    /// which file it is of may be of another: not everybody on the way minds `If-Match`.
    pub(super) fn is_continued_by(&self, answer: &Answer, from: u64) -> bool {
        let same = answer.headers.get(ETAG) == self.etag.as_ref();
        let range = content_range(&answer.headers);
        same && range
            .is_some_and(|(range, total)| range.start == from && Some(total) == self.length)
    }

    /// What makes a server send this part, and only of the file that was begun with.
    pub(super) fn part(&self, range: &Range<u64>) -> HeaderMap {
        let mut headers = ask_for(range);
        if let Some(etag) = &self.etag {
            headers.insert(IF_MATCH, etag.clone());
        }
        headers
    }
}

/// What makes a server send a part.
pub(super) fn ask_for(range: &Range<u64>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let last = range.end.saturating_sub(1);
    if let Ok(value) = HeaderValue::try_from(format!("bytes={}-{last}", range.start)) {
        headers.insert(RANGE, value);
    }
    headers
}

fn is_chunked(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let last = codings.next_back().and_then(|codings| codings.to_str().ok()?.rsplit(',').next());
    last.is_some_and(|coding| coding.trim().eq_ignore_ascii_case("chunked"))
}

/// A weak one may name two files that differ, and never matches.
fn is_strong(etag: &HeaderValue) -> bool {
    !etag.as_bytes().starts_with(b"W/")
}

/// `bytes 5-9/10` holds the last five of ten.
fn content_range(headers: &HeaderMap) -> Option<(Range<u64>, u64)> {
    let value = headers.get(CONTENT_RANGE)?.to_str().ok()?;
    let (range, total) = value.strip_prefix("bytes ")?.split_once('/')?;
    let (start, last) = range.split_once('-')?;
    let (start, last): (u64, u64) = (start.trim().parse().ok()?, last.trim().parse().ok()?);
    let total = total.trim().parse().ok()?;
    (start <= last && last < total).then(|| (start..last + 1, total))
}

fn md5(value: Option<&HeaderValue>) -> Option<[u8; 16]> {
    BASE64_STANDARD.decode(value?.as_bytes()).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_range_that_makes_sense_is_one() {
        for (value, expected) in [
            ("bytes 5-9/10", Some((5..10, 10))),
            ("bytes 0-0/1", Some((0..1, 1))),
            ("bytes 9-5/10", None),
            ("bytes 5-10/10", None),
            ("bytes 5-18446744073709551615/10", None),
            ("bytes 5-9/*", None),
            ("bytes */10", None),
            ("items 5-9/10", None),
        ] {
            let headers = [(CONTENT_RANGE, HeaderValue::from_static(value))];
            assert_eq!(content_range(&headers.into_iter().collect()), expected, "{value}");
        }
    }
}
