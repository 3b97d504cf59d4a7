//! Files that people write.

use std::path::Path;

use serde_json::{Map, Value};

use crate::{failure::Failure, reading};

const MEND: &str = "Mend it and try again; nothing was sent.";

/// An object from a file.
#[derive(Debug)]
pub(super) struct ObjectFile {
    /// How the file is called in messages.
    pub(super) origin: String,
    pub(super) fields: Map<String, Value>,
}

/// Reads a JSON or TOML file, or standard input for `-`.
pub(super) async fn read(path: &Path) -> Result<ObjectFile, Failure> {
    let is_stdin = path == Path::new("-");
    let origin = if is_stdin { "standard input".to_owned() } else { path.display().to_string() };
    let text = reading::read(path).await;
    let text = text.map_err(|error| Failure::file(format!("{origin} could not be read"), error))?;
    // What .NET's writers like to put at the beginning.
    let text = text.trim_start_matches('\u{FEFF}');
    let value = if is_toml(path, text) { toml(&origin, text) } else { json(&origin, text) }?;
    match value {
        Value::Object(fields) => Ok(ObjectFile { origin, fields }),
        _ => Err(Failure::input(format!("{origin} does not hold an object"), MEND)),
    }
}

/// By the ending of the name; where that says nothing, by what every object in JSON begins with.
fn is_toml(path: &Path, text: &str) -> bool {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some(ending) if ending.eq_ignore_ascii_case("toml") => true,
        Some(ending) if ending.eq_ignore_ascii_case("json") => false,
        _ => !text.trim_start().starts_with(['{', '[']),
    }
}

fn json(origin: &str, text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text)
        .map_err(|error| Failure::input(format!("{origin} is not JSON: {error}"), MEND))
}

fn toml(origin: &str, text: &str) -> Result<Value, Failure> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        Failure::input(format!("{origin} is not TOML: {} at line {line}", error.message()), MEND)
    })?;
    Ok(table.into_iter().map(|(key, value)| (key, from_toml(value))).collect())
}

/// TOML has dates of its own, which the API takes as text.
fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(yes) => yes.into(),
        toml::Value::Datetime(time) => time.to_string().into(),
        toml::Value::Array(values) => values.into_iter().map(from_toml).collect(),
        toml::Value::Table(table) => {
            table.into_iter().map(|(key, value)| (key, from_toml(value))).collect()
        }
    }
}
