//! Lists, page by page.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Bound,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{Call, links::link};
use crate::{answer::Answer, error::ApiError};

/// The most items of a page, however many were asked for: nobody else is served meanwhile.
pub(crate) const LARGEST_PAGE: usize = 1000;

const PAGE_SIZE: &str = "pageSize";
const CONTINUATION: &str = "continuationToken";

/// Answers one page of the things that `items` gives in the order of their ids, beginning after
/// the id it is handed.
///
/// The continuation names the last id of the page before it, so that what is created meanwhile
/// neither repeats nor hides anything.
pub(super) fn page<T, I>(
    call: &Call,
    path: &str,
    items: impl FnOnce(u64) -> I,
    id: impl Fn(&T) -> u64,
    json: impl Fn(&T) -> Value,
) -> Result<Answer, ApiError>
where
    I: Iterator<Item = T>,
{
    let (size, begin) = (size(call)?, begin(call)?);
    let left =
        call.service.settings.list_end.map_or(usize::MAX, |end| end.saturating_sub(begin.given));
    let mut items = items(begin.after).peekable();
    let mut values = Vec::new();
    let mut last = 0;
    for item in items.by_ref().take(size.min(left)) {
        last = id(&item);
        values.push(json(&item));
    }
    let mut links = vec![link(call, "self", "GET", path)];
    if items.peek().is_some() && values.len() < left {
        let next = Begin { after: last, given: begin.given + values.len() };
        let query = next_query(&call.query, size, next);
        links.push(link(call, "next_link", "GET", &format!("{path}?{query}")));
    }
    Ok(Answer::ok(json!({ "value": values, "links": links })))
}

/// Where a page begins: what its continuation holds.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Begin {
    /// The last id of the page before it.
    after: u64,
    /// How many items all pages before it held.
    given: usize,
}

/// The query of the page that begins there; what else was asked for is asked for again.
fn next_query(asked: &HashMap<String, String>, size: usize, begin: Begin) -> String {
    let of_page = |name: &str| name == PAGE_SIZE || name == CONTINUATION;
    let others: BTreeMap<_, _> = asked.iter().filter(|(name, _)| !of_page(name)).collect();
    form_urlencoded::Serializer::new(String::new())
        .append_pair(PAGE_SIZE, &size.to_string())
        .append_pair(CONTINUATION, &token(begin))
        .extend_pairs(others)
        .finish()
}

/// What follows an id in a map, for [`page`].
pub(super) fn following<T>(items: &BTreeMap<u64, T>, id: u64) -> impl Iterator<Item = &T> {
    items.range((Bound::Excluded(id), Bound::Unbounded)).map(|(_, item)| item)
}

fn size(call: &Call) -> Result<usize, ApiError> {
    let Some(text) = call.query.get(PAGE_SIZE) else { return Ok(call.service.settings.page_size) };
    match text.parse() {
        Ok(size @ 1..) => Ok(LARGEST_PAGE.min(size)),
        _ => {
            Err(ApiError::malformed("The page size must be a positive number.")
                .with_target(PAGE_SIZE))
        }
    }
}

fn token(begin: Begin) -> String {
    URL_SAFE_NO_PAD.encode(json!(begin).to_string())
}

fn begin(call: &Call) -> Result<Begin, ApiError> {
    let Some(token) = call.query.get(CONTINUATION) else { return Ok(Begin::default()) };
    URL_SAFE_NO_PAD
        .decode(token)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(|| {
            ApiError::malformed("The continuation token is not one that a page gave.")
                .with_target(CONTINUATION)
        })
}
