//! Requests from files, in JSON or TOML, with what the flags say over them.

mod fields;
mod file;

use std::{marker::PhantomData, path::Path};

use hardware_dashboard::model::OsCode;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::{failure::Failure, output::Console};

/// A request on its way to being whole.
#[derive(Debug)]
pub(crate) struct Request<T> {
    /// What it was read from, for messages.
    origin: String,
    fields: Map<String, Value>,
    of: PhantomData<T>,
}

impl<T: DeserializeOwned + JsonSchema> Request<T> {
    /// Reads a request from a file; without one it is empty.
    ///
    /// Besides the request as the API takes it, the envelope of Microsoft's tool is read: `kinds`
    /// are the names that the request goes by in it, that of the field and that of the type. Names
    /// of fields are taken in any case; those that the service does not know are told and left out.
    pub(crate) async fn read(
        console: &Console,
        from: Option<&Path>,
        kinds: &[&str; 2],
    ) -> Result<Self, Failure> {
        let Some(path) = from else {
            return Ok(Self::new("the flags".to_owned(), Map::new()));
        };
        let file = file::read(path).await?;
        let mut request = Value::Object(unwrapped(&file.origin, file.fields, kinds)?);
        let schema = schemars::schema_for!(T).to_value();
        for unknown in fields::settle(&mut request, &schema) {
            let hint = unknown.closest.map(|closest| format!("Did you mean {closest}?"));
            let message = format!(
                "{}: {} is not a field that the service knows; it is not sent",
                file.origin, unknown.path
            );
            console.warn(&message, hint.as_deref());
        }
        let Value::Object(fields) = request else { return Ok(Self::new(file.origin, Map::new())) };
        Ok(Self::new(file.origin, fields))
    }

    fn new(origin: String, fields: Map<String, Value>) -> Self {
        Self { origin, fields, of: PhantomData }
    }

    /// Sets a field, if there is a value for it.
    pub(crate) fn set(&mut self, name: &str, value: Option<impl Serialize>) {
        if let Some(value) = value {
            self.fields.insert(name.to_owned(), json!(value));
        }
    }

    /// Sets a field to these values, if there are any.
    pub(crate) fn set_all(&mut self, name: &str, values: &[impl Serialize]) {
        self.set(name, (!values.is_empty()).then_some(values));
    }

    /// Sets a field that was not set.
    pub(crate) fn set_default(&mut self, name: &str, value: impl Serialize) {
        if self.fields.get(name).is_none_or(Value::is_null) {
            self.set(name, Some(value));
        }
    }

    /// Refuses a request in which this field is missing.
    pub(crate) fn needs(&self, name: &str, flag: &str) -> Result<(), Failure> {
        if self.fields.get(name).is_some_and(|value| !value.is_null()) {
            return Ok(());
        }
        Err(Failure::input(
            format!("no {name} was given"),
            format!("Give {flag}, or a file by --from that holds {name}."),
        ))
    }

    pub(crate) fn into_typed(self) -> Result<T, Failure> {
        serde_path_to_error::deserialize(Value::Object(self.fields)).map_err(|error| {
            let (path, error) = (error.path().to_string(), error.into_inner());
            Failure::input(
                format!("{}: {path}: {error}", self.origin),
                "Mend it and try again; nothing was sent. hwdash schema tells what goes where.",
            )
        })
    }
}

/// Takes a request out of the envelope of Microsoft's tool, if it is in one.
fn unwrapped(
    origin: &str,
    mut fields: Map<String, Value>,
    [field, kind]: &[&str; 2],
) -> Result<Map<String, Value>, Failure> {
    let key = |wanted: &str| fields.keys().find(|key| key.eq_ignore_ascii_case(wanted)).cloned();
    let named = key("createType").and_then(|key| fields.get(&key).cloned());
    if let Some(Value::String(named)) = &named
        && !named.eq_ignore_ascii_case(kind)
    {
        return Err(Failure::input(
            format!("{origin} holds a {named} (createType), not a {kind}"),
            "Give it to the command of its noun: hwdash product, submission or label.",
        ));
    }
    match key(field).and_then(|key| fields.remove(&key)) {
        Some(Value::Object(inner)) => Ok(inner),
        Some(_) => Err(Failure::input(
            format!("{origin}: {field} is not an object"),
            "Put the fields of the request into it.",
        )),
        None if named.is_some() => Err(Failure::input(
            format!("{origin} has a createType, but no {field}"),
            format!("Put the fields of the request into {field}, or leave createType out."),
        )),
        None => Ok(fields),
    }
}

/// People write friendly names into files, too.
pub(crate) fn settle_code(code: &mut OsCode) {
    *code = code.as_str().into();
}

/// The list of codes grows with Windows, so one that we do not know may be right.
pub(crate) fn warn_of_unknown_codes(console: &Console, codes: &[OsCode]) {
    for code in codes.iter().filter(|code| !code.is_known()) {
        let hint = code.closest().map(|closest| format!("Did you mean {closest}?"));
        let message = format!("{code} is not among the OS codes that hwdash knows");
        console.warn(&message, hint.as_deref());
    }
}
