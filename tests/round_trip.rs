//! What the service sent is still there when its decoded form is written again: every field, known
//! or not, and every value. Only spellings may change.

use std::collections::BTreeSet;

use hardware_dashboard::model::{
    AudiencePage, Guid, PreprodAsset, PreprodAssetList, PreprodPackage, Product, ProductPage,
    SafeUrl, ShippingLabel, ShippingLabelPage, Submission, SubmissionPage, Timestamp,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    open_values::OPEN_ENUMS,
    replay::{Exchange, Recording, all},
};

#[test]
fn nothing_of_an_answer_is_lost() {
    let mut problems = Vec::new();
    for Recording { name, exchange } in all() {
        let Some(came) = success_body(&exchange) else { continue };
        let Some(kept) = round_trip(&exchange.operation, came) else { continue };
        problems.extend(differences("$", came, &kept).into_iter().map(|at| format!("{name} {at}")));
    }
    assert!(problems.is_empty(), "lost or made up:\n{}", problems.join("\n"));
}

fn success_body(exchange: &Exchange) -> Option<&Value> {
    let response = &exchange.response;
    response.body.as_ref().filter(|_| (200..300).contains(&response.status))
}

/// Decodes an answer and encodes it again; `None` when it is not read, or cannot be, which its
/// snapshot pins.
fn round_trip(operation: &str, came: &Value) -> Option<Value> {
    match operation {
        "listProducts" => again::<ProductPage>(came),
        "createProduct" | "getProduct" => again::<Product>(came),
        "listSubmissions" => again::<SubmissionPage>(came),
        "createSubmission" | "getSubmission" | "getPartnerSubmission" => again::<Submission>(came),
        "listShippingLabels" => again::<ShippingLabelPage>(came),
        "createShippingLabel" | "getShippingLabel" => again::<ShippingLabel>(came),
        "listAudiences" => again::<AudiencePage>(came),
        "submitPreprodPackage" | "getPreprodPackage" => again::<PreprodPackage>(came),
        "listPreprodAssets" => again::<PreprodAssetList>(came),
        "getPreprodAsset" => again::<PreprodAsset>(came),
        "commitSubmission" | "updateProduct" | "token" => None,
        other => panic!("what type does an answer to {other} have? Add it here"),
    }
}

fn again<T: DeserializeOwned + Serialize>(came: &Value) -> Option<Value> {
    // From text, as it comes over the wire.
    let value: T = serde_json::from_str(&came.to_string()).ok()?;
    Some(serde_json::to_value(value).expect("what was decoded can be encoded"))
}

/// Every place where the two say different things, which for a field that is null and one that is
/// not there they do not.
fn differences(at: &str, came: &Value, kept: &Value) -> Vec<String> {
    match (came, kept) {
        (Value::Object(came), Value::Object(kept)) => {
            let names: BTreeSet<_> = came.keys().chain(kept.keys()).collect();
            let both = |name| {
                let value = |of: &serde_json::Map<_, _>| of.get(name).cloned().unwrap_or_default();
                differences(&format!("{at}.{name}"), &value(came), &value(kept))
            };
            names.into_iter().flat_map(both).collect()
        }
        (Value::Array(came), Value::Array(kept)) if came.len() == kept.len() => {
            let pairs = came.iter().zip(kept).enumerate();
            pairs
                .flat_map(|(i, (came, kept))| differences(&format!("{at}[{i}]"), came, kept))
                .collect()
        }
        (Value::Object(wrapper), Value::Array(_)) if wrapper.contains_key("value") => {
            // The list of assets; nothing else of its wrapper means anything.
            differences(&format!("{at}.value"), &wrapper["value"], kept)
        }
        (Value::Object(_), Value::Array(one)) if one.len() == 1 => differences(at, came, &one[0]),
        (Value::Null, Value::Array(none)) if none.is_empty() => Vec::new(),
        _ if same(came, kept) => Vec::new(),
        _ => vec![format!("at {at}: came {came}, kept {kept}")],
    }
}

/// Whether two single values differ in spelling at most.
fn same(came: &Value, kept: &Value) -> bool {
    if came == kept {
        return true;
    }
    match (came, kept) {
        (Value::String(came), Value::String(kept)) => same_text(came, kept),
        (Value::String(text), Value::Number(number))
        | (Value::Number(number), Value::String(text)) => *text == number.to_string(),
        _ => false,
    }
}

fn same_text(came: &str, kept: &str) -> bool {
    same_open_value(came, kept)
        || same_time(came, kept)
        || same_guid(came, kept)
        || same_url(came, kept)
}

fn same_open_value(came: &str, kept: &str) -> bool {
    OPEN_ENUMS.iter().any(|each| (each.respell)(came) == kept)
}

fn same_time(came: &str, kept: &str) -> bool {
    let read = |text: &str| text.parse::<Timestamp>().ok()?.to_utc();
    read(came).is_some_and(|came| read(kept) == Some(came))
}

fn same_guid(came: &str, kept: &str) -> bool {
    let read = |text: &str| text.parse::<Guid>().ok();
    read(came).is_some_and(|came| read(kept) == Some(came))
}

/// A URL is written without its secrets.
fn same_url(came: &str, kept: &str) -> bool {
    came.starts_with("https://") && SafeUrl::from(came).to_string() == kept
}

mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_difference_is_found() {
        for (came, kept, at) in [
            (json!({ "a": { "b": 1 } }), json!({ "a": {} }), "$.a.b"),
            (json!({}), json!({ "made": "up" }), "$.made"),
            (json!([1, 2]), json!([1]), "at $:"),
            (json!([9007199254740993_u64]), json!([9007199254740992_u64]), "$[0]"),
            (json!("commitPending"), json!("commitFailed"), "at $:"),
            (json!("Some Text"), json!("some text"), "at $:"),
            (json!("2026-01-01T00:00:00"), json!("2026-01-01T00:00:01Z"), "at $:"),
        ] {
            let found = differences("$", &came, &kept);
            assert!(found.len() == 1 && found[0].contains(at), "{found:?}");
        }
    }

    #[test]
    fn a_spelling_is_none() {
        for (came, kept) in [
            (json!({ "a": null, "b": "7" }), json!({ "b": 7 })),
            (json!("CommitPending"), json!("commitPending")),
            (json!("2018-01-01T00:00:00"), json!("2018-01-01T00:00:00Z")),
            (json!({ "a": 1 }), json!([{ "a": 1 }])),
            (json!({ "value": [1], "links": [] }), json!([1])),
        ] {
            assert_eq!(differences("$", &came, &kept), Vec::<String>::new());
        }
    }
}
