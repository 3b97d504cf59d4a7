//! An account that has products from the start.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Client, builder, check, download};

/// The ids on a page, and the query of the link to the next one.
fn page(body: &Value) -> (Vec<u64>, Option<String>) {
    let ids = body["value"].as_array().expect("a list").iter();
    let ids = ids.filter_map(|item| item["id"].as_u64()).collect();
    let mut links = body["links"].as_array().expect("links").iter();
    let next = links.find(|link| link["rel"] == "next_link").and_then(|link| link["href"].as_str());
    (ids, next.and_then(|href| href.split_once('?')).map(|(_, query)| query.to_owned()))
}

#[tokio::test]
async fn a_hundred_thousand_products_are_listed_page_by_page() {
    let emulator = builder().seed_products(100_000).start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    // From the first page, from the middle and to the end: all pages would say no more.
    let body = client.get("products?pageSize=500").await.expect(200);
    let (first, next) = page(&body);
    let (second, _) =
        page(&client.get(&format!("products?{}", next.expect("more"))).await.expect(200));
    assert_eq!((first.len(), second.len()), (500, 500));
    assert!(first.last() < second.first());

    let step = first[1] - first[0];
    let last = first[0] + 99_999 * step;
    assert_eq!(client.get(&format!("products/{last}")).await.expect(200)["id"], last);
    client.get(&format!("products/{}", last + step)).await.expect(404);
    check(&emulator);
}

#[tokio::test]
async fn every_seeded_product_is_on_exactly_one_page() {
    let emulator = builder().seed_products(250).start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let (mut ids, mut pages, mut next) = (Vec::new(), 0, Some("pageSize=100".to_owned()));
    while let Some(query) = next {
        let (more, following) = page(&client.get(&format!("products?{query}")).await.expect(200));
        (pages, next) = (pages + 1, following);
        ids.extend(more);
    }
    assert_eq!((pages, ids.len()), (3, 250));
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 250);
    let created = client.product("attestation", &[]).await;
    assert!(!ids.contains(&created), "an id is given twice");
}

#[tokio::test]
async fn seeded_submissions_are_pending_failed_and_signed() {
    let emulator = builder().seed_products(4).start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let (ids, _) = page(&client.get("products").await.expect(200));
    let mut shown = Vec::new();
    for id in ids {
        let (submissions, _) =
            page(&client.get(&format!("products/{id}/submissions")).await.expect(200));
        let Some(submission) = submissions.first() else { continue };
        let path = format!("products/{id}/submissions/{submission}");
        shown.push(client.get(&path).await.expect(200));
    }
    let [pending, failed, signed] = &shown[..] else { panic!("{shown:#?}") };
    assert_eq!(pending["commitStatus"], "commitPending");
    assert!(download(pending, "initialPackage").is_some_and(|url| url.contains("sp=rwl")));
    assert_eq!(failed["workflowStatus"]["state"], "failed");
    assert!(failed["workflowStatus"]["errorReport"].is_string(), "{failed:#}");
    assert_eq!(signed["commitStatus"], "commitComplete");
    assert!(client.fetch(signed, "signedPackage").await.starts_with(b"PK"));
    let metadata = client.fetch(signed, "driverMetadata").await;
    let metadata: Value = serde_json::from_slice(&metadata).expect("JSON");
    assert!(metadata["BundleInfoMap"].is_object(), "{metadata:#}");
    check(&emulator);
}
