//! Faults as JSON: in a file, and at the admin endpoint.

use std::{fmt, fs, io, path::Path};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};
use serde_json::{Value, json};

use super::{Fault, InvalidFault};
use crate::{quota::Limit, workflow::Failure};

/// How many calls in a row a fault meets: in JSON a number, or the word `forever`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    /// So many.
    Count(u64),
    /// All that follow.
    Forever,
}

const FOREVER: &str = "forever";

/// Reads one fault or a list of them.
pub(crate) fn parse(json: &[u8]) -> Result<Vec<Fault>, InvalidFault> {
    let value = serde_json::from_slice(json)
        .map_err(|error| InvalidFault(format!("the faults are no JSON: {error}")))?;
    match value {
        Value::Array(faults) => list(faults),
        fault => Ok(vec![one(1, fault)?]),
    }
}

/// All that a file may order.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    pub(crate) faults: Vec<Fault>,
    pub(crate) quota: Option<Limit>,
    pub(crate) failures: Vec<Failure>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sections {
    #[serde(default)]
    faults: Vec<Value>,
    quota: Option<Value>,
    failures: Option<Value>,
}

/// Reads a file: faults alone, or sections.
pub(crate) fn read(path: &Path) -> io::Result<Orders> {
    let name = path.display();
    let json = fs::read(path)
        .map_err(|error| io::Error::new(error.kind(), format!("cannot read {name}: {error}")))?;
    orders(&json).map_err(|error| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{name} is no list of faults: {error}"))
    })
}

fn orders(json: &[u8]) -> Result<Orders, InvalidFault> {
    let is_sections = |value: &Value| {
        ["faults", "quota", "failures"].iter().any(|section| value.get(section).is_some())
    };
    let Some(value) = serde_json::from_slice(json).ok().filter(is_sections) else {
        return Ok(Orders { faults: parse(json)?, ..Orders::default() });
    };
    let sections: Sections =
        serde_json::from_value(value).map_err(|error| InvalidFault(error.to_string()))?;
    Ok(Orders {
        faults: list(sections.faults)?,
        quota: sections.quota.map(limit).transpose()?,
        failures: sections.failures.map_or(Ok(Vec::new()), failures)?,
    })
}

/// Reads a quota.
pub(crate) fn limit(quota: Value) -> Result<Limit, InvalidFault> {
    match serde_json::from_value(quota) {
        Ok(Limit { requests_per_minute: 0, .. }) => {
            Err(InvalidFault::new("quota: `requestsPerMinute` must be 1 or more"))
        }
        Ok(limit) => Ok(limit),
        Err(error) => Err(InvalidFault(format!("quota: {error}"))),
    }
}

/// Reads one failure of a workflow's step or a list of them.
pub(crate) fn failures(failures: Value) -> Result<Vec<Failure>, InvalidFault> {
    let failures = match failures {
        Value::Array(failures) => failures,
        failure => vec![failure],
    };
    let one = |(number, failure)| {
        serde_json::from_value(failure)
            .map_err(|error| InvalidFault(format!("failure {number}: {error}")))
    };
    (1..).zip(failures).map(one).collect::<Result<_, _>>()
}

fn list(faults: Vec<Value>) -> Result<Vec<Fault>, InvalidFault> {
    (1..).zip(faults).map(|(number, fault)| one(number, fault)).collect()
}

/// Reads a fault, of which errors tell the number.
fn one(number: usize, mut fault: Value) -> Result<Fault, InvalidFault> {
    let named = |error: &dyn fmt::Display| InvalidFault(format!("fault {number}: {error}"));
    // All their fields may be left out, and so may the braces.
    let kind = fault["kind"].as_str().map(str::to_owned);
    if let Some(kind) = kind.filter(|kind| matches!(kind.as_str(), "stall" | "slowBody")) {
        fault["kind"] = json!({ kind: {} });
    }
    let fault: Fault = serde_json::from_value(fault).map_err(|error| named(&error))?;
    fault.check().map_err(|error| named(&error))?;
    Ok(fault)
}

impl Default for Times {
    fn default() -> Self {
        Self::Count(1)
    }
}

impl Serialize for Times {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(times) => serializer.serialize_u64(*times),
            Self::Forever => serializer.serialize_str(FOREVER),
        }
    }
}

impl<'de> Deserialize<'de> for Times {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TimesVisitor)
    }
}

struct TimesVisitor;

impl Visitor<'_> for TimesVisitor {
    type Value = Times;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number from 1 on, or \"{FOREVER}\"")
    }

    fn visit_u64<E: de::Error>(self, times: u64) -> Result<Times, E> {
        Ok(Times::Count(times))
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<Times, E> {
        match word {
            FOREVER => Ok(Times::Forever),
            other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
        }
    }
}
