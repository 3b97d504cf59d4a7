//! Answers that drift within what the service was seen to do.

mod run;

use std::collections::BTreeSet;

use hardware_dashboard_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{Client, builder, check, echo_cab, pass};

/// How often a thing is asked for: often enough to see each of its forms.
const OFTEN: usize = 60;

async fn start() -> Emulator {
    builder().drift(42).start().await.expect("the emulator starts")
}

/// A number that comes as one or as a string.
#[track_caller]
fn number(value: &Value) -> u64 {
    let text = value.as_str().and_then(|text| text.parse().ok());
    value.as_u64().or(text).expect("a number")
}

/// The path of a thing under `hardware/`, by the link to itself, which is always there.
#[track_caller]
fn path_of(thing: &Value) -> String {
    let links = thing["links"].as_array().expect("links");
    let link = links.iter().find(|link| link["rel"] == "self").expect("a link to itself");
    let href = text(&link["href"]);
    href.split_once("/hardware/").expect("a path").1.to_owned()
}

/// Creates a product; its path.
async fn product(client: &Client<'_>) -> String {
    let body = json!({
        "productName": "Echo",
        "testHarness": "attestation",
        "announcementDate": "2026-04-12T05:28:32.721Z",
        "requestedSignatures": ["WINDOWS_v100_X64_CO_FULL"],
        "additionalAttributes": { "svvp": { "maxMemory": 64 } },
    });
    path_of(&client.post("products", body).await.expect(201))
}

/// Creates a submission; its path, and the answer.
async fn submission(client: &Client<'_>, product: &str) -> (String, Value) {
    let path = format!("{product}/submissions");
    let body = json!({ "name": "Echo 1", "type": "initial" });
    let created = client.post(&path, body).await.expect(201);
    (path_of(&created), created)
}

/// Uploads a package to a submission and commits it.
async fn commit(client: &Client<'_>, path: &str, package: Vec<u8>) {
    let submission = client.get(path).await.expect(200);
    let url = text(&submission["downloads"]["items"][0]["url"]);
    client.upload(&url, package).await;
    client.post_empty(&format!("{path}/commit")).await.expect(202);
}

/// What a thing says about itself in many answers.
async fn seen<T: Ord>(client: &Client<'_>, path: &str, look: impl Fn(&Value) -> T) -> BTreeSet<T> {
    let mut seen = BTreeSet::new();
    for _ in 0..OFTEN {
        seen.insert(look(&client.get(path).await.expect(200)));
    }
    check(client.emulator);
    seen
}

/// The same for a product.
async fn seen_of_product<T: Ord>(look: impl Fn(&Value) -> T) -> BTreeSet<T> {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let path = product(&client).await;
    seen(&client, &path, look).await
}

/// The JSON type of a value; for what is not there its own word.
fn type_of(value: Option<&Value>) -> &'static str {
    match value {
        None => "missing",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[tokio::test]
async fn ids_come_as_numbers_and_as_strings_and_not_at_all() {
    let types = seen_of_product(|product| type_of(product.get("id"))).await;
    assert_eq!(types, BTreeSet::from(["missing", "number", "string"]));
}

#[tokio::test]
async fn the_same_id_is_there_in_every_form() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let path = product(&client).await;
    let ids = seen(&client, &path, |product| {
        let own = product.get("id").map(number);
        let linked = path_of(product);
        assert_eq!(own.map_or(linked.clone(), |id| format!("products/{id}")), linked);
        linked
    });
    assert_eq!(ids.await, BTreeSet::from([path.clone()]));
}

#[tokio::test]
async fn other_numbers_come_as_strings_too() {
    let types = seen_of_product(|product| {
        let memory = &product["additionalAttributes"]["svvp"]["maxMemory"];
        assert_eq!(number(memory), 64);
        type_of(Some(memory))
    });
    assert_eq!(types.await, BTreeSet::from(["number", "string"]));
}

#[tokio::test]
async fn enum_values_come_in_any_case() {
    let cases = seen_of_product(|product| text(&product["deviceType"])).await;
    let expected = ["notSet", "NotSet", "notset", "NOTSET"];
    assert_eq!(cases, expected.map(str::to_owned).into());
}

#[tokio::test]
async fn dates_come_in_three_forms() {
    let dates = seen_of_product(|product| text(&product["announcementDate"])).await;
    let expected = [
        "2026-04-12T05:28:32.721Z",
        "2026-04-12T05:28:32.7210000+00:00",
        "2026-04-12T05:28:32.721",
    ];
    assert_eq!(dates, expected.map(str::to_owned).into());
}

#[tokio::test]
async fn empty_collections_come_as_null_and_not_at_all() {
    let names = seen_of_product(|product| type_of(product.get("marketingNames"))).await;
    assert_eq!(names, BTreeSet::from(["array", "missing", "null"]));
    let types = seen_of_product(|product| type_of(product.get("selectedProductTypes"))).await;
    assert_eq!(types, BTreeSet::from(["missing", "null", "object"]));
}

#[tokio::test]
async fn unknown_fields_of_all_types_come() {
    let types = seen_of_product(|product| {
        let fields = product.as_object().expect("an object");
        let unknown = fields.iter().find(|(name, _)| name.starts_with("unknown"));
        type_of(unknown.map(|(_, value)| value))
    });
    let expected = ["array", "missing", "null", "number", "object", "string"];
    assert_eq!(types.await, BTreeSet::from(expected));
}

#[tokio::test]
async fn links_lead_to_odd_hosts() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let path = product(&client).await;
    let bases = seen(&client, &path, |product| {
        let link = product["links"].as_array().and_then(|links| links.last()).expect("a link");
        let href = text(&link["href"]);
        let base = href.strip_suffix(&format!("/hardware/{path}/submissions"));
        base.expect("the path is as it should be").to_owned()
    })
    .await;
    let odd = [
        "https://manage.devcenter.microsoft.com/v2.0/my",
        "https://manage.devcenter.microsoft.com/api/v2.0",
        "https://manage.devcenter.microsoft.com/api/v1",
        "https://hardwareapi.microsoft.com/api/v1",
        "https:// manage.devcenter.microsoft.com/v2.0/my",
    ];
    let expected = odd.map(str::to_owned).into_iter().chain([emulator.api_base_url()]);
    assert_eq!(bases, expected.collect());
}

#[tokio::test]
async fn the_next_page_is_found_whatever_its_link_leads_to() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    for _ in 0..5 {
        product(&client).await;
    }
    let mut next = Some("pageSize=1".to_owned());
    let mut pages = 0;
    while let Some(query) = next {
        let page = client.get(&format!("products?{query}")).await.expect(200);
        let links = page["links"].as_array().expect("links");
        let link = links.iter().find(|link| link["rel"] == "next_link");
        next = link.map(|link| text(&link["href"]).split_once('?').expect("a query").1.to_owned());
        pages += 1;
    }
    assert_eq!(pages, 5);
    check(&emulator);
}

#[tokio::test]
async fn the_step_of_a_workflow_comes_as_a_number_too() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let product = product(&client).await;
    let (path, _) = submission(&client, &product).await;
    commit(&client, &path, echo_cab().bytes()).await;
    let steps = seen(&client, &path, |submission| {
        let step = &submission["workflowStatus"]["currentStep"];
        match step.as_str() {
            Some(step) => step.to_ascii_lowercase(),
            None => type_of(Some(step)).to_owned(),
        }
    });
    let expected = ["number".to_owned(), "packageinfovalidation".to_owned()];
    assert_eq!(steps.await, BTreeSet::from(expected));
}

#[tokio::test]
async fn the_answer_to_a_creation_may_lack_downloads() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let mut seen = BTreeSet::new();
    for _ in 0..OFTEN {
        let product = product(&client).await;
        let (path, created) = submission(&client, &product).await;
        seen.insert(type_of(created.get("downloads")));
        let submission = client.get(&path).await.expect(200);
        assert!(submission["downloads"]["items"][0]["url"].is_string(), "{submission:#}");
    }
    assert_eq!(seen, BTreeSet::from(["missing", "object"]));
    check(&emulator);
}

#[tokio::test]
async fn errors_come_nested_and_flat_with_codes_in_any_case() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    let mut shapes = BTreeSet::new();
    let mut codes = BTreeSet::new();
    for _ in 0..OFTEN {
        let error = client.get("products/5").await.expect(404);
        let nested = error["error"].is_object();
        shapes.insert(nested);
        codes.insert(text(if nested { &error["error"]["code"] } else { &error["code"] }));
    }
    assert_eq!(shapes, BTreeSet::from([false, true]));
    let expected = ["EntityNotFound", "entityNotFound", "entitynotfound", "ENTITYNOTFOUND"];
    assert_eq!(codes, expected.map(str::to_owned).into());
    check(&emulator);
}

#[tokio::test]
async fn the_status_in_an_error_comes_as_a_string_too() {
    let emulator = start().await;
    let client = Client::new(&emulator).await;
    // So long does a token live.
    pass(&emulator, 3600);
    let mut types = BTreeSet::new();
    for _ in 0..OFTEN {
        let error = client.get("products").await.expect(401);
        assert_eq!(number(&error["statusCode"]), 401);
        types.insert(type_of(error.get("statusCode")));
    }
    assert_eq!(types, BTreeSet::from(["number", "string"]));
}
