//! Every public item of the library is shown by an example, or says where one is.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use syn::{Attribute, Expr, Item, Lit, Meta, Type, Visibility};

/// What the build script includes has the example of `model`, which stands for all of it.
const GENERATED: &[&str] = &["src/client/raw.rs", "src/model/generated.rs"];

/// What nobody outside can name: the generated client carries it along.
const UNNAMEABLE: &[&str] = &["Attempt"];

/// The documentation of a public item, with that of its own `impl` blocks.
type Documented = BTreeMap<String, String>;

#[test]
fn every_public_item_has_an_example_or_a_link_to_one() {
    let mut public = BTreeSet::new();
    let mut documented = Documented::new();
    for file in sources() {
        let code = fs::read_to_string(&file).expect("it can be read");
        let code = syn::parse_file(&code).expect("it is Rust");
        for item in &code.items {
            let Some((name, is_public, attributes)) = described(item) else { continue };
            documented.entry(name.clone()).or_default().push_str(&documentation(attributes));
            if is_public {
                public.insert(name);
            }
        }
    }
    assert!(public.contains("Client") && public.contains("Error"), "the sources are elsewhere");
    let shown = |name: &&String| {
        let text = &documented[*name];
        text.contains("```") || text.contains("the example of [") || text.contains("has an example")
    };
    public.retain(|name| !UNNAMEABLE.contains(&name.as_str()));
    let bare: Vec<_> = public.iter().filter(|name| !shown(name)).collect();
    assert!(bare.is_empty(), "these are shown nowhere: {bare:#?}");
}

/// All files of the library but those that stand for generated code.
fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("it can be listed") {
            let path = entry.expect("it can be listed").path();
            match path.extension() {
                None => folders.push(path),
                Some(_) => files.push(path),
            }
        }
    }
    files.retain(|file| !GENERATED.iter().any(|generated| *file == root.join(generated)));
    files
}

/// Name, whether it is public, and attributes of an item that can be shown. Methods go by their type.
fn described(item: &Item) -> Option<(String, bool, &[Attribute])> {
    let is_public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
    Some(match item {
        Item::Struct(of) => (of.ident.to_string(), is_public(&of.vis), &of.attrs),
        Item::Enum(of) => (of.ident.to_string(), is_public(&of.vis), &of.attrs),
        Item::Trait(of) => (of.ident.to_string(), is_public(&of.vis), &of.attrs),
        Item::Type(of) => (of.ident.to_string(), is_public(&of.vis), &of.attrs),
        Item::Const(of) => (of.ident.to_string(), is_public(&of.vis), &of.attrs),
        Item::Fn(of) => (of.sig.ident.to_string(), is_public(&of.vis), &of.attrs),
        Item::Impl(of) if of.trait_.is_none() => {
            let Type::Path(path) = &*of.self_ty else { return None };
            (path.path.segments.last()?.ident.to_string(), false, &of.attrs)
        }
        _ => return None,
    })
}

fn documentation(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else { return None };
        match &pair.value {
            Expr::Lit(literal) if pair.path.is_ident("doc") => match &literal.lit {
                Lit::Str(text) => Some(text.value() + "\n"),
                _ => None,
            },
            _ => None,
        }
    });
    lines.collect()
}
