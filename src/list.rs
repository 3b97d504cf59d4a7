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
                let items = self.value.unwrap_or_default();
                let items = items.into_iter().map(Arrived::arrived).collect();
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
/// It names a page and how many of its items have been taken from it.
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
    /// The query of the page; `None` for the first one when nothing was asked for.
    query: Option<String>,
    taken: usize,
}

impl fmt::Debug for Continuation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What the service puts into its tokens is not known.
        f.debug_struct("Continuation").field("taken", &self.taken).finish_non_exhaustive()
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
            at: Continuation { query: None, taken: 0 },
            next: Next::Fetch,
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
    pub(crate) fn parameter(mut self, name: &str, value: &str) -> Self {
        let query = self.at.query.unwrap_or_default();
        // The rest stays as it is, to the byte: the service may be particular about its own tokens.
        let is_other = |pair: &&str| !pair.is_empty() && pair.split('=').next() != Some(name);
        let others = query.split('&').filter(is_other).collect::<Vec<_>>().join("&");
        self.at.query =
            Some(form_urlencoded::Serializer::new(others).append_pair(name, value).finish());
        self
    }

    /// Goes on where another list was left.
    #[must_use]
    pub fn resume(mut self, continuation: Continuation) -> Self {
        self.fetching = None;
        self.items = Vec::new().into_iter();
        self.at = continuation;
        self.next = Next::Fetch;
        self.circle = Circle::default();
        self
    }

    /// Where to go on: behind the last item that was taken. `None` at the end.
    #[must_use]
    pub fn continuation(&self) -> Option<Continuation> {
        match (&self.next, self.items.as_slice().is_empty()) {
            (Next::End, true) => None,
            (Next::Follow(query), true) => {
                Some(Continuation { query: Some(query.clone()), taken: 0 })
            }
            _ => Some(self.at.clone()),
        }
    }

    fn take_in(&mut self, mut items: Vec<T>, links: &[Link]) {
        self.next = match next_page(links) {
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
                    self.at = Continuation { query: Some(query.clone()), taken: 0 };
                    self.next = Next::Fetch;
                }
                Next::Lost(why) => {
                    let error = self.lost(why);
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
mod tests {
    use std::sync::Mutex;

    use futures_util::{StreamExt, TryStreamExt};

    use super::*;

    /// Three pages of two numbers each; the given page fails so many times.
    fn numbers(fails: usize, times: usize) -> (List<usize>, Arc<Mutex<Vec<usize>>>) {
        let asked = Arc::<Mutex<Vec<usize>>>::default();
        let log = asked.clone();
        let list = List::new("listProducts", move |query: Option<String>| {
            let page = query.map_or(0, |query| query.trim_start_matches("page=").parse().unwrap());
            let mut asked = log.lock().unwrap();
            asked.push(page);
            let failed =
                page == fails && asked.iter().filter(|asked| **asked == page).count() <= times;
            async move {
                if failed {
                    return Err(Error::new(Stage::Api("listProducts"), Kind::Interrupted, "broke"));
                }
                let link = |page| Link {
                    rel: Some("next_link".to_owned()),
                    href: Some(format!("https:// elsewhere/api/v1/x?page={page}").as_str().into()),
                    ..Link::default()
                };
                let links = if page < 2 { vec![link(page + 1)] } else { Vec::new() };
                Ok((vec![2 * page, 2 * page + 1], links))
            }
        });
        (list, asked)
    }

    #[tokio::test]
    async fn pages_follow_one_another() {
        let (list, asked) = numbers(9, 0);
        assert_eq!(list.try_collect::<Vec<_>>().await.unwrap(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(*asked.lock().unwrap(), [0, 1, 2]);
    }

    #[tokio::test]
    async fn a_failing_page_costs_nothing_that_came_before() {
        let (mut list, asked) = numbers(1, 2);
        let mut got = Vec::new();
        let mut failures = 0;
        while let Some(item) = list.next().await {
            match item {
                Ok(number) => got.push(number),
                Err(_) => failures += 1,
            }
        }
        assert_eq!((got, failures), (vec![0, 1, 2, 3, 4, 5], 2));
        assert_eq!(*asked.lock().unwrap(), [0, 1, 1, 1, 2]);
    }

    #[tokio::test]
    async fn a_list_is_resumed_behind_any_item() {
        for taken in 0..=6 {
            let (mut list, _) = numbers(9, 0);
            let mut got: Vec<_> = (&mut list).take(taken).try_collect().await.unwrap();
            assert_eq!(got.len(), taken);
            let Some(continuation) = list.continuation() else {
                assert_eq!(taken, 6);
                continue;
            };
            let text = serde_json::to_string(&continuation).unwrap();
            let (other, _) = numbers(9, 0);
            let rest = other.resume(serde_json::from_str(&text).unwrap());
            got.extend(rest.try_collect::<Vec<_>>().await.unwrap());
            assert_eq!(got, [0, 1, 2, 3, 4, 5], "{taken}");
        }
    }

    #[test]
    fn a_link_is_read_in_any_form_and_none_that_cannot_be_read_passes_for_the_end() {
        for (href, query) in [
            (Some("https:// h/api/v1/x?a=b%2B&c#d"), Some("a=b%2B&c")),
            (Some("/v2.0/my/hardware/products?a=b"), Some("a=b")),
            (Some("not a URL?a=b"), Some("a=b")),
            (Some(" "), None),
            (None, None),
        ] {
            let rel = Some("Next_Link".to_owned());
            let link = Link { rel, href: href.map(Into::into), ..Link::default() };
            match next_page(&[link]) {
                Next::Follow(found) => assert_eq!(Some(&*found), query, "{href:?}"),
                Next::End => assert_eq!(query, None, "{href:?}"),
                other => panic!("{href:?}: {other:?}"),
            }
        }
        for href in ["https://h/x", "https://h/x?", "garbage"] {
            let (rel, href) = (Some("next_link".to_owned()), Some(href.into()));
            let link = Link { rel, href, ..Link::default() };
            assert!(matches!(next_page(&[link]), Next::Lost(_)));
        }
        assert!(matches!(next_page(&[]), Next::End));
    }

    /// A list whose page behind each number leads to the page behind another.
    fn leading(next: fn(usize) -> usize) -> List<usize> {
        List::new("listProducts", move |query: Option<String>| async move {
            let page = query.map_or(0, |query| query.trim_start_matches("page=").parse().unwrap());
            let href = Some(format!("https://h/?page={}", next(page)).as_str().into());
            let link = Link { rel: Some("next_link".into()), href, ..Link::default() };
            Ok((vec![page], vec![link]))
        })
    }

    #[tokio::test]
    async fn pages_that_lead_in_a_circle_end_the_list() {
        for (length, next) in [
            (1, (|_| 1) as fn(usize) -> usize),
            (2, |page| if page == 2 { 1 } else { page + 1 }),
            (20, |page| if page == 30 { 11 } else { page + 1 }),
        ] {
            let items: Vec<_> = leading(next).take(500).collect().await;
            assert!(items.len() < 100, "{length}: {}", items.len());
            let (last, others) = items.split_last().unwrap();
            assert!(last.as_ref().unwrap_err().is_decode(), "{length}");
            assert!(others.iter().all(Result::is_ok) && others.len() > length, "{length}");
        }
    }

    #[tokio::test]
    async fn a_page_size_is_asked_for_once_and_not_in_the_middle_of_a_page() {
        let size = |size| NonZeroU32::new(size).unwrap();
        let query = |list: &List<usize>| list.continuation().unwrap().query.unwrap();
        let (list, _) = numbers(9, 0);
        let list = list.parameter("a", "b").page_size(size(5)).page_size(size(7));
        assert_eq!(query(&list), "a=b&pageSize=7");

        let at = |taken| {
            let query = Some("pageSize=50&continuationToken=x%2By==".to_owned());
            Continuation { query, taken }
        };
        let resumed = |taken| numbers(9, 0).0.resume(at(taken)).page_size(size(7));
        assert_eq!(query(&resumed(0)), "continuationToken=x%2By==&pageSize=7");
        assert_eq!(resumed(3).continuation(), Some(at(3)));
    }
}
