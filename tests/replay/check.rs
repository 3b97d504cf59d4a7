//! Compares a request that came with the recorded one.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::{HeaderMap, header};
use serde_json::Value;
use url::form_urlencoded;
use uuid::Uuid;

use super::recording::Request;

/// Everything in which the request that came differs from the recorded one, a sentence each.
pub(super) fn differences(expected: &Request, came: &http::Request<Bytes>) -> Vec<String> {
    let mut found = Vec::new();
    let expected_line = format!("{} {}", expected.method, expected.path);
    let came_line = line(came);
    if normalised(&expected_line) != normalised(&came_line) {
        found.push(format!("expected {expected_line}, came {came_line}"));
    }
    found.extend(header_differences(&expected.headers, came.headers()));
    found.extend(body_difference(expected, came.body()));
    found
}

/// Method, path and query.
pub(super) fn line(request: &http::Request<Bytes>) -> String {
    format!("{} {}", request.method(), request.uri())
}

/// A request line as method and path, and the query's pairs decoded and sorted: how a client
/// escapes them and in which order it writes them is its own affair.
fn normalised(line: &str) -> (&str, Vec<(String, String)>) {
    let (path, query) = line.split_once('?').unwrap_or((line, ""));
    let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    pairs.sort();
    (path, pairs)
}

fn header_differences(expected: &BTreeMap<String, String>, came: &HeaderMap) -> Vec<String> {
    let mut found = Vec::new();
    for (name, pattern) in expected {
        match came.get(name).map(|value| String::from_utf8_lossy(value.as_bytes())) {
            Some(value) if fits(pattern, &value) => {}
            Some(value) => found.push(format!("header {name}: expected {pattern}, came {value}")),
            None => found.push(format!("header {name} is missing, expected {pattern}")),
        }
    }
    // A token that goes to a place where none belongs is a leak.
    let bearer = header::AUTHORIZATION;
    if came.contains_key(&bearer) && !expected.contains_key(bearer.as_str()) {
        found.push(format!("header {bearer} came, and must not"));
    }
    found
}

/// Whether a value is the recorded one, whose end may be a placeholder.
fn fits(pattern: &str, value: &str) -> bool {
    let Some((fixed, placeholder)) = pattern.split_once('{') else {
        return pattern == value;
    };
    value.strip_prefix(fixed).is_some_and(|rest| match placeholder {
        "guid}" => rest.len() == 36 && Uuid::try_parse(rest).is_ok(),
        "token}" | "secret}" => !rest.is_empty(),
        _ => false,
    })
}

fn body_difference(expected: &Request, came: &Bytes) -> Option<String> {
    if let Some(json) = &expected.body {
        return match serde_json::from_slice(came) {
            Ok(came) => json_difference("$", json, &came),
            Err(error) => Some(format!("the body is not JSON: {error}")),
        };
    }
    if let Some(form) = &expected.form {
        return form_difference(form, came);
    }
    let bytes = expected.base64.as_ref().map_or(&[][..], |bytes| &bytes.0);
    (came != bytes).then(|| {
        format!("expected a body of {} bytes, came {} other bytes", bytes.len(), came.len())
    })
}

fn form_difference(expected: &BTreeMap<String, String>, came: &Bytes) -> Option<String> {
    let pairs: Vec<_> = form_urlencoded::parse(came).into_owned().collect();
    let fields: BTreeMap<_, _> = pairs.iter().cloned().collect();
    let same = pairs.len() == expected.len()
        && fields.keys().eq(expected.keys())
        && expected.iter().all(|(name, pattern)| fits(pattern, &fields[name]));
    (!same).then(|| format!("expected the form {expected:?}, came {pairs:?}"))
}

/// The first place where two JSON values differ.
fn json_difference(at: &str, expected: &Value, came: &Value) -> Option<String> {
    match (expected, came) {
        (Value::Object(expected), Value::Object(came)) => {
            let names: BTreeSet<_> = expected.keys().chain(came.keys()).collect();
            names.into_iter().find_map(|name| {
                let at = format!("{at}.{name}");
                match (expected.get(name), came.get(name)) {
                    (Some(expected), Some(came)) => json_difference(&at, expected, came),
                    (Some(expected), None) => Some(format!("{at} is missing, expected {expected}")),
                    (None, came) => came.map(|came| format!("{at} came, not expected: {came}")),
                }
            })
        }
        (Value::Array(expected), Value::Array(came)) if expected.len() == came.len() => {
            let mut pairs = expected.iter().zip(came).enumerate();
            pairs.find_map(|(i, (expected, came))| {
                json_difference(&format!("{at}[{i}]"), expected, came)
            })
        }
        _ => (expected != came).then(|| format!("{at}: expected {expected}, came {came}")),
    }
}
