//! Compiles `openapi/hardware-dashboard.yaml` into the raw client, `OUT_DIR/raw.rs`, and its types,
//! `OUT_DIR/types.rs`.
//!
//! What is changed on the way from the spec to the code is all here:
//! components marked `x-hand-written`, date-times and unknown fields become types of `src/model/`,
//! nulls in the arrays and maps of answers are passed over, the version of the spec is not sent, and
//! answers other than 2xx are left out, so that each of them reaches the transport whole, with status
//! and headers.

#[path = "build/version.rs"]
mod version;

use std::{env, error::Error, fs, path::Path};

use openapiv3::{OpenAPI, ReferenceOr, Schema, SchemaKind, StatusCode, Type};
use progenitor::{
    GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl, TypePatch,
};

const SPEC: &str = "openapi/hardware-dashboard.yaml";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed={SPEC}");
    let mut spec: OpenAPI = serde_norway::from_str(&fs::read_to_string(SPEC)?)?;
    keep_success_answers(&mut spec);
    let tokens = Generator::new(&settings(&spec)?).generate_tokens(&spec)?;
    let (types, mut client) = split(syn::parse2(tokens)?)?;
    version::leave_out(&mut client);
    let out = env::var("OUT_DIR")?;
    let out = Path::new(&out);
    fs::write(out.join("types.rs"), prettyplease::unparse(&types))?;
    fs::write(out.join("raw.rs"), prettyplease::unparse(&client))?;
    Ok(())
}

/// Parts the types from the client that uses them: the types belong to the public model, the client
/// stays private.
fn split(mut client: syn::File) -> Result<(syn::File, syn::File), Box<dyn Error>> {
    let is_types = |item: &syn::Item| matches!(item, syn::Item::Mod(m) if m.ident == "types");
    let at = client.items.iter().position(is_types).ok_or("progenitor made no mod types")?;
    let syn::Item::Mod(types) = client.items.remove(at) else { return Err("not a module".into()) };
    let (_, mut items) = types.content.ok_or("mod types is empty")?;
    items.iter_mut().for_each(print_unknown_fields_safely);
    items.iter_mut().for_each(pass_over_nulls);
    items.iter_mut().for_each(link_to_the_example);
    Ok((syn::parse_quote!(#(#items)*), client))
}

/// The plain map that progenitor gathers unknown fields in would print the SAS URLs among them.
fn print_unknown_fields_safely(item: &mut syn::Item) {
    let syn::Item::Struct(item) = item else { return };
    for field in &mut item.fields {
        if field.ident.as_ref().is_some_and(|name| name == "extra") {
            field.ty = syn::parse_quote!(crate::model::Extra);
        }
    }
}

/// One example stands for all of the generated types. Their schemas, which have the documentation too,
/// lead to other readers.
fn link_to_the_example(item: &mut syn::Item) {
    const TEXT: &str = "\n\nSee the example of [`model`](crate::model). \
                        Fields may be added with any minor version.";
    if let syn::Item::Struct(item) = item {
        item.attrs.push(syn::parse_quote!(#[cfg_attr(doc, doc = #TEXT)]));
    }
}

/// The service sends null for anything, also in an array or a map. One of them must not cost the whole
/// answer; what is an answer keeps unknown fields.
fn pass_over_nulls(item: &mut syn::Item) {
    let syn::Item::Struct(item) = item else { return };
    if !item.fields.iter().any(|field| field.ident.as_ref().is_some_and(|name| name == "extra")) {
        return;
    }
    for field in &mut item.fields {
        let Some(of) = argument(&field.ty, "Option", 0) else { continue };
        let function = match (argument(of, "Vec", 0), argument(of, "BTreeMap", 1)) {
            (Some(_), _) => "crate::model::lenient::without_null_items",
            (_, Some(value)) if argument(value, "Option", 0).is_none() => {
                "crate::model::lenient::without_null_values"
            }
            _ => continue,
        };
        field.attrs.push(syn::parse_quote!(#[serde(default, deserialize_with = #function)]));
    }
}

/// The type argument at this position, when it is that generic type.
fn argument<'a>(of: &'a syn::Type, generic: &str, position: usize) -> Option<&'a syn::Type> {
    let syn::Type::Path(path) = of else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == generic)?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.get(position)? {
        syn::GenericArgument::Type(argument) => Some(argument),
        _ => None,
    }
}

/// Declared error answers lose their status and headers whenever the body is not the declared JSON.
fn keep_success_answers(spec: &mut OpenAPI) {
    for item in spec.paths.paths.values_mut() {
        let ReferenceOr::Item(item) = item else { continue };
        let (get, put, post, patch) =
            (&mut item.get, &mut item.put, &mut item.post, &mut item.patch);
        let (delete, head, options) = (&mut item.delete, &mut item.head, &mut item.options);
        let operations = [get, put, post, patch, delete, head, options];
        for operation in operations.into_iter().flatten() {
            operation.responses.default = None;
            operation.responses.responses.retain(|status, _| match status {
                StatusCode::Code(code) => (200..300).contains(code),
                StatusCode::Range(range) => *range == 2,
            });
        }
    }
}

fn settings(spec: &OpenAPI) -> Result<GenerationSettings, Box<dyn Error>> {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_hooks(HooksMode::Expected)
        .with_inner_type("crate::client::transport::Attempt".parse()?)
        .with_map_type("::std::collections::BTreeMap")
        .with_derive("PartialEq")
        .with_derive("schemars::JsonSchema");
    for (name, schema) in schemas(spec) {
        if is_hand_written(schema) {
            let path = format!("crate::model::{name}");
            settings.with_replacement(name, path, [TypeImpl::Display].into_iter());
        } else if keeps_unknown_fields(schema) {
            // typify derives it for structs without a rest only.
            settings.with_patch(name, TypePatch::default().with_derive("Default"));
        }
    }
    let date_time =
        serde_json::from_value(serde_json::json!({ "type": "string", "format": "date-time" }))?;
    settings.with_conversion(date_time, "crate::model::Timestamp", [TypeImpl::Display].into_iter());
    Ok(settings)
}

fn schemas(spec: &OpenAPI) -> impl Iterator<Item = (&String, &Schema)> {
    let schemas = spec.components.iter().flat_map(|components| &components.schemas);
    schemas.filter_map(|(name, schema)| Some((name, schema.as_item()?)))
}

fn is_hand_written(schema: &Schema) -> bool {
    schema.schema_data.extensions.get("x-hand-written").is_some_and(|mark| mark == true)
}

fn keeps_unknown_fields(schema: &Schema) -> bool {
    let SchemaKind::Type(Type::Object(object)) = &schema.schema_kind else { return false };
    object.additional_properties.is_some() && object.required.is_empty()
}
