//! Conditional requests: `If-Match`, `If-None-Match` and their brothers by date.

use chrono::{DateTime, SubsecRound, Utc};
use http::{HeaderMap, HeaderName, header};

use super::{
    error::{BlobError, Code},
    request::{invalid_header, text},
    state::Content,
};

/// The conditions of one request.
pub(super) struct Conditions<'a> {
    if_match: Option<&'a str>,
    if_none_match: Option<&'a str>,
    if_modified_since: Option<DateTime<Utc>>,
    if_unmodified_since: Option<DateTime<Utc>>,
}

impl<'a> Conditions<'a> {
    pub(super) fn of(headers: &'a HeaderMap) -> Result<Self, BlobError> {
        Ok(Self {
            if_match: text(headers, header::IF_MATCH),
            if_none_match: text(headers, header::IF_NONE_MATCH),
            if_modified_since: date(headers, &header::IF_MODIFIED_SINCE)?,
            if_unmodified_since: date(headers, &header::IF_UNMODIFIED_SINCE)?,
        })
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.if_match.is_none()
            && self.if_none_match.is_none()
            && self.if_modified_since.is_none()
            && self.if_unmodified_since.is_none()
    }

    /// Whether `content` may be read: 412 if it is another than wanted, 304 if it is known.
    pub(super) fn allow_read(&self, content: &Content) -> Result<(), BlobError> {
        if self.is_other(Some(content)) {
            return Err(Code::ConditionNotMet.into());
        }
        if self.is_known(Some(content)) {
            return Err(Code::NotModified.into());
        }
        Ok(())
    }

    /// Whether `current` may be replaced.
    pub(super) fn allow_write(&self, current: Option<&Content>) -> Result<(), BlobError> {
        if self.if_none_match == Some("*") && current.is_some() {
            return Err(Code::BlobAlreadyExists.into());
        }
        if self.is_other(current) || self.is_known(current) {
            return Err(Code::ConditionNotMet.into());
        }
        Ok(())
    }

    fn is_other(&self, current: Option<&Content>) -> bool {
        self.if_match.is_some_and(|tags| !matches(tags, current))
            || self
                .if_unmodified_since
                .is_some_and(|date| current.is_some_and(|content| modified(content) > date))
    }

    fn is_known(&self, current: Option<&Content>) -> bool {
        self.if_none_match.is_some_and(|tags| matches(tags, current))
            || self
                .if_modified_since
                .is_some_and(|date| current.is_some_and(|content| modified(content) <= date))
    }
}

/// Whether the comma-separated `tags` name the content's entity tag; `*` names any.
fn matches(tags: &str, current: Option<&Content>) -> bool {
    current.is_some_and(|content| {
        tags.split(',')
            .map(str::trim)
            .any(|tag| tag == "*" || tag.trim_matches('"') == content.etag.trim_matches('"'))
    })
}

/// The time of the last change as precisely as a header can say it.
fn modified(content: &Content) -> DateTime<Utc> {
    content.modified.trunc_subsecs(0)
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Result<Option<DateTime<Utc>>, BlobError> {
    let Some(value) = text(headers, name) else {
        return Ok(None);
    };
    DateTime::parse_from_rfc2822(value)
        .map(|date| Some(date.to_utc()))
        .map_err(|_| invalid_header(name, value))
}
