//! A whole run whose answers drift: all of them fit the specification.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::{OFTEN, commit, path_of, start, submission, text, type_of};
use crate::support::{Client, WORKFLOW, check, echo_cab, hlkx, pass, send};

const CODE: &str = "WINDOWS_v100_X64_CO_FULL";

/// A signed submission of a product that can be shared; its path.
async fn signed(client: &Client<'_>) -> String {
    let body = json!({
        "productName": "Echo",
        "testHarness": "hlk",
        "requestedSignatures": [CODE],
    });
    let product = path_of(&client.post("products", body).await.expect(201));
    let (path, _) = submission(client, &product).await;
    commit(client, &path, hlkx()).await;
    pass(client.emulator, WORKFLOW);
    path
}

/// The bundle in the driver metadata, by which labels name hardware ids.
async fn bundle(client: &Client<'_>, path: &str) -> String {
    let submission = client.get(path).await.expect(200);
    let items = submission["downloads"]["items"].as_array().expect("downloads");
    let is_metadata = |item: &&Value| text(&item["type"]).eq_ignore_ascii_case("driverMetadata");
    let item = items.iter().find(is_metadata).expect("driver metadata");
    let response = client.http.get(text(&item["url"])).send().await.expect("an answer");
    let metadata: Value = response.json().await.expect("JSON");
    let bundles = metadata["BundleInfoMap"].as_object().expect("bundles");
    bundles.keys().next().expect("a bundle").clone()
}

/// A label with every kind of field that can drift; its path.
async fn published(client: &Client<'_>, path: &str) -> String {
    let body = json!({
        "name": "Retail",
        "destination": "windowsUpdate",
        "publishingSpecifications": {
            "goLiveDate": "2026-04-12T05:28:32.721Z",
            "visibleToAccounts": [25_013_442],
            "manualAcquisition": true,
        },
        "targeting": {
            "hardwareIds": [{
                "bundleId": bundle(client, path).await,
                "infId": "echo.inf",
                "operatingSystemCode": CODE,
                "pnpString": "root\\contosoecho",
            }],
            "chids": [],
            "restrictedToAudiences": ["9f4f44d8-bfec-48c6-a02c-2d9ea220f6e2"],
            "coEngDriverPublishInfo": {
                "flooringBuildNumber": 22_000,
                "ceilingBuildNumber": 26_100,
            },
        },
    });
    path_of(&client.post(&format!("{path}/shippingLabels"), body).await.expect(201))
}

/// A label to the partner; its path.
async fn shared(client: &Client<'_>, path: &str) -> String {
    let body = json!({
        "name": "For Fabrikam",
        "destination": "anotherPartner",
        "recipientSpecifications": {
            "receiverPublisherId": client.emulator.partner().publisher_id().to_string(),
        },
    });
    path_of(&client.post(&format!("{path}/shippingLabels"), body).await.expect(201))
}

/// A package that was signed for preproduction; its path.
async fn preprod(client: &Client<'_>) -> String {
    let request = client.request(Method::PUT, "preprod/packages").body(echo_cab().bytes());
    let package = send(request.header("content-type", "application/octet-stream")).await;
    format!("preprod/packages/{}", text(&package.expect(202)["id"]))
}

#[tokio::test]
async fn every_answer_that_drifts_fits_the_specification() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let submission = signed(&client).await;
    let (product, _) = submission.split_once("/submissions").expect("a path");
    let retail = published(&client, &submission).await;
    let partner = shared(&client, &submission).await;
    let package = preprod(&client).await;
    pass(&emulator, WORKFLOW);
    let lists = [
        "products".to_owned(),
        format!("{product}/submissions"),
        format!("{submission}/shippingLabels?includeTargetingInfo=true"),
        "audiences".to_owned(),
    ];
    let things = [
        product.to_owned(),
        submission.clone(),
        format!("{retail}?includeTargetingInfo=true"),
        package.clone(),
    ];
    for path in lists.iter().chain(&things) {
        for _ in 0..OFTEN {
            client.get(path).await.expect(200);
        }
    }
    let mut recipients = BTreeSet::new();
    let mut assets = BTreeSet::new();
    for _ in 0..OFTEN {
        let label = client.get(&partner).await.expect(200);
        recipients.insert(type_of(label.get("recipientSpecifications")));
        let listed = client.get(&format!("{package}/assets")).await.expect(200);
        assets.insert(type_of(Some(&listed)));
    }
    assert_eq!(recipients, BTreeSet::from(["array", "object"]));
    assert_eq!(assets, BTreeSet::from(["array", "object"]));
    check(&emulator);
}
