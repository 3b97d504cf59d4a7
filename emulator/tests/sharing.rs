//! From one account to another: labels to a partner, operations 10 and 11.

use hardware_dashboard_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{
    Answer, Client, WORKFLOW, check, download, echo_cab, hlkx, pass, shown, start,
};

const CODE: &str = "WINDOWS_v100_X64_CO_FULL";

fn label(emulator: &Emulator) -> Value {
    json!({
        "name": "For Fabrikam",
        "destination": "anotherPartner",
        "recipientSpecifications": {
            "receiverPublisherId": emulator.partner().publisher_id().to_string(),
            "enforceChidTargeting": false,
        },
    })
}

/// Signs a product and shares it; the product's id and the submission's path.
async fn shared(client: &Client<'_>) -> (u64, String) {
    let product = client.product("hlk", &[CODE]).await;
    let path = client.signed(product, hlkx()).await;
    let body = label(client.emulator);
    let label = client.post(&format!("{path}/shippingLabels"), body).await.expect(201);
    pass(client.emulator, WORKFLOW);
    let label = client.get(&format!("{path}/shippingLabels/{}", label["id"])).await.expect(200);
    assert_eq!(shown(&label), "finalizeSharing/completed");
    (product, path)
}

/// Asks for the partner's own ids.
async fn translate(client: &Client<'_>, product: u64, path: &str) -> Answer {
    let publisher = client.emulator.account().publisher_id();
    let submission = path.rsplit('/').next().unwrap_or_default();
    let path = format!(
        "products/relationships/sourcepubliherid/{publisher}/sourceproductid/{product}\
         /sourcesubmissionid/{submission}"
    );
    client.get(&path).await
}

/// The path of the partner's own submission.
async fn received(client: &Client<'_>, product: u64, path: &str) -> String {
    let submission = translate(client, product, path).await.expect(200);
    format!("products/{}/submissions/{}", submission["productId"], submission["id"])
}

#[tokio::test]
async fn a_partner_sees_what_is_shared_under_ids_of_its_own() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let partner = Client::of(&emulator, emulator.partner()).await;
    let (product, path) = shared(&client).await;
    partner.get(&path).await.expect(404);

    let own = received(&partner, product, &path).await;
    let submission = partner.get(&own).await.expect(200);
    assert_eq!(submission["commitStatus"], "commitComplete");
    assert_eq!(download(&submission, "initialPackage"), None);
    let signed = partner.fetch(&submission, "signedPackage").await;
    let original = client.get(&path).await.expect(200);
    assert_eq!(signed, client.fetch(&original, "signedPackage").await);

    let listed = partner.get("products").await.expect(200);
    assert_eq!(listed["value"].as_array().map(Vec::len), Some(1));
    let received = &listed["value"][0];
    assert_ne!(received["id"], product);
    assert_eq!(
        (&received["sourceProductId"], &received["originType"]),
        (&json!(product), &json!("author"))
    );
    assert_eq!(received["sourcePublisherId"], emulator.account().publisher_id());
    let original = client.get(&format!("products/{product}")).await.expect(200);
    assert_eq!(received["sharedProductId"], original["sharedProductId"]);
    assert!(received["sharedProductId"].is_u64());
    check(&emulator);
}

#[tokio::test]
async fn nothing_is_shared_before_the_label_is_done() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let partner = Client::of(&emulator, emulator.partner()).await;
    let product = client.product("attestation", &[CODE]).await;
    let path = client.signed(product, echo_cab().bytes()).await;
    client.post(&format!("{path}/shippingLabels"), label(&emulator)).await.expect(201);
    pass(&emulator, 5 * 60);
    assert_eq!(translate(&partner, product, &path).await.refusal(404).0, "EntityNotFound");
    pass(&emulator, 60);
    translate(&partner, product, &path).await.expect(200);
    check(&emulator);
}

#[tokio::test]
async fn a_second_submission_of_a_product_joins_the_first() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let (product, initial) = shared(&client).await;
    let (derived, url) = client.submission(product, "derived").await;
    client.upload(&url, hlkx()).await;
    client.post_empty(&format!("{derived}/commit")).await.expect(202);
    pass(&emulator, WORKFLOW);
    for path in [&derived, &initial] {
        client.post(&format!("{path}/shippingLabels"), label(&emulator)).await.expect(201);
    }
    pass(&emulator, WORKFLOW);
    let partner = Client::of(&emulator, emulator.partner()).await;
    let first = translate(&partner, product, &initial).await.expect(200);
    let second = translate(&partner, product, &derived).await.expect(200);
    assert_eq!(first["productId"], second["productId"]);
    assert_ne!(first["id"], second["id"]);
    let path = format!("products/{}/submissions", first["productId"]);
    let listed = partner.get(&path).await.expect(200);
    assert_eq!(listed["value"].as_array().map(Vec::len), Some(2));
    check(&emulator);
}

#[tokio::test]
async fn a_partner_publishes_after_asking_for_the_metadata() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let (product, path) = shared(&client).await;
    let partner = Client::of(&emulator, emulator.partner()).await;
    let own = received(&partner, product, &path).await;
    let label = json!({
        "name": "Retail",
        "destination": "windowsUpdate",
        "publishingSpecifications": { "manualAcquisition": true },
    });
    let labels = format!("{own}/shippingLabels");
    let (code, _) = partner.post(&labels, label.clone()).await.refusal(422);
    assert_eq!(code, "RequestInvalidForCurrentState");

    partner.post_empty(&format!("{own}/createpublishermetadata")).await.expect(202);
    let submission = partner.get(&own).await.expect(200);
    assert_eq!(download(&submission, "driverMetadata"), None);
    pass(&emulator, 3 * 60 * 60);
    let partner = Client::of(&emulator, emulator.partner()).await;
    let submission = partner.get(&own).await.expect(200);
    assert!(download(&submission, "driverMetadata").is_some(), "{submission:#}");
    partner.post(&labels, label).await.expect(201);
    check(&emulator);
}

#[tokio::test]
async fn metadata_of_an_unfinished_submission_is_refused() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[CODE]).await;
    let path = client.committed(product, echo_cab().bytes()).await;
    let path = format!("{path}/createpublishermetadata");
    let (code, _) = client.post_empty(&path).await.refusal(422);
    assert_eq!(code, "RequestInvalidForCurrentState");
    check(&emulator);
}

#[tokio::test]
async fn what_was_shared_is_not_changed_and_not_shared_on() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let (product, path) = shared(&client).await;
    let partner = Client::of(&emulator, emulator.partner()).await;
    let own = received(&partner, product, &path).await;
    let (own_product, _) = own.split_once("/submissions").expect("a submission's path");

    let rename = json!({ "productName": "Mine" });
    let answer = partner.patch(own_product, rename).await;
    assert_eq!(answer.refusal(403).0, "UpdateUnauthorized");
    let answer = partner.patch(&own, json!({ "name": "Mine" })).await;
    assert_eq!(answer.refusal(403).0, "UpdateUnauthorized");
    let body = json!({ "name": "update", "type": "derived" });
    let answer = partner.post(&format!("{own_product}/submissions"), body).await;
    assert_eq!(answer.refusal(403).0, "UpdateUnauthorized");

    let mut back = label(&emulator);
    let publisher = emulator.account().publisher_id().to_string();
    back["recipientSpecifications"]["receiverPublisherId"] = publisher.into();
    let answer = partner.post(&format!("{own}/shippingLabels"), back).await;
    assert_eq!(answer.refusal(403).0, "readOnlyProduct");
    check(&emulator);
}

#[tokio::test]
async fn a_label_to_a_partner_needs_one() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[CODE]).await;
    let path = client.signed(product, echo_cab().bytes()).await;
    let labels = format!("{path}/shippingLabels");
    let mut body = label(&emulator);
    body["recipientSpecifications"] = Value::Null;
    let breaches = client.post(&labels, body).await.breaches();
    assert_eq!(breaches[0].0, "recipientSpecifications");
    for stranger in ["1".to_owned(), emulator.account().publisher_id().to_string()] {
        let mut body = label(&emulator);
        body["recipientSpecifications"]["receiverPublisherId"] = stranger.into();
        let breaches = client.post(&labels, body).await.breaches();
        assert_eq!(breaches[0].0, "recipientSpecifications.receiverPublisherId");
    }
    check(&emulator);
}
