//! The API's specification, by which every request and every answer is checked.

mod operation;
mod router;
mod schema;

use std::{io, sync::LazyLock};

use serde_json::Value;

pub(crate) use self::{
    operation::{Operation, RequestBody},
    router::Route,
    schema::Misfit,
};
use self::{router::Template, schema::Schemas};

/// The text of the specification, the same file that clients are generated from.
const TEXT: &str = include_str!("../../openapi/hardware-dashboard.yaml");

/// The methods an OpenAPI path item may hold.
const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

/// The compiled specification.
#[derive(Debug)]
pub(crate) struct Spec {
    paths: Vec<(Template, Vec<Operation>)>,
}

impl Spec {
    /// The specification, compiled once in a process: it is a constant, not state.
    ///
    /// # Errors
    ///
    /// The file holds something that this emulator cannot read.
    pub(crate) fn load() -> io::Result<&'static Self> {
        static SPEC: LazyLock<Result<Spec, String>> = LazyLock::new(|| Spec::parse(TEXT));
        SPEC.as_ref().map_err(|reason| {
            io::Error::other(format!("openapi/hardware-dashboard.yaml cannot be used: {reason}"))
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let document: Value = serde_norway::from_str(text).map_err(|error| error.to_string())?;
        let mut schemas = Schemas::new(&document);
        let items = document["paths"].as_object().ok_or("it has no paths")?;
        let mut paths = Vec::with_capacity(items.len());
        for (path, item) in items {
            let mut operations = Vec::new();
            for method in METHODS {
                if let Some(definition) = item.get(method) {
                    let operation = Operation::parse(method, item, definition, &mut schemas)
                        .map_err(|reason| format!("{method} {path}: {reason}"))?;
                    operations.push(operation);
                }
            }
            paths.push((Template::parse(path), operations));
        }
        Ok(Self { paths })
    }

    /// Whether there is an operation of this id.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.operations().any(|operation| operation.id == id)
    }

    /// All operations.
    fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.paths.iter().flat_map(|(_, operations)| operations)
    }
}

#[cfg(test)]
mod tests;
