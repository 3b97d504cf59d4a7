//! What the API refuses: requests outside the specification, and rules of submissions.

use reqwest::Method;
use serde_json::json;

use crate::support::{Client, WORKFLOW, builder, check, echo_cab, hlkx, pass, send, start};

const CODE: &str = "WINDOWS_v100_X64_CO_FULL";

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[]).await;
    for path in [
        "products/1".to_owned(),
        "products/9999999999999999999".to_owned(),
        format!("products/{product}/submissions/1"),
        "preprod/packages/none".to_owned(),
        "products/relationships/sourcepubliherid/1/sourceproductid/2/sourcesubmissionid/3"
            .to_owned(),
    ] {
        let (code, message) = client.get(&path).await.refusal(404);
        assert_eq!(code, "EntityNotFound", "{path}: {message}");
    }
    let body = client.get("product").await.expect(404);
    assert_eq!(body, json!({ "statusCode": 404, "message": "Resource not found" }));
    check(&emulator);
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let answer = client.request(Method::DELETE, "products/1").send().await.expect("an answer");
    assert_eq!(answer.status(), 405);
    assert_eq!(answer.headers()["allow"], "GET, PATCH");
}

#[tokio::test]
async fn a_request_outside_the_specification_is_named_by_operation_and_path() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let body = json!({ "productName": "x", "testHarness": "hlk", "marketingNames": ["a", 7] });
    let (code, message) = client.post("products", body).await.refusal(400);
    assert_eq!(code, "InvalidInput");
    assert!(message.contains("createProduct"), "{message}");
    assert!(message.contains("$.marketingNames[1]"), "{message}");

    let breaches = client.post("products", json!({ "testHarness": "hlk" })).await.breaches();
    assert_eq!(breaches[0].0, "productName");

    let (_, message) = client.get("products/latest").await.refusal(400);
    assert!(message.contains("getProduct") && message.contains("productId"), "{message}");

    let request =
        client.request(Method::POST, "products").header("content-type", "application/json");
    let (_, message) = send(request.body("{")).await.refusal(400);
    assert!(message.contains("createProduct") && message.contains('$'), "{message}");
    check(&emulator);
}

#[tokio::test]
async fn a_wrong_media_type_is_refused() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let request = client.request(Method::POST, "products").body("{}");
    send(request).await.expect(415);
    let product = client.product("attestation", &[]).await;
    let (path, url) = client.submission(product, "initial").await;
    client.upload(&url, echo_cab().bytes()).await;
    let commit = format!("{path}/commit");
    let form = client.request(Method::POST, &commit).form(&[("a", "b")]);
    send(form).await.expect(415);
    // An empty object is as good as nothing, and so is no content type.
    client.post(&commit, json!({ "commit": true })).await.expect(400);
    client.post(&commit, json!({})).await.expect(202);
    check(&emulator);
}

#[tokio::test]
async fn blocks_that_were_not_committed_are_no_package() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[CODE]).await;
    let (path, url) = client.submission(product, "initial").await;
    let block = client.http.put(format!("{url}&comp=block&blockid=AAAA")).body(echo_cab().bytes());
    assert_eq!(block.send().await.expect("an answer").status(), 201);
    let commit = format!("{path}/commit");
    let (code, message) = client.post_empty(&commit).await.refusal(422);
    assert_eq!(code, "RequestInvalidForCurrentState");
    assert!(message.contains("no package"), "{message}");
    let list = "<BlockList><Latest>AAAA</Latest></BlockList>";
    let put = client.http.put(format!("{url}&comp=blocklist")).body(list).send().await;
    assert_eq!(put.expect("an answer").status(), 201);
    client.post_empty(&commit).await.expect(202);
    check(&emulator);
}

#[tokio::test]
async fn an_unregistered_certificate_is_refused_at_the_commit() {
    let builder = builder().certificate_registered(false);
    let emulator = builder.start().await.expect("the emulator starts");
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[CODE]).await;
    let (path, url) = client.submission(product, "initial").await;
    client.upload(&url, echo_cab().bytes()).await;
    let (code, message) = client.post_empty(&format!("{path}/commit")).await.refusal(422);
    assert_eq!(code, "SignatureValidationFailed");
    assert!(message.contains("not registered"), "{message}");
    assert_eq!(client.get(&path).await.expect(200)["commitStatus"], "commitPending");
    check(&emulator);
}

/// More than the buffers of a connection hold.
const LARGE: usize = 16 << 20;

#[tokio::test]
async fn a_refused_body_is_read_to_its_end() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let origin = emulator.authority_url();
    let large = || vec![b' '; LARGE];
    let send_large = |request: reqwest::RequestBuilder| send(request.body(large()));
    // Of the wrong type, too large, nowhere, without a token, and to the admin endpoint.
    send_large(client.request(Method::POST, "products")).await.expect(415);
    let json = client.request(Method::POST, "products").header("content-type", "application/json");
    send_large(json).await.expect(413);
    send_large(client.request(Method::POST, "nowhere")).await.expect(404);
    send_large(client.request(Method::DELETE, "products")).await.expect(405);
    let url = format!("{}/hardware/products", emulator.api_base_url());
    send_large(client.http.post(url)).await.expect(401);
    let token = format!("{origin}/{}/oauth2/token", emulator.tenant_id());
    send_large(client.http.post(token)).await.expect(413);
    send_large(client.http.post(format!("{origin}/_emulator/faults"))).await.expect(415);
    let product = client.product("attestation", &[]).await;
    let (_, upload) = client.submission(product, "initial").await;
    let refused = client.http.put(upload).body(large()).send().await.expect("an answer");
    assert_eq!(refused.status(), 400);
    check(&emulator);
}

#[tokio::test]
async fn what_is_no_path_of_a_blob_is_no_blob_call() {
    let emulator = start().await;
    let http = reqwest::Client::new();
    for path in ["", "/", "/account", "/account/container", "/account/container/", "//blob/x"] {
        send(http.get(format!("{}{path}", emulator.authority_url()))).await.expect(404);
    }
    assert_eq!((emulator.calls("getBlob"), emulator.exchanges().len()), (0, 6));
}

#[tokio::test]
async fn a_commit_without_a_content_type_is_taken() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[]).await;
    let (path, url) = client.submission(product, "initial").await;
    client.upload(&url, echo_cab().bytes()).await;
    send(client.request(Method::POST, &format!("{path}/commit"))).await.expect(202);
    check(&emulator);
}

#[tokio::test]
async fn a_submission_is_committed_once_and_after_the_upload() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[CODE]).await;
    let (path, url) = client.submission(product, "initial").await;
    let commit = format!("{path}/commit");
    let (code, message) = client.post_empty(&commit).await.refusal(422);
    assert_eq!(code, "RequestInvalidForCurrentState");
    assert!(message.contains("no package"), "{message}");
    client.upload(&url, echo_cab().bytes()).await;
    client.post_empty(&commit).await.expect(202);
    let refusal = client.post_empty(&commit).await.refusal(422);
    let message = "Only pending submissions can be committed.";
    assert_eq!(refusal, ("RequestInvalidForCurrentState".to_owned(), message.to_owned()));
    check(&emulator);
}

#[tokio::test]
async fn a_product_takes_one_initial_submission() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[]).await;
    client.submission(product, "initial").await;
    let path = format!("products/{product}/submissions");
    let second = client.post(&path, json!({ "name": "again", "type": "Initial" })).await;
    let message = "Initial submission already exists";
    let refusal = ("RequestInvalidForCurrentState".to_owned(), message.to_owned());
    assert_eq!(second.refusal(422), refusal);
    check(&emulator);
}

#[tokio::test]
async fn a_derived_submission_needs_a_signed_initial_one() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("hlk", &[CODE]).await;
    let path = format!("products/{product}/submissions");
    let derived = json!({ "name": "update", "type": "derived" });
    let (code, _) = client.post(&path, derived.clone()).await.refusal(422);
    assert_eq!(code, "RequestInvalidForCurrentState");
    client.committed(product, hlkx()).await;
    let (code, _) = client.post(&path, derived.clone()).await.refusal(422);
    assert_eq!(code, "RequestInvalidForCurrentState");
    pass(&emulator, WORKFLOW);
    let submission = client.post(&path, derived).await.expect(201);
    assert_eq!(submission["type"], "derived");
    check(&emulator);
}

#[tokio::test]
async fn some_products_take_no_derived_submission() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let derived = json!({ "name": "update", "type": "derived" });
    let refused = (
        "InvalidInput".to_owned(),
        "Cannot create derived submission for Attestation, TestSigned and ExtensionInf type of \
         products."
            .to_owned(),
    );

    let attestation = client.product("attestation", &[CODE]).await;
    client.signed(attestation, echo_cab().bytes()).await;
    let path = format!("products/{attestation}/submissions");
    assert_eq!(client.post(&path, derived.clone()).await.refusal(400), refused);

    let body = json!({ "productName": "Echo", "testHarness": "hlk", "isTestSign": true });
    let product = client.post("products", body).await.expect(201);
    let path = format!("products/{}/submissions", product["id"]);
    client.post(&path, json!({ "name": "first", "type": "initial" })).await.expect(201);
    assert_eq!(client.post(&path, derived).await.refusal(400), refused);
    check(&emulator);
}

#[tokio::test]
async fn a_submission_is_renamed_unless_it_failed() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("hlk", &[CODE]).await;
    let path = client.committed(product, echo_cab().bytes()).await;
    client.patch(&path, json!({ "name": "Echo 1.1" })).await.expect(204);
    assert_eq!(client.get(&path).await.expect(200)["name"], "Echo 1.1");
    let breaches = client.patch(&path, json!({ "name": "" })).await.breaches();
    assert_eq!(breaches[0].0, "name");
    pass(&emulator, WORKFLOW);
    let (code, _) = client.patch(&path, json!({ "name": "Echo 1.2" })).await.refusal(403);
    assert_eq!(code, "UpdateUnauthorized");
    check(&emulator);
}
