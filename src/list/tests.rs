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
        let failed = page == fails && asked.iter().filter(|asked| **asked == page).count() <= times;
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
    let list = list.on_every_page("a", "b").page_size(size(5)).page_size(size(7));
    assert_eq!(query(&list), "a=b&pageSize=7");

    let at = |taken| {
        let query = Some("pageSize=50&continuationToken=x%2By==".to_owned());
        Continuation { operation: "listProducts".to_owned(), query, taken }
    };
    let resumed = |taken| numbers(9, 0).0.resume(at(taken)).page_size(size(7));
    assert_eq!(query(&resumed(0)), "continuationToken=x%2By==&pageSize=7");
    assert_eq!(resumed(3).continuation(), Some(at(3)));
}

#[tokio::test]
async fn the_place_of_another_list_is_refused() {
    let (mut submissions, _) = numbers(9, 0);
    submissions.operation = "listSubmissions";
    let (mut list, asked) = numbers(9, 0);
    list.try_next().await.unwrap();
    asked.lock().unwrap().clear();
    let found: Vec<_> = submissions.resume(list.continuation().unwrap()).collect().await;
    let [Err(error)] = &found[..] else { panic!("{found:?}") };
    assert!(error.is_input(), "{error:?}");
    assert_eq!(error.to_string(), "the place to resume listSubmissions at is one of listProducts");
    assert_eq!(*asked.lock().unwrap(), [0; 0]);
}

#[tokio::test]
async fn what_every_query_says_is_put_in_where_a_link_leaves_it_out() {
    let asked = Arc::<Mutex<Vec<_>>>::default();
    let log = asked.clone();
    let links = ["?a=1&info=true", "?a=2&token=x%2By==", "?a=3&information=1"];
    let list = List::new("listShippingLabels", move |query: Option<String>| {
        let mut asked = log.lock().unwrap();
        let href = links.get(asked.len()).map(|href| (*href).into());
        asked.push(query.unwrap());
        let link = Link { rel: Some("next_link".into()), href, ..Link::default() };
        async move { Ok((vec![()], vec![link])) }
    });
    let list = list.on_every_page("info", "true");
    assert_eq!(list.try_collect::<Vec<_>>().await.unwrap().len(), 4);
    let queries = [
        "info=true",
        "a=1&info=true",
        "a=2&token=x%2By==&info=true",
        "a=3&information=1&info=true",
    ];
    assert_eq!(*asked.lock().unwrap(), queries);
}
