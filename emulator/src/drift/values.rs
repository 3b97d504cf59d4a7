//! Single values in another form that was seen.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::random::Random;

/// Fields with a number that was seen as a string too, in all objects.
const NUMBERS: [&str; 13] = [
    "id",
    "productId",
    "submissionId",
    "sharedProductId",
    "sourceProductId",
    "sourcePublisherId",
    "visibleToAccounts",
    "flooringBuildNumber",
    "ceilingBuildNumber",
    "maxProcessors",
    "maxMemory",
    "statusCode",
    "httpErrorCode",
];

/// Fields whose value is one of a list of names, which comes in changing case.
const NAMES: [&str; 11] = [
    "type",
    "commitStatus",
    "currentStep",
    "state",
    "destination",
    "testHarness",
    "deviceType",
    "distributionState",
    "signingStatus",
    "assetType",
    "code",
];

const DATES: [&str; 6] = [
    "createdDateTime",
    "updatedDateTime",
    "announcementDate",
    "goLiveDate",
    "lastModified",
    "createdDate",
];

/// What links were seen to begin with in place of the API's base URL.
const ODD_BASES: [&str; 5] = [
    "https://manage.devcenter.microsoft.com/v2.0/my",
    "https://manage.devcenter.microsoft.com/api/v2.0",
    "https://manage.devcenter.microsoft.com/api/v1",
    "https://hardwareapi.microsoft.com/api/v1",
    "https:// manage.devcenter.microsoft.com/v2.0/my",
];

/// Gives the value of a field another form, or not.
pub(super) fn drift(random: &mut Random, field: &str, value: &mut Value) {
    match value {
        Value::Number(number) if NUMBERS.contains(&field) && random.once_in(2) => {
            *value = number.to_string().into();
        }
        Value::String(_) if field == "currentStep" && random.once_in(4) => {
            *value = random.below(20).into();
        }
        Value::String(name) if NAMES.contains(&field) => {
            *name = in_other_case(random, name);
        }
        Value::String(text) if DATES.contains(&field) => {
            if let Ok(date) = text.parse::<DateTime<Utc>>() {
                *text = in_other_form(random, date, text);
            }
        }
        _ => {}
    }
}

/// A name as it is, with another first letter, or in one case as a whole.
fn in_other_case(random: &mut Random, name: &str) -> String {
    match random.below(4) {
        0 => name.to_owned(),
        1 => name.to_ascii_lowercase(),
        2 => name.to_ascii_uppercase(),
        _ => {
            let mut letters = name.chars();
            let flip = |first: char| match first.is_ascii_lowercase() {
                true => first.to_ascii_uppercase(),
                false => first.to_ascii_lowercase(),
            };
            letters.next().map(flip).into_iter().chain(letters).collect()
        }
    }
}

/// A date as it is, with seven digits and an offset, or without a zone.
fn in_other_form(random: &mut Random, date: DateTime<Utc>, text: &str) -> String {
    match random.below(3) {
        0 => text.to_owned(),
        1 => {
            let ticks = date.timestamp_subsec_nanos() / 100;
            format!("{}.{ticks:07}+00:00", date.format("%Y-%m-%dT%H:%M:%S"))
        }
        _ => date.format("%Y-%m-%dT%H:%M:%S%.f").to_string(),
    }
}

/// Lets a link begin as links were seen to, or not. What comes after the base stays.
pub(super) fn drift_link(random: &mut Random, base: &str, href: &mut Value) {
    let path = href.as_str().and_then(|href| href.strip_prefix(base));
    if let Some(path) = path
        && random.once_in(2)
    {
        *href = format!("{}{path}", random.pick(ODD_BASES)).into();
    }
}

/// A field that nobody knows.
pub(super) fn unknown_field(random: &mut Random) -> (String, Value) {
    let (name, value) = match random.below(5) {
        0 => ("unknownText", json!("a text")),
        1 => ("unknownNumber", json!(4_294_967_297_u64)),
        2 => ("unknownList", json!([1, "two", null])),
        3 => ("unknownNull", Value::Null),
        _ => ("unknownObject", json!({ "id": "not-a-number", "state": { "deep": true } })),
    };
    (name.to_owned(), value)
}
