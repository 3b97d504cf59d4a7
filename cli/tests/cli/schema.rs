//! `hwdash schema`: schemas that are valid, and that the examples of the spec fit.

use std::{collections::BTreeMap, fs};

use serde_json::{Value, json};

use crate::hwdash::{Workshop, assert_shown, run};

/// Every schema, with the component of the spec whose examples must fit it.
const SCHEMAS: &[(&str, &str)] = &[
    ("new-product", "NewProduct"),
    ("product-update", "UpdateProduct"),
    ("new-submission", "NewSubmission"),
    ("submission-update", "UpdateSubmission"),
    ("new-label", "NewShippingLabel"),
    ("label-update", "UpdateShippingLabel"),
    ("label-change", "ShippingLabelUpdate"),
    ("product", "Product"),
    ("submission", "Submission"),
    ("label", "ShippingLabel"),
    ("audience", "Audience"),
    ("preprod", "PreprodPackage"),
    ("preprod-asset", "PreprodAsset"),
    ("metadata", "DriverMetadata"),
    ("error", "ErrorBody"),
];

const CHID: &str = "5b1f0d3e-9a47-5c82-b6d1-7e2f4a90c3b8";

async fn schema(name: &str) -> Value {
    let output = run(&mut Workshop::new().hwdash(["schema", name])).await;
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The examples of the spec by the component that they are of.
fn examples() -> BTreeMap<String, Vec<Value>> {
    let spec = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/hardware-dashboard.yaml");
    let spec: Value = serde_norway::from_str(&fs::read_to_string(spec).unwrap()).unwrap();
    let mut examples = BTreeMap::new();
    collect(&spec, &mut examples);
    for (name, component) in spec["components"]["schemas"].as_object().unwrap() {
        let example = component.get("example").cloned();
        examples.entry(name.clone()).or_default().extend(example);
    }
    // It is kept in files only, so the spec does not know it.
    let change = json!({ "removedChids": [CHID], "audiences": { "replace": ["testers"] } });
    examples.insert("ShippingLabelUpdate".to_owned(), vec![change]);
    examples
}

/// Bodies that are said to be of a component, and the items of pages.
fn collect(value: &Value, found: &mut BTreeMap<String, Vec<Value>>) {
    if let (Some(of), Some(examples)) = (value["schema"]["$ref"].as_str(), value.get("examples")) {
        let name = of.rsplit('/').next().unwrap();
        for body in examples.as_object().unwrap().values().map(|example| &example["value"]) {
            match name.strip_suffix("Page") {
                Some(item) => found.entry(item.to_owned()).or_default().extend(items(body)),
                None => found.entry(name.to_owned()).or_default().push(body.clone()),
            }
        }
    }
    match value {
        Value::Object(fields) => fields.values().for_each(|value| collect(value, found)),
        Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}

fn items(page: &Value) -> Vec<Value> {
    page["value"].as_array().cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_examples_of_the_spec_fit_every_schema() {
    let examples = examples();
    for (name, component) in SCHEMAS {
        let schema = schema(name).await;
        assert!(jsonschema::meta::is_valid(&schema), "{name} is no valid JSON Schema");
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(!examples[*component].is_empty(), "the spec has no example of {component}");
        for example in &examples[*component] {
            let faults: Vec<_> = validator.iter_errors(example).map(|e| e.to_string()).collect();
            assert!(faults.is_empty(), "{name}: {faults:?} in {example:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_a_misspelt_field_does_not_fit() {
    let label = |publishing| {
        json!({ "name": "Retail", "destination": "windowsUpdate",
            "publishingSpecifications": publishing })
    };
    for (name, right, wrong) in [
        (
            "new-product",
            json!({ "productName": "Echo", "testHarness": "hlk", "marketingNames": ["Echo"] }),
            json!({ "productName": "Echo", "testHarness": "hlk", "markettingNames": ["Echo"] }),
        ),
        (
            "new-label",
            label(json!({ "manualAcquisition": true })),
            label(json!({ "manualAcquistion": true })),
        ),
        ("label-change", json!({ "addedChids": [CHID] }), json!({ "chids": [CHID] })),
        ("new-submission", json!({ "name": "a", "type": "initial" }), json!({ "name": "a" })),
    ] {
        let validator = jsonschema::validator_for(&schema(name).await).unwrap();
        assert!(validator.is_valid(&right), "{name}: {right}");
        assert!(!validator.is_valid(&wrong), "{name}: {wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_may_hold_fields_that_we_do_not_know() {
    let validator = jsonschema::validator_for(&schema("product").await).unwrap();
    assert!(validator.is_valid(&json!({ "id": "7", "testHarness": null, "tomorrow": [1] })));
    assert!(!validator.is_valid(&json!({ "id": [7] })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_product() {
    assert_shown!(run(&mut Workshop::new().hwdash(["schema", "new-product"])).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_label_update() {
    assert_shown!(run(&mut Workshop::new().hwdash(["schema", "label-update"])).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_name() {
    let output = run(&mut Workshop::new().hwdash(["schema"])).await;
    let listed = String::from_utf8(output.stderr.clone()).unwrap();
    let names = listed.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    // The last one is no object of the service.
    let known: Vec<_> = SCHEMAS.iter().map(|(name, _)| *name).chain(["config"]).collect();
    assert_eq!(names.collect::<Vec<_>>(), known, "put every schema into the table above");
    assert_shown!(output);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name() {
    assert_shown!(run(&mut Workshop::new().hwdash(["schema", "planet"])).await);
}
