//! What the build script makes of the spec: a change of it shows in these snapshots.

mod digest;
mod render;
mod version;

use std::{collections::BTreeSet, fs};

use crate::{snapshot, spec::Spec};

/// The generated client.
const CLIENT: &str = concat!(env!("OUT_DIR"), "/raw.rs");

/// The generated types.
const TYPES: &str = concat!(env!("OUT_DIR"), "/types.rs");

fn parse(path: &str) -> syn::File {
    let code = fs::read_to_string(path).expect("the build script has written it");
    syn::parse_file(&code).expect("generated code is Rust")
}

fn assert_digest(name: &str, digest: &str) {
    snapshot::settings("generated").bind(|| insta::assert_snapshot!(name, digest));
}

#[test]
fn all_22_operations_are_as_pinned() {
    let spec = Spec::read().operations();
    let generated = digest::operations(&parse(CLIENT));
    assert_eq!((spec.len(), generated.len()), (22, 22), "an operation is missing or made up");
    let mut digest = String::new();
    for (id, line) in spec {
        let operation = generated.get(&snake_case(&id)).expect("every operation is generated");
        assert_eq!(operation.request, line, "{id}");
        digest += &format!("{id}: {line}\n{operation}\n");
    }
    assert_digest("operations", &digest);
}

#[test]
fn the_types_are_as_pinned() {
    let types = digest::types(&parse(TYPES));
    assert_digest("types", &types.into_values().collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_component_is_generated_or_written_by_hand() {
    let spec = Spec::read();
    let types = digest::types(&parse(TYPES));
    let generated: BTreeSet<_> = types.keys().map(String::as_str).collect();
    assert_eq!(generated, spec.generated());
}

#[test]
fn what_is_written_by_hand_is_used() {
    let types = digest::types(&parse(TYPES));
    let operations = digest::operations(&parse(CLIENT));
    let digests = types.into_values().chain(operations.into_values().map(|each| each.to_string()));
    let used: String = digests.collect();
    let paths: BTreeSet<_> = used.split(|c: char| !c.is_alphanumeric() && c != ':').collect();
    for name in Spec::read().hand_written() {
        let path = format!("crate::model::{name}");
        assert!(paths.contains(path.as_str()), "{path} stands nowhere in the generated code");
    }
    assert!(used.contains("product_id: &crate::model::ProductId"));
    assert!(!used.contains("chrono::"), "a date of the spec is not exactly as its README says");
}

/// `getProduct` as progenitor names its function.
fn snake_case(operation_id: &str) -> String {
    let mut name = String::new();
    for c in operation_id.chars() {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}
