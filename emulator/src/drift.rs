//! Drift: the same state in other words, all of which the service was seen to use.

mod random;
#[cfg(test)]
mod tests;
mod values;

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Map, Value, json};

use self::random::Random;
use crate::answer::{Answer, Content};

/// Objects whose fields are keys of a map, so that nothing can be added to them.
const MAPS: [&str; 1] = ["selectedProductTypes"];

/// What lets the answers of an emulator drift.
#[derive(Debug)]
pub(crate) struct Drift {
    seed: u64,
    /// How many answers there were.
    answers: AtomicU64,
    /// What links begin with when they do not drift.
    base: String,
}

impl Drift {
    pub(crate) fn new(seed: u64, base: String) -> Self {
        Self { seed, answers: AtomicU64::new(0), base }
    }

    /// Puts the next answer, which is one of this operation, in other words.
    pub(crate) fn apply(&self, operation: &str, mut answer: Answer) -> Answer {
        let number = self.answers.fetch_add(1, Ordering::Relaxed);
        if let Content::Json(json) = &mut answer.content {
            let mut walk = Walk { random: Random::new(self.seed, number), base: &self.base };
            walk.whole(operation, json);
        }
        answer
    }
}

/// A way through one answer.
struct Walk<'d> {
    random: Random,
    base: &'d str,
}

impl Walk<'_> {
    fn whole(&mut self, operation: &str, json: &mut Value) {
        if let Value::Object(object) = json {
            if operation == "createSubmission" && self.random.once_in(2) {
                object.remove("downloads");
            }
            self.flatten_error(object);
        }
        self.value("", json);
        if operation == "listPreprodAssets" && json.is_array() && self.random.once_in(2) {
            *json = json!({ "value": json.take() });
        }
    }

    /// Errors come with everything inside `error`, and flat.
    fn flatten_error(&mut self, object: &mut Map<String, Value>) {
        if let Some(Value::Object(error)) = object.get_mut("error")
            && self.random.once_in(2)
        {
            *object = std::mem::take(error);
        }
    }

    fn value(&mut self, field: &str, value: &mut Value) {
        match value {
            Value::Object(object) if !MAPS.contains(&field) => self.object(object),
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(field, item)),
            _ => values::drift(&mut self.random, field, value),
        }
        // The documentation has an array here, all samples an object.
        if field == "recipientSpecifications" && value.is_object() && self.random.once_in(2) {
            *value = json!([value.take()]);
        }
    }

    fn object(&mut self, object: &mut Map<String, Value>) {
        if self_link_ends_with_id(object) && self.random.once_in(3) {
            object.remove("id");
        }
        if let Some(href) = object.get_mut("href") {
            values::drift_link(&mut self.random, self.base, href);
        }
        // First, so that nothing goes that drift itself has emptied.
        object.retain(|_, value| !is_empty(value) || self.empty(value));
        object.iter_mut().for_each(|(field, value)| self.value(field, value));
        if self.random.once_in(3) {
            object.extend([values::unknown_field(&mut self.random)]);
        }
    }

    /// An empty collection stays, becomes null, or goes; whether it is still there.
    fn empty(&mut self, value: &mut Value) -> bool {
        let fate = self.random.below(3);
        if fate == 1 {
            *value = Value::Null;
        }
        fate != 2
    }
}

/// Whether the id of an object can be read from its link to itself.
fn self_link_ends_with_id(object: &Map<String, Value>) -> bool {
    let links = object.get("links").and_then(Value::as_array);
    let link = links.and_then(|links| links.iter().find(|link| link["rel"] == "self"));
    let href = link.and_then(|link| link["href"].as_str()).unwrap_or_default();
    let id = object.get("id").map(Value::to_string);
    id.is_some_and(|id| href.rsplit('/').next() == Some(id.as_str()))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}
