//! Reads the file, and finds what does not belong there.

use schemars::schema_for;
use serde_json::Value;
use toml::de::{DeTable, DeValue, Deserializer};

use super::{
    fault::{Fault, closest, line, plain},
    model::File,
};

/// What hints end with.
const TELL_ME_ALL: &str = "hwdash schema config prints all settings.";

/// Settings with such an ending hold what must not stand in the file.
const SECRET: &[&str] = &["secret", "password", "key", "token"];

pub(super) fn parse(text: &str) -> Result<File, Fault> {
    let table = DeTable::parse(text).map_err(|error| no_toml(text, &error))?;
    let schema = schema_for!(File).to_value();
    let place =
        Place { text, root: &schema, path: String::new(), shapes: shapes(&schema, &schema) };
    place.check(table.get_ref())?;
    let read = Deserializer::parse(text).map_err(|error| no_toml(text, &error))?;
    serde_path_to_error::deserialize(read).map_err(|error| Fault {
        line: line_of(text, error.inner()),
        message: format!("{} {}", error.path(), expectation(error.inner().message())),
        hint: TELL_ME_ALL.to_owned(),
    })
}

fn no_toml(text: &str, error: &toml::de::Error) -> Fault {
    Fault {
        line: line_of(text, error),
        // The parser tells the rule of TOML that was broken, nothing of the text.
        message: error.message().to_owned(),
        hint: "A text must stand in quotes, such as tenant-id = \"…\".".to_owned(),
    }
}

fn line_of(text: &str, error: &toml::de::Error) -> usize {
    line(text, error.span().unwrap_or_default().start)
}

/// Serde's messages tell what was found before what was expected, and that may be a secret.
fn expectation(message: &str) -> String {
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!("should be {expected}"),
        None if message.starts_with("missing field ") => {
            message.replacen("missing field", "needs a setting", 1)
        }
        None => "holds something else than belongs there".to_owned(),
    }
}

/// A table of the file, and what the schema says of it.
struct Place<'a> {
    text: &'a str,
    root: &'a Value,
    path: String,
    /// The table may be any of these.
    shapes: Vec<&'a Value>,
}

impl<'a> Place<'a> {
    fn check(&self, table: &DeTable<'_>) -> Result<(), Fault> {
        table.iter().try_for_each(|(key, value)| {
            let (name, at) = (key.get_ref().as_ref(), key.span().start);
            if holds_secret(name, value.get_ref()) {
                return Err(self.secret(name, at));
            }
            let below = self.below(name).ok_or_else(|| self.unknown(name, at))?;
            value.get_ref().as_table().map_or(Ok(()), |table| below.check(table))
        })
    }

    /// The table of this name, if there may be one.
    fn below(&self, name: &str) -> Option<Place<'a>> {
        let named = |shape: &&'a Value| shape.get("properties")?.get(name);
        // Profiles have any name.
        let any = |shape: &&'a Value| shape.get("additionalProperties").filter(|it| it.is_object());
        let found = self.shapes.iter().filter_map(|shape| named(shape).or_else(|| any(shape)));
        let shapes: Vec<_> = found.flat_map(|schema| shapes(schema, self.root)).collect();
        let path = format!("{}{name}.", self.path);
        (!shapes.is_empty()).then_some(Place { path, shapes, ..*self })
    }

    fn unknown(&self, name: &str, at: usize) -> Fault {
        let tables = self.shapes.iter().filter_map(|shape| shape.get("properties")?.as_object());
        let known = tables.flat_map(|table| table.keys().map(String::as_str));
        let meant = closest(name, known).map(|known| format!("Did you mean {known}? "));
        Fault {
            line: line(self.text, at),
            message: format!("there is no setting {}{name}", self.path),
            hint: meant.unwrap_or_default() + TELL_ME_ALL,
        }
    }

    fn secret(&self, name: &str, at: usize) -> Fault {
        Fault {
            line: line(self.text, at),
            message: format!("{}{name} holds a secret, which must not stand in this file", self.path),
            hint: "Take it out, and name the place where it is kept: credential = { client-secret = \
                   { file = \"…\" } }, or { command = [\"…\"] } in the place of file. If others could \
                   read it, make a new secret."
                .to_owned(),
        }
    }
}

/// What a schema may stand for.
fn shapes<'a>(schema: &'a Value, root: &'a Value) -> Vec<&'a Value> {
    if let Some(place) = schema.get("$ref").and_then(Value::as_str) {
        let definition = root.pointer(place.trim_start_matches('#'));
        return definition.map_or(Vec::new(), |schema| shapes(schema, root));
    }
    let choices = ["anyOf", "oneOf"].iter().find_map(|name| schema.get(name)?.as_array());
    match choices {
        Some(choices) => choices.iter().flat_map(|choice| shapes(choice, root)).collect(),
        None => vec![schema],
    }
}

/// Whether somebody wrote a secret itself. `stdin` is the one word that names a place.
fn holds_secret(name: &str, value: &DeValue<'_>) -> bool {
    let name = plain(name);
    SECRET.iter().any(|ending| name.ends_with(ending))
        && value.as_str().is_some_and(|value| value != "stdin")
}

#[cfg(test)]
mod tests;
