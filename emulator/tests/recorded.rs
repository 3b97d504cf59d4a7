//! Reads recordings by the rules of `tests/recordings/README.md`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde::Deserialize;
use serde_json::Value;

/// One file of a recording.
#[derive(Debug)]
pub(crate) struct Recorded {
    /// The file's name without its ending.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) operation: String,
    pub(crate) about: String,
    pub(crate) request: Asked,
    pub(crate) response: Answered,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exchange {
    operation: String,
    about: String,
    request: Asked,
    response: Answered,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Option<Value>,
    pub(crate) form: Option<BTreeMap<String, String>>,
    base64: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    headers: BTreeMap<String, String>,
    pub(crate) body: Option<Value>,
    text: Option<String>,
    base64: Option<String>,
}

/// Every file of a recording, in the order of their numbers.
///
/// # Panics
///
/// When one breaks the format.
pub(crate) fn all(folder: &Path) -> Vec<Recorded> {
    let mut recorded = Vec::new();
    for operation in entries(folder) {
        for file in entries(&folder.join(&operation)) {
            recorded.push(read(folder, &operation, &file));
        }
    }
    recorded.sort_by(|one, other| one.name.cmp(&other.name));
    recorded
}

fn entries(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    entries.map(|entry| name(entry).into_string().expect("a readable name")).collect()
}

fn read(folder: &Path, operation: &str, file: &str) -> Recorded {
    let text = fs::read_to_string(folder.join(operation).join(file)).expect("a file of text");
    let exchange: Exchange = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{operation}/{file}: {error} in {text}"));
    let name = file.strip_suffix(".json").expect("the ending");
    assert!(name.split('-').all(is_word), "{file} is not kebab-case");
    assert_eq!(exchange.operation, operation, "{file} lies in the wrong folder");
    assert!(exchange.about.ends_with('.') && !exchange.about.contains('\n'), "{}", exchange.about);
    check_bodies(file, &exchange);
    let Exchange { operation, about, request, response } = exchange;
    Recorded { name: name.to_owned(), text, operation, about, request, response }
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

fn check_bodies(file: &str, Exchange { request, response, .. }: &Exchange) {
    let sent = [request.body.is_some(), request.form.is_some(), request.base64.is_some()];
    let answered = [response.body.is_some(), response.text.is_some(), response.base64.is_some()];
    for bodies in [sent, answered] {
        assert!(bodies.iter().filter(|&&body| body).count() <= 1, "two bodies in {file}");
    }
    let scrubbed =
        request.headers.get("authorization").is_none_or(|value| value.ends_with(" {token}"));
    assert!(scrubbed, "a token in {file}");
    assert!(!response.headers.contains_key("set-cookie"), "a cookie in {file}");
}
