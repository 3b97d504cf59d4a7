//! Lists that come page by page, as streams of items.

use std::{
    fmt,
    future::Future,
    num::NonZeroU32,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    vec,
};

use futures_util::Stream;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use crate::{
    arrived::Arrived,
    error::{Error, Kind, Result, Stage},
    model::{
        Audience, AudiencePage, Link, Product, ProductPage, ShippingLabel, ShippingLabelPage,
        Submission, SubmissionPage,
    },
};

/// A page as the service sends it.
pub(crate) trait Page {
    type Item;

    fn into_parts(self) -> (Vec<Self::Item>, Vec<Link>);
}

macro_rules! page {
    ($page:ident, $item:ident) => {
        impl Page for $page {
            type Item = $item;

            fn into_parts(self) -> (Vec<$item>, Vec<Link>) {
                let mut items = self.value.unwrap_or_default();
                items.iter_mut().for_each(Arrived::arrive);
                (items, self.links.unwrap_or_default())
            }
        }
    };
}

page!(ProductPage, Product);
page!(SubmissionPage, Submission);
page!(ShippingLabelPage, ShippingLabel);
page!(AudiencePage, Audience);

/// Where a list can be gone on with, in another process too.
///
/// It names the operation, a page, and how many of its items have been taken from it.
///
/// ```no_run
/// use std::fs;
///
/// use futures_util::TryStreamExt;
///
/// # async fn example(client: hardware_dashboard::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let mut products = client.products().list().page_size(100.try_into()?);
/// if let Ok(place) = fs::read("products.place") {
///     products = products.resume(serde_json::from_slice(&place)?);
/// }
/// while let Some(product) = products.try_next().await? {
///     println!("{:?}", product.product_name);
///     // `None`, and thus null, at the end: nothing is left to go on with.
///     fs::write("products.place", serde_json::to_vec(&products.continuation())?)?;
/// }
/// fs::remove_file("products.place")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Continuation {
    /// The `operationId` of the list that it is from.
    operation: String,
    /// The query of the page; `None` for the first one when nothing was asked for.
    query: Option<String>,
    taken: usize,
}

impl fmt::Debug for Continuation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What the service puts into its tokens is not known.
        f.debug_struct("Continuation")
            .field("operation", &self.operation)
            .field("taken", &self.taken)
            .finish_non_exhaustive()
    }
}

type PageFuture<T> = Pin<Box<dyn Future<Output = Result<(Vec<T>, Vec<Link>)>> + Send>>;
type Fetch<T> = Arc<dyn Fn(Option<String>) -> PageFuture<T> + Send + Sync>;

/// A stream of the items of a list, which fetches page after page.
///
/// A page that fails has been asked for again as far as the client's retries allow. It then comes as
/// one `Err`; what came before is not lost, and polling on asks for the same page once more. A failure
/// that lasts thus comes again as often as the stream is polled: stop at the first, or count them.
/// [`continuation`](Self::continuation) tells at any time where to go on.
///
/// ```no_run
/// use futures_util::TryStreamExt;
///
/// # async fn example(client: hardware_dashboard::Client) -> hardware_dashboard::Result<()> {
/// let mut products = client.products().list();
/// while let Some(product) = products.try_next().await? {
///     println!("{:?}", product.product_name);
/// }
/// # Ok(())
/// # }
/// ```
///
/// [`Continuation`] has an example that goes on in another process.
pub struct List<T> {
    operation: &'static str,
    fetch: Fetch<T>,
    fetching: Option<PageFuture<T>>,
    items: vec::IntoIter<T>,
    /// The page that the items are from, or that is to be fetched.
    at: Continuation,
    next: Next,
    /// What every query has to say, whatever the links of the pages do.
    always: Option<(&'static str, &'static str)>,
    circle: Circle,
}

/// What comes when the items are used up.
#[derive(Debug)]
enum Next {
    /// The page `at` has not been fetched.
    Fetch,
    /// The page behind this query.
    Follow(String),
    /// The page cannot be gone on from, for this reason: an error, then nothing.
    Lost(&'static str),
    /// The list was to be resumed where a list of this operation was left: an error, then nothing.
    Foreign(String),
    /// Nothing.
    End,
}

/// Finds out that the pages lead in a circle, by one remembered page (Brent's algorithm): a list may
/// have more pages than should be remembered.
#[derive(Debug, Default)]
struct Circle {
    remembered: String,
    /// Pages since then.
    steps: u64,
    /// After so many pages another one is remembered, and for twice as long.
    limit: u64,
}

impl Circle {
    /// Whether the page behind this query is the one that is remembered.
    fn closes(&mut self, query: &str) -> bool {
        if self.remembered == query {
            return true;
        }
        self.steps += 1;
        if self.steps > self.limit {
            self.remembered.clear();
            self.remembered.push_str(query);
            (self.steps, self.limit) = (0, (2 * self.limit).max(1));
        }
        false
    }
}

impl<T: Send + 'static> List<T> {
    pub(crate) fn new<F>(
        operation: &'static str,
        fetch: impl Fn(Option<String>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(Vec<T>, Vec<Link>)>> + Send + 'static,
    {
        Self {
            operation,
            fetch: Arc::new(move |query| Box::pin(fetch(query))),
            fetching: None,
            items: Vec::new().into_iter(),
            at: Continuation { operation: operation.to_owned(), query: None, taken: 0 },
            next: Next::Fetch,
            always: None,
            circle: Circle::default(),
        }
    }

    /// How many items the service shall put on a page. It may put fewer.
    ///
    /// A list that goes on in the middle of a page keeps the size that its pages have: by it the items
    /// were counted.
    #[must_use]
    pub fn page_size(self, items: NonZeroU32) -> Self {
        if self.at.taken > 0 { self } else { self.parameter("pageSize", &items.to_string()) }
    }

    /// Puts this into the query of the first page; the links of the pages carry it on.
    fn parameter(mut self, name: &str, value: &str) -> Self {
        self.at.query = Some(with_parameter(self.at.query.as_deref(), name, value));
        self
    }

    /// Puts this into the query of every page, also where a link does not carry it on.
    pub(crate) fn on_every_page(mut self, name: &'static str, value: &'static str) -> Self {
        self.always = Some((name, value));
        self.parameter(name, value)
    }

    /// Goes on where another list of the same things was left. A list that is given the place of a list
    /// of other things fetches nothing: its one item is an error, of which
    /// [`Error::is_input`](crate::Error::is_input) is true.
    #[must_use]
    pub fn resume(mut self, continuation: Continuation) -> Self {
        self.fetching = None;
        self.items = Vec::new().into_iter();
        self.next = match continuation.operation == self.operation {
            true => Next::Fetch,
            false => Next::Foreign(continuation.operation.clone()),
        };
        self.at = continuation;
        self.circle = Circle::default();
        self
    }

    /// Where to go on: behind the last item that was taken. `None` at the end.
    #[must_use]
    pub fn continuation(&self) -> Option<Continuation> {
        match (&self.next, self.items.as_slice().is_empty()) {
            (Next::End, true) => None,
            (Next::Follow(query), true) => Some(self.at_page(query.clone())),
            _ => Some(self.at.clone()),
        }
    }

    fn at_page(&self, query: String) -> Continuation {
        Continuation { operation: self.operation.to_owned(), query: Some(query), taken: 0 }
    }

    fn take_in(&mut self, mut items: Vec<T>, links: &[Link]) {
        let next = match (next_page(links), self.always) {
            (Next::Follow(query), Some((name, value))) if !has_parameter(&query, name) => {
                Next::Follow(with_parameter(Some(&query), name, value))
            }
            (next, _) => next,
        };
        self.next = match next {
            Next::Follow(query) if self.circle.closes(&query) => {
                Next::Lost("names one that has been read already as the next one")
            }
            next => next,
        };
        // Items that were taken before the list was resumed are not given again.
        items.drain(..self.at.taken.min(items.len()));
        self.items = items.into_iter();
    }

    fn lost(&self, why: &str) -> Error {
        let message = format!("a page of {} {why}", self.operation);
        Error::new(Stage::Api(self.operation), Kind::Decode, message)
    }

    fn foreign(&self, other: &str) -> Error {
        let list = self.operation;
        Error::input(format!("the place to resume {list} at is one of {other}"))
            .with_hint("Resume each list by a place that a list of the same things has told.")
    }
}

impl<T: Send + Unpin + 'static> Stream for List<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.items.next() {
                self.at.taken += 1;
                return Poll::Ready(Some(Ok(item)));
            }
            match &self.next {
                Next::Fetch => {}
                Next::Follow(query) => {
                    self.at = self.at_page(query.clone());
                    self.next = Next::Fetch;
                }
                Next::Lost(why) => {
                    let error = self.lost(why);
                    self.next = Next::End;
                    return Poll::Ready(Some(Err(error)));
                }
                Next::Foreign(other) => {
                    let error = self.foreign(other);
                    self.next = Next::End;
                    return Poll::Ready(Some(Err(error)));
                }
                Next::End => return Poll::Ready(None),
            }
            if self.fetching.is_none() {
                self.fetching = Some((self.fetch)(self.at.query.clone()));
            }
            let Some(fetching) = &mut self.fetching else { continue };
            let page = ready!(fetching.as_mut().poll(cx));
            self.fetching = None;
            match page {
                Ok((items, links)) => self.take_in(items, &links),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("List").field("operation", &self.operation).finish_non_exhaustive()
    }
}

/// The query with this parameter, in the place of one of the same name. The rest stays as it is, to the
/// byte: the service may be particular about its own tokens.
fn with_parameter(query: Option<&str>, name: &str, value: &str) -> String {
    let is_other = |pair: &&str| !pair.is_empty() && !is_named(pair, name);
    let others = query.unwrap_or_default().split('&').filter(is_other);
    let others = others.collect::<Vec<_>>().join("&");
    form_urlencoded::Serializer::new(others).append_pair(name, value).finish()
}

fn has_parameter(query: &str, name: &str) -> bool {
    query.split('&').any(|pair| is_named(pair, name))
}

fn is_named(pair: &str, name: &str) -> bool {
    pair.split('=').next() == Some(name)
}

/// Where the links of a page lead. Of the link to the next page only the query is taken: its host and
/// path are not to be relied on. One without a query must not pass for the end of the list.
fn next_page(links: &[Link]) -> Next {
    let is_next =
        |link: &&Link| link.rel.as_deref().is_some_and(|rel| rel.eq_ignore_ascii_case("next_link"));
    let href = links.iter().find(is_next).and_then(|link| link.href.as_ref());
    let href = href.map_or("", |href| href.expose().trim());
    let whole = href.split_once('#').map_or(href, |(whole, _)| whole);
    match whole.split_once('?') {
        _ if href.is_empty() => Next::End,
        Some((_, query)) if !query.is_empty() => Next::Follow(query.to_owned()),
        _ => Next::Lost("has a next one, whose link tells no query"),
    }
}

#[cfg(test)]
mod tests;
