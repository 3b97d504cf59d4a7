//! What a new label has to fit.

use serde_json::{Value, json};

use super::{CHID, DEVICE, Signed, X64};
use crate::support::{Client, check, echo_cab, extension_cab, hlkx, start};

#[tokio::test]
async fn rules_of_new_labels_are_checked() {
    let emulator = start().await;
    let signed = Signed::new(&emulator, echo_cab()).await;
    let specifications = "/publishingSpecifications";
    let manual = format!("{specifications}/manualAcquisition");
    let cases = [
        ("/destination", json!("Mars"), "destination"),
        (specifications, Value::Null, "publishingSpecifications"),
        (&manual, json!(true), "publishingSpecifications.manualAcquisition"),
        (
            "/publishingSpecifications/additionalInfoForMsApproval",
            Value::Null,
            "publishingSpecifications.additionalInfoForMsApproval",
        ),
        (
            specifications,
            json!({ "manualAcquisition": false }),
            "publishingSpecifications.manualAcquisition",
        ),
        (
            "/publishingSpecifications/goLiveDate",
            json!("soon"),
            "publishingSpecifications.goLiveDate",
        ),
        (
            "/targeting/hardwareIds/0/pnpString",
            json!(DEVICE.to_uppercase()),
            "targetingInfo.hardwareIds",
        ),
        (
            "/targeting/hardwareIds/0/operatingSystemCode",
            json!("WINDOWS_v100_X64_GE_FULL"),
            "targetingInfo.hardwareIds",
        ),
        ("/targeting/chids/0/distributionState", json!("notSet"), "targetingInfo.chids"),
    ];
    for (pointer, value, target) in cases {
        let mut body = signed.fitting();
        *body.pointer_mut(pointer).expect("the field is there") = value;
        let answer = signed.create(body).await;
        let error = &answer.body["error"];
        assert_eq!(
            (&error["code"], &error["message"]),
            (&json!("InvalidInput"), &json!("Validation Failed."))
        );
        let breaches = answer.breaches();
        assert!(breaches.iter().all(|(_, message)| message.ends_with('.')), "{breaches:?}");
        let targets: Vec<&str> = breaches.iter().map(|breach| breach.0.as_str()).collect();
        assert_eq!(targets, [target], "{pointer}: {breaches:?}");
    }
    let mut body = signed.fitting();
    body["targeting"]["coEngDriverPublishInfo"] = json!({ "flooringBuildNumber": 22000 });
    let breaches = signed.create(body).await.breaches();
    assert_eq!(breaches[0].0, "targetingInfo.coEngDriverPublishInfo");
    let listed = signed.client.get(&signed.labels()).await.expect(200);
    assert_eq!(listed["value"], json!([]));
    check(&emulator);
}

#[tokio::test]
async fn an_extension_inf_must_be_installed_automatically() {
    let emulator = start().await;
    let signed = Signed::new(&emulator, extension_cab()).await;
    let submission = signed.client.get(&signed.path).await.expect(200);
    assert_eq!(submission["isExtensionInf"], true);
    let mut body = signed.fitting();
    body["publishingSpecifications"] = json!({ "manualAcquisition": true });
    let breaches = signed.create(body).await.breaches();
    assert!(breaches[0].1.contains("extension INF"), "{breaches:?}");
    signed.create(signed.fitting()).await.expect(201);
    check(&emulator);
}

#[tokio::test]
async fn chids_need_windows_10() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("hlk", &[X64, "WINDOWS_v63_X64"]).await;
    let path = client.signed(product, hlkx()).await;
    let body = json!({
        "name": "Retail",
        "destination": "windowsUpdate",
        "publishingSpecifications": { "manualAcquisition": true },
        "targeting": { "chids": [{ "chid": CHID, "distributionState": "pendingAdd" }] },
    });
    let breaches = client.post(&format!("{path}/shippingLabels"), body).await.breaches();
    assert_eq!(breaches[0].0, "targetingInfo.chids");
    assert!(breaches[0].1.contains("WINDOWS_v63_X64"), "{breaches:?}");
    check(&emulator);
}

#[tokio::test]
async fn chids_are_judged_by_the_systems_of_the_label() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("hlk", &[X64, "WINDOWS_v63_X64"]).await;
    let path = client.signed(product, hlkx()).await;
    let submission = client.get(&path).await.expect(200);
    let metadata = client.fetch(&submission, "driverMetadata").await;
    let metadata: Value = serde_json::from_slice(&metadata).expect("JSON");
    let bundles = metadata["BundleInfoMap"].as_object().expect("bundles");
    let bundle = bundles.keys().next().expect("a bundle").clone();
    let signed = Signed { client, path, bundle };
    let mut body = signed.fitting();
    signed.create(body.clone()).await.expect(201);
    body["targeting"]["hardwareIds"] = json!([]);
    let breaches = signed.create(body).await.breaches();
    assert!(breaches[0].1.contains("WINDOWS_v63_X64"), "{breaches:?}");
    check(&emulator);
}
