//! Operations 1 to 4.

use serde_json::json;

use crate::support::{Client, WORKFLOW, check, echo_cab, pass, start};

#[tokio::test]
async fn a_product_is_what_was_sent() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let sent = json!({
        "productName": "Contoso SC 9000",
        "testHarness": "HLK",
        "announcementDate": "2026-02-01T00:00:00Z",
        "deviceMetadataIds": [],
        "firmwareVersion": "4.12",
        "deviceType": "INTERNAL",
        "isTestSign": false,
        "isFlightSign": true,
        "marketingNames": null,
        "selectedProductTypes": { "Windows_v100_GE": "Storage Controller" },
        "requestedSignatures": ["WINDOWS_v100_X64_GE_FULL"],
        "additionalAttributes": { "raidController": { "firmwareVersion": "1" } },
        "markettingNames": ["misspelt, so ignored"],
    });
    let created = client.post("products", sent.clone()).await.expect(201);
    let id = created["id"].as_u64().expect("an id");
    assert!(id > 1 << 53, "{id} fits into a double");
    let got = client.get(&format!("products/{id}")).await.expect(200);
    assert_eq!(got, created);
    for field in [
        "productName",
        "announcementDate",
        "deviceMetadataIds",
        "firmwareVersion",
        "isTestSign",
        "isFlightSign",
        "selectedProductTypes",
        "requestedSignatures",
        "additionalAttributes",
    ] {
        assert_eq!(got[field], sent[field], "{field}");
    }
    assert_eq!(got["testHarness"], "hlk");
    assert_eq!(got["deviceType"], "internal");
    assert_eq!(got["marketingNames"], json!([]));
    assert_eq!(got["isCommitted"], false);
    assert!(got.get("markettingNames").is_none());
    let links = got["links"].as_array().expect("links");
    let own = links.iter().find(|link| link["rel"] == "self").expect("a self link");
    assert!(own["href"].as_str().is_some_and(|href| href.ends_with(&format!("/{id}"))), "{own}");
    check(&emulator);
}

#[tokio::test]
async fn an_update_changes_what_it_may() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let id = client.product("attestation", &[]).await;
    let path = format!("products/{id}");
    client.committed(id, echo_cab().bytes()).await;
    let change = json!({
        "productName": "Echo II",
        "marketingNames": ["Echo", "Echo II"],
        "announcementDate": "2026-05-01T00:00:00Z",
        "firmwareVersion": "not to be changed",
    });
    client.patch(&path, change).await.expect(204);
    let product = client.get(&path).await.expect(200);
    assert_eq!(product["productName"], "Echo II");
    assert_eq!(product["marketingNames"], json!(["Echo", "Echo II"]));
    assert_eq!(product["announcementDate"], "2026-05-01T00:00:00Z");
    assert_eq!(product.get("firmwareVersion"), None);
    assert_eq!(product["isCommitted"], true);
    check(&emulator);
}

#[tokio::test]
async fn what_cannot_be_updated_is_refused() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let rename = json!({ "productName": "Echo II" });

    let without_submission = client.product("attestation", &[]).await;
    let answer = client.patch(&format!("products/{without_submission}"), rename.clone()).await;
    assert_eq!(answer.refusal(403).0, "UpdateUnauthorized");

    let failed = client.product("hlk", &[]).await;
    client.committed(failed, echo_cab().bytes()).await;
    pass(&emulator, WORKFLOW);
    let answer = client.patch(&format!("products/{failed}"), rename.clone()).await;
    assert_eq!(answer.refusal(403).0, "UpdateUnauthorized");

    let signed = client.product("attestation", &[]).await;
    client.signed(signed, echo_cab().bytes()).await;
    let path = format!("products/{signed}");
    let date = json!({ "announcementDate": "2026-05-01T00:00:00Z" });
    assert_eq!(client.patch(&path, date).await.refusal(403).0, "UpdateUnauthorized");
    client.patch(&path, rename).await.expect(204);
    let nothing = client.patch(&path, json!({ "markettingNames": [] })).await.breaches();
    assert_eq!(nothing[0].1, "At least one property is required for update.");
    check(&emulator);
}

#[tokio::test]
async fn rules_of_products_are_checked() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let cases = [
        (json!({ "requestedSignatures": ["WINDOWS_v100_X86_CO_FULL"] }), "requestedSignatures"),
        (json!({ "selectedProductTypes": { "Windows_v99": "X" } }), "selectedProductTypes"),
        (json!({ "testHarness": "hlkk" }), "testHarness"),
        (json!({ "deviceType": "outside" }), "deviceType"),
        (json!({ "productName": " " }), "productName"),
        (json!({ "announcementDate": "in spring" }), "announcementDate"),
        (
            json!({ "additionalAttributes": { "raidController": {}, "svvp": {} } }),
            "additionalAttributes",
        ),
        (
            json!({ "additionalAttributes": { "storageController":
                { "usedBetterBoot": true, "uefiVersion": "2.8" } } }),
            "additionalAttributes.storageController.acpiVersion",
        ),
        (
            json!({ "additionalAttributes": { "raidController":
                { "usedMicrosoft": true, "microsoftName": "x" } } }),
            "additionalAttributes.raidController.microsoftVersion",
        ),
        (
            json!({ "additionalAttributes": { "svvp": { "guestOs": "Windows 95" } } }),
            "additionalAttributes.svvp.guestOs",
        ),
    ];
    for (change, target) in cases {
        let mut body = json!({ "productName": "Echo", "testHarness": "hlk" });
        let fields = change.as_object().expect("an object").clone();
        body.as_object_mut().expect("an object").extend(fields);
        let answer = client.post("products", body).await;
        let error = &answer.body["error"];
        assert_eq!(
            (&error["code"], &error["message"]),
            (&json!("InvalidInput"), &json!("Validation Failed."))
        );
        let targets: Vec<String> = answer.breaches().into_iter().map(|breach| breach.0).collect();
        assert_eq!(targets, [target]);
    }
    let listed = client.get("products").await.expect(200);
    assert_eq!(listed["value"], json!([]));
    check(&emulator);
}
