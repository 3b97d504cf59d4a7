//! The generated code without everything that nobody would review.

use std::{collections::BTreeMap, fmt};

use syn::{
    Attribute, Expr, Field, Fields, FnArg, ImplItem, ImplItemFn, Item, Lit, LitStr, Meta, Pat,
    punctuated::Punctuated,
};

use super::render;

/// A function of the generated client that sends a request.
pub(super) struct Operation {
    /// Method and path, by the documentation of the function.
    pub(super) request: String,
    arguments: Vec<String>,
    answer: String,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for argument in &self.arguments {
            writeln!(f, "    {argument}")?;
        }
        writeln!(f, "    -> {}", self.answer)
    }
}

/// The operations of the client by the names of their functions.
pub(super) fn operations(client: &syn::File) -> BTreeMap<String, Operation> {
    let functions = client.items.iter().flat_map(|item| match item {
        Item::Impl(block) if block.trait_.is_none() => block.items.as_slice(),
        _ => &[],
    });
    functions
        .filter_map(|item| match item {
            ImplItem::Fn(function) => Some((function.sig.ident.to_string(), operation(function)?)),
            _ => None,
        })
        .collect()
}

/// `None` for a function that sends nothing.
fn operation(function: &ImplItemFn) -> Option<Operation> {
    function.sig.asyncness.as_ref()?;
    let arguments = function.sig.inputs.iter().filter_map(|argument| match argument {
        FnArg::Receiver(_) => None,
        FnArg::Typed(argument) => {
            Some(format!("{}: {}", name(&argument.pat), render::ty(&argument.ty)))
        }
    });
    Some(Operation {
        request: request(&function.attrs),
        arguments: arguments.collect(),
        answer: render::output(&function.sig.output),
    })
}

fn name(pattern: &Pat) -> String {
    match pattern {
        Pat::Ident(name) => name.ident.to_string(),
        _ => panic!("an argument of a generated function has a name"),
    }
}

/// Progenitor writes: Sends a `GET` request to `/hardware/products`
fn request(attributes: &[Attribute]) -> String {
    let documentation: String = attributes.iter().filter_map(documentation).collect();
    let line = documentation.lines().find_map(|line| line.trim().strip_prefix("Sends a `"));
    let parts = line.and_then(|line| line.trim_end_matches('`').split_once("` request to `"));
    let (method, path) = parts.expect("a generated function says what it sends");
    format!("{method} {path}")
}

fn documentation(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    match &pair.value {
        Expr::Lit(literal) if pair.path.is_ident("doc") => match &literal.lit {
            Lit::Str(text) => Some(text.value() + "\n"),
            _ => None,
        },
        _ => None,
    }
}

/// The generated types by their names, each with its traits and a line for each field or variant.
///
/// # Panics
///
/// When the generator makes a kind of item that it did not make before.
pub(super) fn types(types: &syn::File) -> BTreeMap<String, String> {
    let items = types.items.iter().filter_map(|item| match item {
        Item::Struct(of) => {
            let head = format!("struct {}{}", of.ident, traits(&of.attrs));
            Some((of.ident.to_string(), digest(head, fields(&of.fields))))
        }
        Item::Enum(of) => {
            let head = format!("enum {}{}", of.ident, traits(&of.attrs));
            let variants = of.variants.iter().map(|variant| {
                let name = wire_name(&variant.ident.to_string(), &variant.attrs);
                format!("{name}({})", fields(&variant.fields).join(", "))
            });
            Some((of.ident.to_string(), digest(head, variants.collect())))
        }
        Item::Type(of) => {
            let line = format!("type {} = {}\n", of.ident, render::ty(&of.ty));
            Some((of.ident.to_string(), line))
        }
        // Conversions, and the error that some of them fail with.
        Item::Impl(_) => None,
        Item::Mod(of) if of.ident == "error" => None,
        _ => panic!("the digest does not know this kind of item: {item:?}"),
    });
    items.collect()
}

fn digest(head: String, lines: Vec<String>) -> String {
    lines.into_iter().fold(head + "\n", |digest, line| digest + "    " + &line + "\n")
}

/// The derived traits: what users of a type rely on.
fn traits(attributes: &[Attribute]) -> String {
    let derives = attributes.iter().filter(|attribute| attribute.path().is_ident("derive"));
    let paths = derives.flat_map(|derive| {
        let parser = Punctuated::<syn::Path, syn::Token![,]>::parse_terminated;
        derive.parse_args_with(parser).expect("a derive lists traits")
    });
    let mut traits: Vec<_> = paths
        .filter_map(|path| path.segments.last().map(|trait_| trait_.ident.to_string()))
        .collect();
    traits.sort();
    format!(": {}", traits.join(" + "))
}

/// Sorted: in Rust and in JSON the order of fields means nothing.
fn fields(fields: &Fields) -> Vec<String> {
    let mut lines: Vec<_> = fields.iter().map(field).collect();
    lines.sort();
    lines
}

fn field(field: &Field) -> String {
    let ty = render::ty(&field.ty);
    match &field.ident {
        Some(name) => format!("{}: {ty}", wire_name(&name.to_string(), &field.attrs)),
        None => ty,
    }
}

/// The name on the wire, then the one in Rust where it is another, then what else serde is told.
fn wire_name(name: &str, attributes: &[Attribute]) -> String {
    let mut wire = name.to_owned();
    let mut notes = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let read = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                wire = meta.value()?.parse::<LitStr>()?.value();
            } else if meta.path.is_ident("skip_serializing_if") {
                // Every optional field has it.
                meta.value()?.parse::<LitStr>()?;
            } else {
                notes.push(render::path(&meta.path));
                if let Ok(value) = meta.value() {
                    value.parse::<LitStr>()?;
                }
            }
            Ok(())
        });
        read.expect("the digest knows the form of serde's attributes");
    }
    let rust = if wire == name { String::new() } else { format!(" as {name}") };
    let notes: String = notes.iter().map(|note| format!(" [{note}]")).collect();
    wire + &rust + &notes
}
