//! Operations 12 to 16: shipping labels to Windows Update.

mod rules;

use hardware_dashboard_emulator::{Account, Emulator, Role, Step};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer, Cab, Client, WORKFLOW, builder, check, echo_cab, pass, send, shown, start,
};

const X64: &str = "WINDOWS_v100_X64_CO_FULL";
const ARM64: &str = "WINDOWS_v100_ARM64_CO_FULL";
const DEVICE: &str = "root\\contosoecho";
const SECOND_DEVICE: &str = "usb\\vid_1209&pid_0002";
const CHID: &str = "346511cf-ccee-5c6d-8ee9-3c70fc7aae83";

/// A signed submission and the id of its one bundle.
struct Signed<'e> {
    client: Client<'e>,
    path: String,
    bundle: String,
}

impl<'e> Signed<'e> {
    async fn new(emulator: &'e Emulator, package: Cab) -> Self {
        let client = Client::new(emulator).await;
        let product = client.product("attestation", &[X64, ARM64]).await;
        let path = client.signed(product, package.bytes()).await;
        let submission = client.get(&path).await.expect(200);
        let metadata = client.fetch(&submission, "driverMetadata").await;
        let metadata: Value = serde_json::from_slice(&metadata).expect("JSON");
        let bundles = metadata["BundleInfoMap"].as_object().expect("bundles");
        let bundle = bundles.keys().next().expect("a bundle").clone();
        Self { client, path, bundle }
    }

    fn labels(&self) -> String {
        format!("{}/shippingLabels", self.path)
    }

    fn hardware_id(&self, code: &str, pnp: &str) -> Value {
        json!({
            "bundleId": self.bundle,
            "infId": "echo.inf",
            "operatingSystemCode": code,
            "pnpString": pnp,
        })
    }

    /// The body of a label that fits all rules.
    fn fitting(&self) -> Value {
        json!({
            "name": "Retail",
            "destination": "WindowsUpdate",
            "publishingSpecifications": {
                "goLiveDate": "",
                "isAutoInstallDuringOSUpgrade": true,
                "isAutoInstallOnApplicableSystems": true,
                "manualAcquisition": false,
                "additionalInfoForMsApproval": { "businessJustification": "A fix." },
            },
            "targeting": {
                "hardwareIds": [self.hardware_id(X64, DEVICE)],
                "chids": [{ "chid": format!("{{{}}}", CHID.to_uppercase()),
                            "distributionState": "pendingAdd" }],
                "restrictedToAudiences": ["9f4f44d8-bfec-48c6-a02c-2d9ea220f6e2"],
                "inServicePublishInfo": { "flooring": "CO", "ceiling": "NI" },
            },
        })
    }

    async fn create(&self, body: Value) -> Answer {
        self.client.post(&self.labels(), body).await
    }

    /// Creates the fitting label; its path.
    async fn created(&self) -> String {
        let label = self.create(self.fitting()).await.expect(201);
        format!("{}/{}", self.labels(), label["id"])
    }

    async fn targeting(&self, label: &str) -> Value {
        let path = format!("{label}?includeTargetingInfo=true");
        self.client.get(&path).await.expect(200)["targeting"].take()
    }

    async fn cancel(&self, label: &str) -> Answer {
        send(self.client.request(Method::PUT, &format!("{label}/cancel"))).await
    }
}

fn states(targeting: &Value, field: &str, name: &str) -> Vec<(String, String)> {
    let text = |item: &Value, field: &str| item[field].as_str().unwrap_or_default().to_owned();
    let items = targeting[field].as_array().expect("a list");
    items.iter().map(|item| (text(item, name), text(item, "distributionState"))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, state)| ((*name).to_owned(), (*state).to_owned())).collect()
}

#[tokio::test]
async fn a_label_is_published_step_by_step() {
    let emulator = start().await;
    let signed = Signed::new(&emulator, echo_cab()).await;
    let label = signed.created().await;
    let mut steps = Vec::new();
    for _ in 0..60 {
        let body = signed.client.get(&label).await.expect(200);
        let step = body["workflowStatus"]["currentStep"].as_str().expect("a step").to_owned();
        if steps.last() != Some(&step) {
            steps.push(step);
        }
        pass(&emulator, 10);
    }
    let expected = [
        "created",
        "preProcessShippingLabel",
        "finalizePreProcessing",
        "publishJobValidation",
        "updateGeneration",
        "microsoftApproval",
        "publishing",
        "finalizePublishing",
    ];
    assert_eq!(steps, expected);
    let body = signed.client.get(&label).await.expect(200);
    assert_eq!(shown(&body), "finalizePublishing/completed");
    check(&emulator);
}

#[tokio::test]
async fn targets_are_answered_only_when_asked_for() {
    let emulator = start().await;
    let signed = Signed::new(&emulator, echo_cab()).await;
    let label = signed.created().await;
    let body = signed.client.get(&label).await.expect(200);
    assert_eq!(body.get("targeting"), None);
    assert_eq!(body["destination"], "windowsUpdate");
    assert_eq!(body["publishingSpecifications"], signed.fitting()["publishingSpecifications"]);
    let listed = signed.client.get(&signed.labels()).await.expect(200);
    assert_eq!(listed["value"][0], body);
    let path = format!("{}?includeTargetingInfo=true", signed.labels());
    let listed = signed.client.get(&path).await.expect(200);
    let targeting = signed.targeting(&label).await;
    assert_eq!(listed["value"][0]["targeting"], targeting);
    assert_eq!(targeting["chids"][0]["chid"], CHID);
    assert_eq!(targeting["inServicePublishInfo"], json!({ "flooring": "CO", "ceiling": "NI" }));
    check(&emulator);
}

#[tokio::test]
async fn labels_are_listed_page_by_page_with_their_targets() {
    let emulator = start().await;
    let signed = Signed::new(&emulator, echo_cab()).await;
    let created = [signed.created().await, signed.created().await];
    let mut query = Some("pageSize=1&includeTargetingInfo=true".to_owned());
    let mut listed = Vec::new();
    while let Some(asked) = query {
        let page = signed.client.get(&format!("{}?{asked}", signed.labels())).await.expect(200);
        let label = &page["value"][0];
        assert_eq!(label["targeting"]["chids"][0]["chid"], CHID, "{label:#}");
        listed.push(format!("{}/{}", signed.labels(), label["id"]));
        let links = page["links"].as_array().expect("links");
        let next = links.iter().find(|link| link["rel"] == "next_link");
        let href = next.and_then(|link| link["href"].as_str());
        query = href.and_then(|href| href.split_once('?')).map(|(_, query)| query.to_owned());
    }
    assert_eq!(listed, created);
    check(&emulator);
}

#[tokio::test]
async fn an_update_adds_and_removes_targets() {
    let emulator = start().await;
    let signed = Signed::new(&emulator, echo_cab()).await;
    let label = signed.created().await;
    let before = signed.targeting(&label).await;
    assert_eq!(states(&before, "hardwareIds", "pnpString"), pairs(&[(DEVICE, "pendingAdd")]));
    pass(&emulator, WORKFLOW);
    let added = signed.targeting(&label).await;
    assert_eq!(states(&added, "hardwareIds", "pnpString"), pairs(&[(DEVICE, "added")]));
    assert_eq!(states(&added, "chids", "chid"), pairs(&[(CHID, "added")]));

    let with = |action: &str, mut item: Value| {
        item["action"] = action.into();
        item
    };
    let change = json!({ "targeting": {
        "hardwareIds": [
            with("add", signed.hardware_id(X64, SECOND_DEVICE)),
            with("Remove", signed.hardware_id(X64, DEVICE)),
        ],
        "chids": [with("remove", json!({ "chid": CHID }))],
    }});
    signed.client.patch(&label, change).await.expect(204);
    let changing = signed.targeting(&label).await;
    assert_eq!(
        states(&changing, "hardwareIds", "pnpString"),
        pairs(&[(DEVICE, "pendingRemove"), (SECOND_DEVICE, "pendingAdd")])
    );
    assert_eq!(states(&changing, "chids", "chid"), pairs(&[(CHID, "pendingRemove")]));
    // Left out, so removed.
    assert_eq!(changing["restrictedToAudiences"], json!([]));
    let body = signed.client.get(&label).await.expect(200);
    assert_eq!(shown(&body), "created/started");

    pass(&emulator, WORKFLOW);
    let changed = signed.targeting(&label).await;
    assert_eq!(states(&changed, "hardwareIds", "pnpString"), pairs(&[(SECOND_DEVICE, "added")]));
    assert_eq!(changed["chids"], json!([]));
    check(&emulator);
}

#[tokio::test]
async fn an_update_may_lift_the_restriction_alone_and_changes_no_range() {
    let emulator = start().await;
    let signed = Signed::new(&emulator, echo_cab()).await;
    let label = signed.created().await;
    pass(&emulator, WORKFLOW);
    let range = json!({ "targeting": { "inServicePublishInfo": { "flooring": "GE" } } });
    assert_eq!(signed.client.patch(&label, range).await.breaches().len(), 3);
    let change = json!({ "targeting": {
        "restrictedToAudiences": [],
        "inServicePublishInfo": { "flooring": "GE" },
    }});
    signed.client.patch(&label, change).await.expect(204);
    let targeting = signed.targeting(&label).await;
    assert_eq!(targeting["restrictedToAudiences"], json!([]));
    assert_eq!(targeting["inServicePublishInfo"], json!({ "flooring": "CO", "ceiling": "NI" }));
    check(&emulator);
}

#[tokio::test]
async fn an_update_that_breaks_a_rule_changes_nothing() {
    let emulator = start().await;
    let signed = Signed::new(&emulator, echo_cab()).await;
    let label = signed.created().await;
    let audiences = json!({ "targeting": { "restrictedToAudiences": ["all"] } });
    let running = signed.client.patch(&label, audiences).await;
    assert_eq!(running.body["error"]["code"], "InvalidInput");
    assert!(running.breaches()[0].1.contains("running"));
    pass(&emulator, WORKFLOW);
    let before = signed.targeting(&label).await;

    let nothing = signed.client.patch(&label, json!({ "targeting": { "chid": [] } })).await;
    let message = "At least one property is required for update.";
    assert_eq!(
        nothing.breaches(),
        pairs(&[
            ("targetingInfo.chids", message),
            ("targetingInfo.hardwareIds", message),
            ("targetingInfo.restrictedToAudiences", message),
        ])
    );
    let mut item = signed.hardware_id(ARM64, DEVICE);
    item["action"] = "remove".into();
    let change = json!({ "targeting": { "hardwareIds": [item] } });
    let targets = signed.client.patch(&label, change).await.breaches();
    assert_eq!(targets[0].0, "targetingInfo.hardwareIds");
    let change = json!({ "targeting": { "chids": [{ "chid": CHID, "action": "drop" }] } });
    let targets = signed.client.patch(&label, change).await.breaches();
    assert_eq!(targets[0].0, "targetingInfo.chids");
    let change = json!({ "targeting": { "chids": [{ "chid": CHID }] } });
    let targets = signed.client.patch(&label, change).await.breaches();
    assert_eq!(targets[0].0, "targeting.chids[0].action");

    assert_eq!(signed.targeting(&label).await, before);
    check(&emulator);
}

#[tokio::test]
async fn a_label_waits_for_the_submission() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = client.product("attestation", &[X64]).await;
    let path = client.committed(product, echo_cab().bytes()).await;
    let labels = format!("{path}/shippingLabels");
    let body = json!({
        "name": "Retail",
        "destination": "windowsUpdate",
        "publishingSpecifications": { "manualAcquisition": true },
    });
    // While the workflow runs, and while only the driver metadata is missing.
    for _ in 0..2 {
        let (code, message) = client.post(&labels, body.clone()).await.refusal(422);
        assert_eq!(code, "RequestInvalidForCurrentState");
        assert!(message.contains("retry after some time"), "{message}");
        pass(&emulator, 400);
    }
    client.post(&labels, body).await.expect(201);
    check(&emulator);
}

#[tokio::test]
async fn a_label_is_cancelled_during_approval_only() {
    let emulator = start().await;
    let signed = Signed::new(&emulator, echo_cab()).await;
    let label = signed.created().await;
    let (code, _) = signed.cancel(&label).await.refusal(422);
    assert_eq!(code, "RequestInvalidForCurrentState");
    pass(&emulator, 5 * 60 + 20);
    signed.cancel(&label).await.expect(204);
    // The cancellation takes more than a day; nothing else happens until then.
    pass(&emulator, 24 * 60 * 60);
    let client = Client::new(&emulator).await;
    let body = client.get(&label).await.expect(200);
    assert_eq!(shown(&body), "microsoftApproval/started");
    pass(&emulator, 24 * 60 * 60);
    let client = Client::new(&emulator).await;
    let body = client.get(&label).await.expect(200);
    assert_eq!(shown(&body), "microsoftApproval/failed");
    assert_eq!(body["workflowStatus"]["messages"], json!(["The shipping label was cancelled."]));
    let change = json!({ "targeting": { "restrictedToAudiences": ["all"] } });
    assert_eq!(client.patch(&label, change).await.refusal(403).0, "UpdateUnauthorized");
    check(&emulator);
}

#[tokio::test]
async fn nothing_is_published_before_the_go_live_date() {
    let emulator = start().await;
    let signed = Signed::new(&emulator, echo_cab()).await;
    let mut body = signed.fitting();
    let date = emulator.clock().now() + std::time::Duration::from_secs(50 * 60);
    body["publishingSpecifications"]["goLiveDate"] = date.to_rfc3339().into();
    let label = signed.create(body).await.expect(201);
    let label = format!("{}/{}", signed.labels(), label["id"]);
    pass(&emulator, 49 * 60);
    assert_eq!(shown(&signed.client.get(&label).await.expect(200)), "publishing/started");
    pass(&emulator, 60 * 60);
    let client = Client::new(&emulator).await;
    assert_eq!(shown(&client.get(&label).await.expect(200)), "finalizePublishing/completed");
    check(&emulator);
}

#[tokio::test]
async fn a_label_fails_where_it_was_told_to() {
    let emulator = builder()
        .fail_step(Step::PublishJobValidation, ["The CHIDs are wrong."], None)
        .start()
        .await
        .expect("the emulator starts");
    let signed = Signed::new(&emulator, echo_cab()).await;
    let label = signed.created().await;
    pass(&emulator, WORKFLOW);
    let body = signed.client.get(&label).await.expect(200);
    assert_eq!(shown(&body), "publishJobValidation/failed");
    assert_eq!(body["workflowStatus"]["messages"], json!(["The CHIDs are wrong."]));
    check(&emulator);
}

#[tokio::test]
async fn labels_need_a_role_of_their_own() {
    let account = Account::contoso().without_role(Role::ShippingLabelOwner);
    let emulator = builder().account(account).start().await.expect("the emulator starts");
    let signed = Signed::new(&emulator, echo_cab()).await;
    signed.create(signed.fitting()).await.expect(403);
    signed.client.get(&signed.labels()).await.expect(200);
    check(&emulator);
}
