//! Lists and their pages.

use serde_json::{Value, json};

use crate::support::{Client, builder, check, hlkx, start};

/// The ids on a page, and the query of the link to the next one.
fn page(body: &Value) -> (Vec<u64>, Option<String>) {
    let items = body["value"].as_array().expect("a list");
    let ids = items.iter().filter_map(|item| item["id"].as_u64()).collect();
    let links = body["links"].as_array().expect("links");
    let next = links.iter().find(|link| link["rel"] == "next_link");
    let href = next.and_then(|link| link["href"].as_str());
    (ids, href.and_then(|href| href.split_once('?')).map(|(_, query)| query.to_owned()))
}

#[tokio::test]
async fn products_are_listed_page_by_page() {
    let emulator = builder().page_size(2).start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let mut created = Vec::new();
    for _ in 0..5 {
        created.push(client.product("attestation", &[]).await);
    }
    let mut listed = Vec::new();
    let mut sizes = Vec::new();
    let mut next = Some(String::new());
    while let Some(query) = next {
        let body = client.get(&format!("products?{query}")).await.expect(200);
        let (ids, following) = page(&body);
        sizes.push(ids.len());
        listed.extend(ids);
        next = following;
    }
    assert_eq!(listed, created);
    assert_eq!(sizes, [2, 2, 1]);
    check(&emulator);
}

#[tokio::test]
async fn a_list_may_stop_before_its_end() {
    let builder = builder().seed_products(60).lists_end_after(50);
    let emulator = builder.start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    for size in [7, 25, 1000] {
        let (mut listed, mut next) = (0, Some(format!("pageSize={size}")));
        while let Some(query) = next {
            let body = client.get(&format!("products?{query}")).await.expect(200);
            let (ids, following) = page(&body);
            listed += ids.len();
            next = following;
        }
        assert_eq!(listed, 50, "pages of {size}");
    }
    check(&emulator);
}

#[tokio::test]
async fn a_product_created_between_two_pages_is_listed_once() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let first = client.product("attestation", &[]).await;
    let second = client.product("attestation", &[]).await;
    let body = client.get("products?pageSize=1").await.expect(200);
    let (ids, next) = page(&body);
    assert_eq!(ids, [first]);
    let third = client.product("attestation", &[]).await;
    let query = next.expect("a second page");
    let body = client.get(&format!("products?{query}&pageSize=10")).await.expect(200);
    assert_eq!(page(&body), (vec![second, third], None));
    check(&emulator);
}

#[tokio::test]
async fn submissions_are_listed_without_downloads_and_workflow() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[]).await;
    client.submission(product, "initial").await;
    let body = client.get(&format!("products/{product}/submissions/")).await.expect(200);
    let (ids, next) = page(&body);
    assert_eq!((ids.len(), next), (1, None));
    let submission = &body["value"][0];
    assert_eq!(submission["commitStatus"], "commitPending");
    assert_eq!((submission.get("downloads"), submission.get("workflowStatus")), (None, None));
    check(&emulator);
}

#[tokio::test]
async fn a_page_holds_a_thousand_items_at_most() {
    let emulator = builder().seed_products(1001).start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let body = client.get("products?pageSize=100000").await.expect(200);
    let (ids, next) = page(&body);
    assert_eq!(ids.len(), 1000);
    let body = client.get(&format!("products?{}", next.expect("a page"))).await.expect(200);
    let (rest, next) = page(&body);
    assert_eq!((rest.len(), next), (1, None));
    check(&emulator);
}

#[tokio::test]
async fn the_next_page_is_asked_for_as_the_first_was() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    client.product("attestation", &[]).await;
    client.product("attestation", &[]).await;
    let path = "products?pageSize=1&includeTargetingInfo=true&x=a%26b";
    let (_, next) = page(&client.get(path).await.expect(200));
    let next = next.expect("a second page");
    assert!(next.ends_with("&includeTargetingInfo=true&x=a%26b"), "{next}");
    assert_eq!(next.matches("pageSize").count(), 1, "{next}");
}

#[tokio::test]
async fn submissions_are_listed_page_by_page() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("hlk", &["WINDOWS_v100_X64_CO_FULL"]).await;
    client.signed(product, hlkx()).await;
    client.submission(product, "derived").await;
    let path = format!("products/{product}/submissions");
    let first = client.get(&format!("{path}?pageSize=1")).await.expect(200);
    let next = page(&first).1.expect("a second page");
    let second = client.get(&format!("{path}?{next}")).await.expect(200);
    assert_eq!(page(&second).1, None);
    let kinds = [&first["value"][0]["type"], &second["value"][0]["type"]];
    assert_eq!(kinds, ["initial", "derived"]);
    check(&emulator);
}

#[tokio::test]
async fn audiences_are_listed() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let body = client.get("audiences?pageSize=1").await.expect(200);
    let (_, next) = page(&body);
    let rest = client.get(&format!("audiences?{}", next.expect("a page"))).await.expect(200);
    let name = |body: &Value| body["value"][0]["audienceName"].clone();
    assert_eq!((name(&body), name(&rest)), (json!("Test ring"), json!("Pilot customers")));
    assert_eq!(page(&rest).1, None);
    check(&emulator);
}

#[tokio::test]
async fn a_made_up_continuation_is_refused() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    for query in ["continuationToken=x", "pageSize=0", "pageSize=many"] {
        let refusal = client.get(&format!("products?{query}")).await.refusal(400);
        assert_eq!(refusal.0, "InvalidInput", "{query}");
    }
    check(&emulator);
}
