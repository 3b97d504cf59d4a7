//! What the tests ask of `openapi/hardware-dashboard.yaml`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::Value;

const SPEC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/hardware-dashboard.yaml");

/// The description, read.
pub(crate) struct Spec(Value);

impl Spec {
    pub(crate) fn read() -> Self {
        let text = fs::read_to_string(SPEC).expect("the spec is part of the repository");
        Self(serde_norway::from_str(&text).expect("the spec is YAML"))
    }

    /// Every operation by its operationId, as method and path such as `GET /hardware/products`.
    pub(crate) fn operations(&self) -> BTreeMap<String, String> {
        let mut operations = BTreeMap::new();
        for (path, item) in object(&self.0["paths"]) {
            for (method, operation) in object(item) {
                let Some(id) = operation["operationId"].as_str() else { continue };
                let line = format!("{} {path}", method.to_uppercase());
                let earlier = operations.insert(id.to_owned(), line);
                assert_eq!(earlier, None, "{id} stands twice in the spec");
            }
        }
        operations
    }

    /// The components whose Rust type is written by hand.
    pub(crate) fn hand_written(&self) -> BTreeSet<&str> {
        let marked = |schema: &Value| schema["x-hand-written"] == true;
        self.schemas().filter(|(_, schema)| marked(schema)).map(|(name, _)| name).collect()
    }

    /// The components whose Rust type is generated.
    pub(crate) fn generated(&self) -> BTreeSet<&str> {
        let all: BTreeSet<_> = self.schemas().map(|(name, _)| name).collect();
        &all - &self.hand_written()
    }

    /// The known values of every open enumeration, sorted.
    pub(crate) fn open_values(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        self.schemas()
            .filter_map(|(name, schema)| {
                let values = schema["x-extensible-enum"].as_array()?;
                Some((name, values.iter().filter_map(Value::as_str).collect()))
            })
            .collect()
    }

    fn schemas(&self) -> impl Iterator<Item = (&str, &Value)> {
        object(&self.0["components"]["schemas"]).map(|(name, schema)| (name.as_str(), schema))
    }
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().expect("an object of the spec").iter()
}
