//! Every public type of the model has a JSON Schema.

use std::{collections::BTreeSet, fs};

use hardware_dashboard::model;
use schemars::{Schema, schema_for};
use syn::{Item, UseTree};

/// What is never sent, received or kept in a file.
const WITHOUT: &[&str] = &["Architecture", "ParseGuidError", "ParseIdError"];

macro_rules! schemas {
    ($($name:ident)+) => {
        [$((stringify!($name), schema_for!(model::$name))),+]
    };
}

#[test]
fn every_type_of_the_model_has_a_schema() {
    let schemas = schemas! {
        AudienceChange AudienceId ChidDistributionState CommitStatus DeviceType DownloadType Extra
        GoLiveDate Guid HardwareIdDistributionState LenientInteger OsCode PreprodAssetId
        PreprodAssetList PreprodAssetType PreprodPackageId PreprodSigningStatus ProductId
        PublisherId ReceiverPublisherId Recipients SafeUrl SellerId ShippingDestination
        ShippingLabelId ShippingLabelUpdate SubmissionId SubmissionType TargetingAction
        TestHarness Timestamp WorkflowState WorkflowStep
    };
    let is_told = |schema: &Schema| schema.as_object().is_some_and(|fields| !fields.is_empty());
    for (name, schema) in &schemas {
        assert!(is_told(schema), "the schema of {name} says nothing");
    }
    let known: BTreeSet<_> =
        schemas.iter().map(|(name, _)| *name).chain(WITHOUT.to_vec()).collect();
    let written = written_by_hand();
    let written: BTreeSet<_> = written.iter().map(String::as_str).collect();
    assert_eq!(known, written, "what has no schema belongs above, or has a reason to stand there");
}

#[test]
fn every_generated_type_has_a_schema() {
    let types = fs::read_to_string(concat!(env!("OUT_DIR"), "/types.rs")).expect("it was made");
    let types = syn::parse_file(&types).expect("it is Rust");
    let attributes = types.items.iter().filter_map(|item| match item {
        Item::Struct(of) => Some((&of.ident, &of.attrs)),
        Item::Enum(of) => Some((&of.ident, &of.attrs)),
        _ => None,
    });
    let mut count = 0;
    for (name, attributes) in attributes {
        let derives = attributes.iter().any(|each| format!("{each:?}").contains("JsonSchema"));
        assert!(derives, "{name} has no schema");
        count += 1;
    }
    assert!(count > 20, "{count} types");
}

/// What `model` gives out besides the generated types.
fn written_by_hand() -> Vec<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/model.rs");
    let file = syn::parse_file(&fs::read_to_string(path).expect("it can be read"));
    let mut names = Vec::new();
    for item in file.expect("it is Rust").items {
        match item {
            Item::Use(of) if matches!(of.vis, syn::Visibility::Public(_)) => {
                collect(&of.tree, &mut names);
            }
            _ => {}
        }
    }
    names
}

fn collect(tree: &UseTree, names: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => collect(&path.tree, names),
        UseTree::Group(group) => group.items.iter().for_each(|tree| collect(tree, names)),
        UseTree::Name(name) => names.push(name.ident.to_string()),
        UseTree::Rename(rename) => names.push(rename.rename.to_string()),
        UseTree::Glob(_) => {}
    }
}
