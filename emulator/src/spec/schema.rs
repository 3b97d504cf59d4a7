//! Schemas of the specification, compiled to JSON Schema validators.

use std::{collections::HashMap, fmt, sync::Arc};

use jsonschema::{
    Draft, ValidationError, Validator, error::ValidationErrorKind, paths::LocationSegment,
};
use serde_json::{Map, Value, json};

/// Where a value does not fit the specification, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// The place as a JSON path, `$.value[3].id`.
    pub(crate) path: String,
    /// What is wrong there.
    pub(crate) reason: String,
    /// Something that is required is missing, while all else may fit.
    pub(crate) missing: bool,
}

impl Misfit {
    pub(crate) fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into(), missing: false }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}

/// One compiled schema.
#[derive(Clone, Debug)]
pub(super) struct Schema(Arc<Validator>);

impl Schema {
    /// Checks a value; the first misfit is reported.
    pub(super) fn check(&self, value: &Value) -> Result<(), Misfit> {
        self.0.validate(value).map_err(|error| misfit(&error))
    }

    pub(super) fn fits(&self, value: &Value) -> bool {
        self.0.is_valid(value)
    }
}

/// The components of a document, from which schemas are compiled.
pub(super) struct Schemas<'a> {
    document: &'a Value,
    /// `components.schemas` as JSON Schema, under the same pointers.
    components: Value,
    compiled: HashMap<String, Schema>,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(document: &'a Value) -> Self {
        let components = json!({ "schemas": convert(&document["components"]["schemas"]) });
        Self { document, components, compiled: HashMap::new() }
    }

    /// Follows `$ref` (of a parameter, an answer, a body) to what it names.
    pub(super) fn resolve<'v>(&self, value: &'v Value) -> Result<&'v Value, String>
    where
        'a: 'v,
    {
        let Some(reference) = value["$ref"].as_str() else { return Ok(value) };
        reference
            .strip_prefix('#')
            .and_then(|pointer| self.document.pointer(pointer))
            .ok_or_else(|| format!("{reference} leads nowhere"))
    }

    /// The names of an object schema's own properties; `$ref` is followed.
    pub(super) fn properties(&self, schema: &Value) -> Result<Vec<String>, String> {
        let object = self.resolve(schema)?["properties"].as_object();
        Ok(object.map(|properties| properties.keys().cloned().collect()).unwrap_or_default())
    }

    /// Compiles a schema; equal ones are compiled once.
    pub(super) fn compile(&mut self, schema: &Value) -> Result<Schema, String> {
        let key = schema.to_string();
        if let Some(compiled) = self.compiled.get(&key) {
            return Ok(compiled.clone());
        }
        // The references `#/components/schemas/…` hold because the components stand beside it.
        let root = json!({ "allOf": [convert(schema)], "components": self.components });
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(false)
            .build(&root)
            .map_err(|error| format!("schema {key}: {error}"))?;
        let compiled = Schema(Arc::new(validator));
        self.compiled.insert(key, compiled.clone());
        Ok(compiled)
    }
}

/// Turns what OpenAPI 3.0 alone has into JSON Schema, at every depth: `nullable`, and the formats
/// that say how large an integer may be.
fn convert(schema: &Value) -> Value {
    match schema {
        Value::Object(object) => convert_object(object),
        Value::Array(items) => items.iter().map(convert).collect(),
        other => other.clone(),
    }
}

fn convert_object(object: &Map<String, Value>) -> Value {
    let mut converted: Map<String, Value> =
        object.iter().map(|(key, value)| (key.clone(), convert(value))).collect();
    if let Some((least, most)) = integer_bounds(object) {
        converted.entry("minimum").or_insert(least.into());
        converted.entry("maximum").or_insert(most.into());
    }
    // Only the keyword is meant: a property of that name would hold a schema, not a boolean.
    if converted.get("nullable") != Some(&Value::Bool(true)) {
        return Value::Object(converted);
    }
    converted.remove("nullable");
    match converted.get("type").cloned() {
        Some(Value::String(name)) if !converted.contains_key("enum") => {
            converted.insert("type".to_owned(), json!([name, "null"]));
            Value::Object(converted)
        }
        _ => json!({ "anyOf": [converted, { "type": "null" }] }),
    }
}

fn integer_bounds(schema: &Map<String, Value>) -> Option<(i64, i64)> {
    match (schema.get("type")?.as_str()?, schema.get("format")?.as_str()?) {
        ("integer", "int32") => Some((i32::MIN.into(), i32::MAX.into())),
        // A number below all of these is read as a float that equals the least of them.
        ("integer", "int64") => Some((i64::MIN + 1, i64::MAX)),
        _ => None,
    }
}

/// The most telling cause: inside alternatives the one that got furthest into the value.
fn misfit(error: &ValidationError<'_>) -> Misfit {
    let error = deepest(error);
    let path = json_path(error);
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let path = format!("{path}.{}", property.as_str().unwrap_or_default());
            Misfit { path, reason: "the field is required".to_owned(), missing: true }
        }
        _ => Misfit::new(path, error.masked().to_string()),
    }
}

fn deepest<'e, 'i>(error: &'e ValidationError<'i>) -> &'e ValidationError<'i>
where
    'static: 'i,
{
    let (ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context }) =
        error.kind()
    else {
        return error;
    };
    let depth = |error: &ValidationError<'_>| error.instance_path().into_iter().count();
    let furthest = context.iter().flatten().map(deepest).max_by_key(|e| depth(e));
    match furthest {
        Some(inner) if depth(inner) > depth(error) => inner,
        _ => error,
    }
}

fn json_path(error: &ValidationError<'_>) -> String {
    let mut path = "$".to_owned();
    for segment in error.instance_path() {
        match segment {
            LocationSegment::Property(name) => {
                path.push('.');
                path.push_str(&name);
            }
            LocationSegment::Index(index) => path.push_str(&format!("[{index}]")),
        }
    }
    path
}
