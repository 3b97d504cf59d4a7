//! The admin endpoint.

use hardware_dashboard_emulator::{Account, Emulator, Fault, FaultKind};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{
    Answer, Client, WORKFLOW, builder, check, echo_cab, pass, send, shown, start,
};

fn request(emulator: &Emulator, method: Method, path: &str) -> RequestBuilder {
    let url = format!("{}/_emulator/{path}", emulator.authority_url());
    reqwest::Client::new().request(method, url)
}

async fn get(emulator: &Emulator, path: &str) -> Value {
    send(request(emulator, Method::GET, path)).await.expect(200)
}

async fn post(emulator: &Emulator, path: &str, body: Value) -> Answer {
    send(request(emulator, Method::POST, path).json(&body)).await
}

/// The message of a refusal with this status.
#[track_caller]
fn message(answer: Answer, status: u16) -> String {
    let body = answer.expect(status);
    assert_eq!(body["statusCode"], status);
    body["message"].as_str().expect("a message").to_owned()
}

#[tokio::test]
async fn health_tells_the_time_of_the_clock() {
    let emulator = start().await;
    let body = get(&emulator, "health").await;
    assert_eq!(body, json!({ "status": "ok", "now": emulator.clock().now().to_rfc3339() }));
}

#[tokio::test]
async fn the_clock_is_advanced() {
    let emulator = start().await;
    let expected = emulator.clock().now() + chrono::TimeDelta::days(5);
    let body = post(&emulator, "clock/advance", json!({ "seconds": 432_000 })).await.expect(200);
    assert_eq!(body["now"], expected.to_rfc3339());
    assert_eq!(emulator.clock().now(), expected);
    for wrong in [json!({ "seconds": -1 }), json!({ "second": 1 }), json!({}), json!([])] {
        let text = message(post(&emulator, "clock/advance", wrong).await, 400);
        assert!(text.contains(r#"{"seconds": n}"#), "{text}");
    }
    let far = json!({ "seconds": u64::MAX });
    let text = message(post(&emulator, "clock/advance", far).await, 400);
    assert!(text.contains("ten years"), "{text}");
    assert_eq!(emulator.clock().now(), expected);
}

#[tokio::test]
async fn faults_are_ordered_told_and_cancelled() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let fault = json!({
        "on": "listProducts",
        "nth": 2,
        "times": "forever",
        "kind": { "status": { "status": 503, "retryAfter": { "seconds": 2 }, "afterActing": false } },
    });
    let lost = json!({ "on": "createProduct", "nth": 1, "times": 1, "kind": "closeAfterActing" });
    post(&emulator, "faults", json!([fault, lost])).await.expect(201);
    client.get("products").await.expect(200);
    client.get("products").await.expect(503);
    let told = get(&emulator, "faults").await;
    let expected = json!({ "faults": [
        { "fault": fault, "calls": 2, "fired": 1 },
        { "fault": lost, "calls": 0, "fired": 0 },
    ] });
    assert_eq!(told, expected);
    let unfired = [Fault::on("createProduct", FaultKind::CloseAfterActing)];
    assert_eq!(emulator.unfired_faults(), unfired);

    send(request(&emulator, Method::DELETE, "faults")).await.expect(204);
    assert_eq!(get(&emulator, "faults").await, json!({ "faults": [] }));
    client.get("products").await.expect(200);
    check(&emulator);
}

#[tokio::test]
async fn one_fault_needs_no_list() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let fault = json!({ "on": "any", "kind": { "status": { "status": 500 } } });
    post(&emulator, "faults", fault).await.expect(201);
    client.get("products").await.expect(500);
    check(&emulator);
}

#[tokio::test]
async fn wrong_faults_are_refused_as_a_whole() {
    let emulator = start().await;
    let good = json!({ "on": "any", "kind": "closeAfterActing" });
    let bad = json!({ "on": "commit", "kind": "closeAfterActing" });
    let text = message(post(&emulator, "faults", json!([good, bad])).await, 400);
    assert!(text.starts_with("fault 2: there is no call `commit`"), "{text}");
    let unknown = json!({ "on": "any", "kind": "closeAfterActing", "count": 2 });
    let text = message(post(&emulator, "faults", unknown).await, 400);
    assert!(text.starts_with("fault 1: unknown field `count`"), "{text}");
    assert_eq!(get(&emulator, "faults").await, json!({ "faults": [] }));
}

#[tokio::test]
async fn exchanges_are_told_without_secrets() {
    let fault = Fault::on("createProduct", FaultKind::CloseAfterActing);
    let emulator = builder().fault(fault).start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let list = client.request(Method::GET, "products?pageSize=5").header("MS-RequestId", "r-1");
    list.send().await.expect("an answer");
    let create = client.request(Method::POST, "products").json(&json!({ "productName": "Echo" }));
    assert!(create.send().await.is_err());
    let told = get(&emulator, "exchanges").await;
    let told = told["exchanges"].as_array().expect("a list");
    assert_eq!(told.len(), 3);
    let expected = json!({
        "method": "GET",
        "path": "/v2.0/my/hardware/products",
        "operation": "listProducts",
        "status": 200,
        "correlationId": null,
        "requestId": "r-1",
        "fault": null,
    });
    assert_eq!(told[1], expected);
    assert_eq!(told[2]["status"], Value::Null);
    assert_eq!(told[2]["fault"]["kind"], "closeAfterActing");
}

#[tokio::test]
async fn the_accounts_are_told() {
    let partner = Account::fabrikam().numbers(7, 8);
    let emulator = builder().partner(partner).start().await.expect("the emulator starts");
    let accounts = get(&emulator, "accounts").await;
    let expected = |account: &Account| {
        json!({
            "tenantId": account.tenant_id(),
            "clientId": account.client_id(),
            "clientSecret": account.client_secret(),
            "publisherId": account.publisher_id(),
            "sellerId": account.seller_id(),
        })
    };
    assert_eq!(accounts["main"], expected(emulator.account()));
    assert_eq!(accounts["partner"], expected(emulator.partner()));
    assert_eq!(
        (&accounts["partner"]["publisherId"], &accounts["partner"]["sellerId"]),
        (&json!(7), &json!(8))
    );
}

#[tokio::test]
async fn a_quota_is_set_told_and_lifted() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    assert_eq!(get(&emulator, "quota").await, json!({ "quota": null }));
    let quota = json!({ "requestsPerMinute": 1 });
    let told = send(request(&emulator, Method::PUT, "quota").json(&quota)).await.expect(200);
    assert_eq!(told, json!({ "quota": { "requestsPerMinute": 1, "retryAfter": true } }));
    assert_eq!(get(&emulator, "quota").await, told);
    client.get("products").await.expect(200);
    client.get("products").await.expect(429);
    // Another one counts from nothing.
    let silent = json!({ "requestsPerMinute": 1, "retryAfter": false });
    send(request(&emulator, Method::PUT, "quota").json(&silent)).await.expect(200);
    client.get("products").await.expect(200);
    let refused = client.request(Method::GET, "products").send().await.expect("an answer");
    assert_eq!((refused.status().as_u16(), refused.headers().get("retry-after")), (429, None));
    send(request(&emulator, Method::DELETE, "quota")).await.expect(204);
    client.get("products").await.expect(200);
    for (wrong, reason) in [
        (json!({ "requestsPerMinute": 0 }), "must be 1 or more"),
        (json!({ "perMinute": 1 }), "unknown field `perMinute`"),
        (json!([]), "quota: "),
    ] {
        let answer = send(request(&emulator, Method::PUT, "quota").json(&wrong)).await;
        let text = message(answer, 400);
        assert!(text.contains(reason), "{text}");
    }
    check(&emulator);
}

#[tokio::test]
async fn failures_of_steps_are_ordered_told_and_cancelled() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let failure = json!({ "step": "scanning", "messages": ["Malware."], "report": null });
    post(&emulator, "failures", failure.clone()).await.expect(201);
    let second = json!([{ "step": "signing" }]);
    let told = post(&emulator, "failures", second).await.expect(201);
    let signing = json!({ "step": "signing", "messages": [], "report": null });
    assert_eq!(told, json!({ "failures": [failure, signing] }));
    assert_eq!(get(&emulator, "failures").await, told);
    let product = client.product("attestation", &["WINDOWS_v100_X64_CO_FULL"]).await;
    let path = client.committed(product, echo_cab().bytes()).await;
    send(request(&emulator, Method::DELETE, "failures")).await.expect(204);
    assert_eq!(get(&emulator, "failures").await, json!({ "failures": [] }));
    // A workflow keeps the failure that was on order when it began.
    pass(&emulator, WORKFLOW);
    let submission = client.get(&path).await.expect(200);
    assert_eq!(shown(&submission), "scanning/failed");
    assert_eq!(submission["workflowStatus"]["messages"], json!(["Malware."]));
    let wrong = json!([{ "step": "signing" }, { "step": "painting" }]);
    let text = message(post(&emulator, "failures", wrong).await, 400);
    assert!(text.starts_with("failure 2: unknown variant `painting`"), "{text}");
    assert_eq!(get(&emulator, "failures").await, json!({ "failures": [] }));
    check(&emulator);
}

#[tokio::test]
async fn other_paths_methods_and_media_types_are_refused() {
    let emulator = start().await;
    let text = message(send(request(&emulator, Method::GET, "secrets")).await, 404);
    assert!(text.contains("accounts, exchanges, clock/advance, quota, failures"), "{text}");
    for (method, path, allowed) in [
        (Method::POST, "health", "GET"),
        (Method::DELETE, "exchanges", "GET"),
        (Method::GET, "clock/advance", "POST"),
        (Method::PUT, "faults", "GET, POST, DELETE"),
        (Method::PUT, "failures", "GET, POST, DELETE"),
        (Method::POST, "quota", "GET, PUT, DELETE"),
        (Method::POST, "accounts", "GET"),
    ] {
        let response = request(&emulator, method, path).send().await.expect("an answer");
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers()["allow"], allowed);
    }
    let text = request(&emulator, Method::POST, "faults").body(r#"{"on":"any","kind":"stall"}"#);
    let text = message(send(text).await, 415);
    assert!(text.contains("application/json"), "{text}");
}

#[tokio::test]
async fn no_fault_happens_to_the_admin_endpoint() {
    let fault = Fault::on("any", FaultKind::CloseBeforeReading).forever();
    let emulator = builder().fault(fault).start().await.expect("the emulator starts");
    assert_eq!(get(&emulator, "health").await["status"], "ok");
    assert_eq!(emulator.exchanges().len(), 0);
    assert_eq!(emulator.unfired_faults().len(), 1);
}
