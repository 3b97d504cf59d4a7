use http::StatusCode;

use super::*;

const BASE: &str = "http://127.0.0.1:1/v2.0/my";

fn submission() -> Value {
    json!({
        "id": 1_152_921_505_694_213_517_u64,
        "type": "initial",
        "createdDateTime": "2026-04-12T05:28:32.721Z",
        "downloads": { "items": [], "messages": [] },
        "links": [{
            "href": format!("{BASE}/hardware/products/7/submissions/1152921505694213517"),
            "rel": "self",
            "method": "GET",
        }],
    })
}

/// What becomes of so many answers in a row.
fn answers(seed: u64, operation: &str, json: &Value) -> Vec<Value> {
    let drift = Drift::new(seed, BASE.to_owned());
    let drifted = (0..50).map(|_| {
        let answer = drift.apply(operation, Answer::json(StatusCode::OK, json.clone()));
        match answer.content {
            Content::Json(json) => json,
            _ => panic!("JSON stays JSON"),
        }
    });
    drifted.collect()
}

#[test]
fn equal_seeds_drift_equally_and_others_do_not() {
    let drifted = answers(7, "getSubmission", &submission());
    assert_eq!(drifted, answers(7, "getSubmission", &submission()));
    assert_ne!(drifted, answers(8, "getSubmission", &submission()));
    assert!(drifted.iter().any(|answer| *answer != drifted[0]));
}

#[test]
fn an_id_goes_only_where_the_self_link_has_it() {
    let mut other = submission();
    other["links"][0]["href"] = format!("{BASE}/hardware/products/7/submissions/8").into();
    let there = |json: &Value| answers(7, "getSubmission", json).iter().all(|a| !a["id"].is_null());
    assert!(!there(&submission()));
    assert!(there(&other));
}

#[test]
fn downloads_go_from_the_answer_to_the_creation_alone() {
    let there = |operation| {
        answers(7, operation, &submission()).iter().all(|answer| answer["downloads"].is_object())
    };
    assert!(!there("createSubmission"));
    assert!(there("getSubmission"));
}

#[test]
fn texts_that_are_no_dates_stay() {
    let label = json!({ "publishingSpecifications": { "goLiveDate": "", "x": "2026-01-01" } });
    for drifted in answers(7, "getShippingLabel", &label) {
        let publishing = &drifted["publishingSpecifications"];
        assert_eq!(
            (&publishing["goLiveDate"], &publishing["x"]),
            (&json!(""), &json!("2026-01-01"))
        );
    }
}

#[test]
fn a_map_gets_no_unknown_fields() {
    let product = json!({ "selectedProductTypes": { "Windows_v100": "Unclassified" } });
    for drifted in answers(7, "getProduct", &product) {
        assert_eq!(drifted["selectedProductTypes"], product["selectedProductTypes"]);
    }
}
