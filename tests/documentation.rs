//! Every public item and method of the library is shown by an example, or says where one is.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta, Type, Visibility};

/// What the build script makes.
const GENERATED: [&str; 2] =
    [concat!(env!("OUT_DIR"), "/raw.rs"), concat!(env!("OUT_DIR"), "/types.rs")];

/// Where that is included. The raw client has its example at `Client::raw`.
const INCLUDED: [&str; 2] = ["client::raw", "model::generated"];
const RAW: &str = INCLUDED[0];

/// What nobody outside can name: the generated client carries it along.
const UNNAMEABLE: &[&str] = &["client::transport::Attempt"];

/// A public item.
#[derive(Default)]
struct Shown {
    is_public: bool,
    /// Its documentation, with that of its `impl` blocks and their methods.
    text: String,
    /// Its public methods, each with its own documentation.
    methods: Vec<(String, String)>,
}

/// All items by module path and name.
type Items = BTreeMap<String, Shown>;

#[test]
fn every_public_item_has_an_example_or_a_link_to_one() {
    let items = items();
    let public = || items.iter().filter(|(_, item)| item.is_public);
    assert!(public().count() > 100 && items.contains_key("client::Client"), "they are elsewhere");
    let bare: Vec<_> =
        public().filter(|(_, item)| !shows(&item.text)).map(|(path, _)| path).collect();
    assert!(bare.is_empty(), "these are shown nowhere: {bare:#?}");
}

#[test]
fn every_public_method_is_in_an_example_or_has_a_link_to_one() {
    let examples = examples();
    let mut bare = Vec::new();
    for (path, item) in items() {
        for (name, text) in item.methods {
            let calls =
                [format!(".{name}("), format!("::{name}("), format!("crate::Error::{name})")];
            let is_called = calls.iter().any(|call| examples.contains(call.as_str()));
            if !shows(&text) && !is_called {
                bare.push(format!("{path}::{name}"));
            }
        }
    }
    assert!(bare.is_empty(), "these are shown nowhere: {bare:#?}");
}

fn shows(text: &str) -> bool {
    text.contains("```") || text.contains("the example of [") || text.contains("has an example")
}

fn items() -> Items {
    let mut items = Items::new();
    let mut blocks = Vec::new();
    for (module, code) in sources() {
        for item in code.items {
            if let Item::Impl(block) = item {
                blocks.push((module.clone(), block));
            } else if let Some((name, is_public, attributes)) = described(&item) {
                let entry = items.entry(path(&module, &name)).or_default();
                entry.is_public |= is_public;
                entry.text.push_str(&documentation(attributes));
            }
        }
    }
    for (module, block) in blocks.into_iter().filter(|(_, block)| block.trait_.is_none()) {
        let Type::Path(of) = &*block.self_ty else { continue };
        let Some(of) = of.path.segments.last() else { continue };
        let item = owner(&mut items, &module, &of.ident.to_string());
        item.text.push_str(&documentation(&block.attrs));
        // The operations of the generated client are as many as the spec's.
        for each in block.items.iter().filter(|_| item.is_public && module != RAW) {
            let ImplItem::Fn(method) = each else { continue };
            let text = documentation(&method.attrs);
            item.text.push_str(&text);
            if matches!(method.vis, Visibility::Public(_)) {
                item.methods.push((method.sig.ident.to_string(), text));
            }
        }
    }
    items.retain(|path, _| !UNNAMEABLE.contains(&path.as_str()) && !path.starts_with(RAW));
    items
}

/// What an `impl` block is of: an item of its module, or else the only one of that name that others
/// can see.
fn owner<'a>(items: &'a mut Items, module: &str, name: &str) -> &'a mut Shown {
    let here = path(module, name);
    let path = if items.contains_key(&here) {
        here
    } else {
        let end = format!("::{name}");
        let named = |path: &&String| path.ends_with(&end);
        let mut found: Vec<_> = items.keys().filter(named).cloned().collect();
        if found.len() > 1 {
            found.retain(|path| items[path].is_public);
        }
        assert_eq!(found.len(), 1, "{name}, as {module} calls it, is one of {found:?}");
        found[0].clone()
    };
    items.get_mut(&path).expect("it is there")
}

fn path(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}::{name}") }
}

/// All modules of the library with their code, the generated ones too.
fn sources() -> Vec<(String, syn::File)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources: Vec<_> = files(&root)
        .into_iter()
        .map(|file| {
            let inside = file.strip_prefix(&root).expect("it is inside").with_extension("");
            let names: Vec<_> = inside.iter().map(|name| name.to_string_lossy()).collect();
            let module = names.join("::");
            // What stands in lib.rs stands at the root.
            (if module == "lib" { String::new() } else { module }, parse(&file))
        })
        .filter(|(module, _)| !module.ends_with("tests") && !INCLUDED.contains(&module.as_str()))
        .collect();
    let generated = GENERATED.iter().map(|file| parse(Path::new(file)));
    sources.extend(INCLUDED.iter().map(ToString::to_string).zip(generated));
    sources
}

fn parse(file: &Path) -> syn::File {
    let code = fs::read_to_string(file).expect("it can be read");
    syn::parse_file(&code).expect("it is Rust")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("it can be listed");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The lines of all examples, those of the README too, and the page that tells what to do with errors.
fn examples() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("src/handling_errors.rs")).expect("it can be read");
    let mut texts = vec![fs::read_to_string(root.join("README.md")).expect("it can be read")];
    for file in files(&root.join("src")) {
        let code = fs::read_to_string(file).expect("it can be read");
        let lines = code.lines().filter_map(|line| {
            let line = line.trim_start();
            line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))
        });
        texts.push(lines.collect::<Vec<_>>().join("\n"));
    }
    let in_fences = |text: &String| text.split("```").skip(1).step_by(2).collect::<String>();
    texts.iter().map(in_fences).chain([page]).collect()
}

/// Name, whether it is public, and attributes of an item that can be shown.
fn described(item: &Item) -> Option<(String, bool, &[Attribute])> {
    let is_public = |visibility: &Visibility| matches!(visibility, Visibility::Public(_));
    Some(match item {
        Item::Struct(of) => (of.ident.to_string(), is_public(&of.vis), &of.attrs),
        Item::Enum(of) => (of.ident.to_string(), is_public(&of.vis), &of.attrs),
        Item::Trait(of) => (of.ident.to_string(), is_public(&of.vis), &of.attrs),
        Item::Type(of) => (of.ident.to_string(), is_public(&of.vis), &of.attrs),
        Item::Const(of) => (of.ident.to_string(), is_public(&of.vis), &of.attrs),
        Item::Fn(of) => (of.sig.ident.to_string(), is_public(&of.vis), &of.attrs),
        _ => return None,
    })
}

fn documentation(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| {
        let pair = match &attribute.meta {
            Meta::NameValue(pair) => pair,
            // What the build script adds for rustdoc alone.
            Meta::List(list) if list.path.is_ident("cfg_attr") => {
                return Some(list.tokens.to_string());
            }
            _ => return None,
        };
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
