//! The files of `tests/recordings`: their format and how they are read.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http_body_util::Full;
use serde::Deserialize;
use serde_json::Value;

use crate::spec::Spec;

const RECORDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings");

/// The one folder that is not an operation of the API: the token endpoint.
const TOKEN: &str = "token";

/// One file of `tests/recordings`.
#[derive(Clone, Debug)]
pub(crate) struct Recording {
    /// Folder and file without its ending, such as `getProduct/id-as-string`.
    pub(crate) name: String,
    /// What the file holds.
    pub(crate) exchange: Exchange,
}

/// A request and the answer to it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exchange {
    /// The operationId, or `token`.
    pub(crate) operation: String,
    /// One sentence: what this exchange shows.
    pub(crate) about: String,
    pub(crate) request: Request,
    pub(crate) response: Response,
}

/// What the client has to send. At most one of the three bodies is given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    /// The headers that matter; a value may hold a placeholder.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Option<Value>,
    pub(crate) form: Option<BTreeMap<String, String>>,
    pub(crate) base64: Option<Base64>,
}

/// What the server answers. At most one of the three bodies is given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Option<Value>,
    pub(crate) text: Option<String>,
    pub(crate) base64: Option<Base64>,
}

/// Bytes, written as base64.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Base64(pub(crate) Bytes);

impl TryFrom<String> for Base64 {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        BASE64_STANDARD.decode(text).map(|bytes| Self(bytes.into()))
    }
}

impl Response {
    /// The answer as it goes over the wire.
    pub(super) fn to_http(&self) -> Result<http::Response<Full<Bytes>>, http::Error> {
        let mut response = http::Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        response.body(Full::new(self.bytes()))
    }

    fn bytes(&self) -> Bytes {
        match (&self.body, &self.text, &self.base64) {
            (Some(json), ..) => json.to_string().into(),
            (None, Some(text), _) => text.clone().into(),
            (None, None, Some(bytes)) => bytes.0.clone(),
            (None, None, None) => Bytes::new(),
        }
    }
}

/// Every recording, in the order of the names.
///
/// # Panics
///
/// When a file or folder does not belong there or does not fit the format; the message lists all.
pub(crate) fn all() -> Vec<Recording> {
    let folders = folders();
    let mut recordings = Vec::new();
    let mut problems = Vec::new();
    for folder in entries(Path::new(RECORDINGS)) {
        if folder == "README.md" {
            continue;
        }
        if !folders.contains(&folder) {
            problems.push(format!("{folder}: not an operationId of the spec and not `{TOKEN}`"));
            continue;
        }
        for file in entries(&Path::new(RECORDINGS).join(&folder)) {
            match read(&folder, &file) {
                Ok(recording) => recordings.push(recording),
                Err(problem) => problems.push(format!("{folder}/{file}: {problem}")),
            }
        }
    }
    assert!(problems.is_empty(), "tests/recordings is not in order:\n{}", problems.join("\n"));
    recordings
}

/// The exchange of one recording, such as `getProduct/id-as-string`.
///
/// # Panics
///
/// When there is none of this name, or it does not fit the format.
pub(crate) fn named(name: &str) -> Exchange {
    let (folder, case) = name.split_once('/').expect("a name is `operation/case`");
    match read(folder, &format!("{case}.json")) {
        Ok(recording) => recording.exchange,
        Err(problem) => panic!("tests/recordings/{name}.json: {problem}"),
    }
}

/// The folders that there may be: the operations of the spec, and the token endpoint.
pub(super) fn folders() -> BTreeSet<String> {
    Spec::read().operations().into_keys().chain([TOKEN.to_owned()]).collect()
}

/// The names of what lies in a folder, sorted.
fn entries(folder: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(folder).and_then(|entries| {
        entries
            .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
            .collect::<io::Result<_>>()
    });
    names.unwrap_or_else(|error| panic!("{} cannot be listed: {error}", folder.display()))
}

fn read(folder: &str, file: &str) -> Result<Recording, String> {
    let case = file.strip_suffix(".json").filter(|case| is_kebab(case));
    let case = case.ok_or("the name of a recording is `case-in-kebab.json`")?;
    let path = Path::new(RECORDINGS).join(folder).join(file);
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    Ok(Recording { name: format!("{folder}/{case}"), exchange: parse(folder, &text)? })
}

/// Reads the text of a recording and checks what its types cannot.
pub(super) fn parse(folder: &str, text: &str) -> Result<Exchange, String> {
    if let Some(secret) = unscrubbed(text) {
        return Err(format!("holds {secret}: scrub it before it is committed"));
    }
    let exchange: Exchange = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let Exchange { operation, request, response, .. } = &exchange;
    if operation != folder {
        return Err(format!("`operation` is {operation}, but the folder is {folder}"));
    }
    let sent = [request.body.is_some(), request.form.is_some(), request.base64.is_some()];
    let answered = [response.body.is_some(), response.text.is_some(), response.base64.is_some()];
    if [sent, answered].iter().any(|given| given.iter().filter(|&&given| given).count() > 1) {
        return Err("a request or response has more than one kind of body".to_owned());
    }
    response.to_http().map_err(|error| format!("`response` cannot be sent: {error}"))?;
    Ok(exchange)
}

/// What in the text would open a door.
fn unscrubbed(text: &str) -> Option<&'static str> {
    if text.split("sig=").skip(1).any(|rest| !rest.starts_with("REDACTED")) {
        return Some("the signature of a SAS URL");
    }
    // The second part of every JSON web token begins like this.
    text.contains(".eyJ").then_some("a token")
}

fn is_kebab(case: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    case.split('-').all(word)
}
