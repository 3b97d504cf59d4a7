//! The quota of requests in a minute.

use hardware_dashboard_emulator::Emulator;
use reqwest::{Method, Response, header};
use serde_json::json;

use crate::support::{Client, builder, check, pass};

async fn list(client: &Client<'_>) -> Response {
    client.request(Method::GET, "products").send().await.expect("an answer")
}

/// Uses up a quota of three, and shows the refusal that comes then.
async fn used_up(emulator: &Emulator) -> Response {
    let client = Client::new(emulator).await;
    for _ in 0..3 {
        assert_eq!(list(&client).await.status(), 200);
    }
    list(&client).await
}

#[tokio::test]
async fn a_minute_takes_so_many_requests() {
    let emulator = builder().quota(3).start().await.expect("the emulator starts");
    let refused = used_up(&emulator).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()[header::RETRY_AFTER], "60");
    let body: serde_json::Value = refused.json().await.expect("JSON");
    let message = "Rate limit is exceeded. Try again in 60 seconds.";
    assert_eq!(body, json!({ "statusCode": 429, "message": message }));

    let client = Client::new(&emulator).await;
    let body = json!({ "productName": "Echo", "testHarness": "attestation" });
    client.post("products", body).await.expect(429);
    pass(&emulator, 59);
    let refused = list(&client).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
    pass(&emulator, 1);
    let body = client.get("products").await.expect(200);
    assert_eq!(body["value"], json!([]));
    check(&emulator);
}

#[tokio::test]
async fn each_account_has_its_own_quota() {
    let emulator = builder().quota(3).start().await.expect("the emulator starts");
    assert_eq!(used_up(&emulator).await.status(), 429);
    let partner = Client::of(&emulator, emulator.partner()).await;
    assert_eq!(list(&partner).await.status(), 200);
    check(&emulator);
}

#[tokio::test]
async fn the_refusal_may_keep_silent_about_when_to_come_back() {
    let builder = builder().quota(3).quota_without_retry_after();
    let emulator = builder.start().await.expect("the emulator starts");
    let refused = used_up(&emulator).await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers().get(header::RETRY_AFTER), None);
    check(&emulator);
}
