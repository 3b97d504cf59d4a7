//! Faults as JSON: in a file, and at the admin endpoint.

use std::{fmt, fs, io, path::Path};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};
use serde_json::Value;

use super::{Fault, InvalidFault};

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
        Value::Array(faults) => {
            (1..).zip(faults).map(|(number, fault)| one(number, fault)).collect()
        }
        fault => Ok(vec![one(1, fault)?]),
    }
}

/// Reads a file of faults.
pub(crate) fn read(path: &Path) -> io::Result<Vec<Fault>> {
    let name = path.display();
    let json = fs::read(path)
        .map_err(|error| io::Error::new(error.kind(), format!("cannot read {name}: {error}")))?;
    parse(&json).map_err(|error| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{name} is no list of faults: {error}"))
    })
}

/// Reads a fault, of which errors tell the number.
fn one(number: usize, fault: Value) -> Result<Fault, InvalidFault> {
    let named = |error: &dyn fmt::Display| InvalidFault(format!("fault {number}: {error}"));
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
