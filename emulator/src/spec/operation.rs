//! One operation of the specification: what it takes and what it answers.

use std::collections::HashMap;

use http::{Method, StatusCode};
use serde_json::Value;

use super::{
    Misfit,
    schema::{Schema, Schemas},
};
use crate::answer::{Answer, Content};

/// An operation with its compiled checks.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: Method,
    parameters: Vec<Parameter>,
    pub(crate) body: RequestBody,
    responses: Vec<ResponseRule>,
}

/// What an operation takes as its request's body.
#[derive(Debug)]
pub(crate) enum RequestBody {
    /// No body.
    None,
    /// JSON by a schema; the names are the properties that the service knows.
    Json(JsonBody),
    /// Bytes of any kind.
    Binary,
}

/// A JSON request body.
#[derive(Debug)]
pub(crate) struct JsonBody {
    schema: Schema,
    properties: Vec<String>,
}

impl JsonBody {
    /// Checks the body and drops what the service does not know, as it does with misspelt names.
    pub(crate) fn accept(&self, mut body: Value) -> Result<Value, Misfit> {
        self.schema.check(&body)?;
        if let Some(object) = body.as_object_mut() {
            object.retain(|name, _| self.properties.iter().any(|known| known == name));
        }
        Ok(body)
    }
}

#[derive(Debug)]
struct Parameter {
    name: String,
    in_path: bool,
    required: bool,
    schema: Schema,
}

/// What is declared for a status, or for a range such as `2XX`, or by `default`.
#[derive(Debug)]
struct ResponseRule {
    status: String,
    content: Declared,
}

#[derive(Debug)]
enum Declared {
    Nothing,
    Json(Schema),
    Binary,
}

impl Operation {
    pub(super) fn parse(
        method: &str,
        item: &Value,
        definition: &Value,
        schemas: &mut Schemas<'_>,
    ) -> Result<Self, String> {
        let id = definition["operationId"].as_str().ok_or("it has no operationId")?.to_owned();
        let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes())
            .map_err(|error| error.to_string())?;
        let shared = item["parameters"].as_array().into_iter().flatten();
        let own = definition["parameters"].as_array().into_iter().flatten();
        let parameters = shared
            .chain(own)
            .map(|parameter| Parameter::parse(parameter, schemas))
            .collect::<Result<_, _>>()?;
        let body = RequestBody::parse(&definition["requestBody"], schemas)?;
        let responses = definition["responses"].as_object().ok_or("it has no responses")?;
        let responses = responses
            .iter()
            .map(|(status, response)| ResponseRule::parse(status, response, schemas))
            .collect::<Result<_, _>>()?;
        Ok(Self { id, method, parameters, body, responses })
    }

    /// Checks the parameters of a request.
    pub(crate) fn check_parameters(
        &self,
        path: &HashMap<String, String>,
        query: &HashMap<String, String>,
    ) -> Result<(), Misfit> {
        for parameter in &self.parameters {
            let given = if parameter.in_path { path } else { query };
            parameter.check(given.get(&parameter.name).map(String::as_str))?;
        }
        Ok(())
    }

    /// Checks an answer of our own.
    pub(crate) fn check_answer(&self, answer: &Answer) -> Result<(), Misfit> {
        let misfit = |reason: &str| Err(Misfit::new("$", reason));
        let Some(rule) = self.rule(answer.status) else {
            return misfit("the status is not declared");
        };
        match (&rule.content, &answer.content) {
            (Declared::Json(schema), Content::Json(value)) => schema.check(value),
            (Declared::Nothing, Content::Empty) | (Declared::Binary, Content::Bytes(_)) => Ok(()),
            (Declared::Nothing, _) => misfit("a body where none is declared"),
            (Declared::Json(_), _) => misfit("no JSON where JSON is declared"),
            (Declared::Binary, _) => misfit("no bytes where bytes are declared"),
        }
    }

    /// The most exact rule for a status: itself, its range, the default.
    fn rule(&self, status: StatusCode) -> Option<&ResponseRule> {
        let exact = status.as_str();
        let range = format!("{}XX", status.as_u16() / 100);
        [exact, range.as_str(), "default"]
            .iter()
            .find_map(|wanted| self.responses.iter().find(|rule| rule.status == *wanted))
    }
}

impl RequestBody {
    fn parse(definition: &Value, schemas: &mut Schemas<'_>) -> Result<Self, String> {
        if definition.is_null() {
            return Ok(Self::None);
        }
        let content = &schemas.resolve(definition)?["content"];
        if !content["application/octet-stream"].is_null() {
            return Ok(Self::Binary);
        }
        let schema = &content["application/json"]["schema"];
        if schema.is_null() {
            return Err("its request body is neither JSON nor bytes".to_owned());
        }
        let properties = schemas.properties(schema)?;
        Ok(Self::Json(JsonBody { schema: schemas.compile(schema)?, properties }))
    }
}

impl Parameter {
    fn parse(definition: &Value, schemas: &mut Schemas<'_>) -> Result<Self, String> {
        let definition = schemas.resolve(definition)?;
        Ok(Self {
            name: definition["name"].as_str().ok_or("a parameter has no name")?.to_owned(),
            in_path: definition["in"] == "path",
            required: definition["required"] == true,
            schema: schemas.compile(&definition["schema"])?,
        })
    }

    fn check(&self, text: Option<&str>) -> Result<(), Misfit> {
        let misfit = |reason| Misfit::new(&self.name, reason);
        match text {
            None if self.required => Err(misfit("the parameter is missing")),
            None => Ok(()),
            Some(text) if readings(text).iter().any(|value| self.schema.fits(value)) => Ok(()),
            Some(_) => Err(misfit("the parameter's value does not fit")),
        }
    }
}

/// What a parameter's text may mean: a parameter carries no type, its schema decides.
fn readings(text: &str) -> Vec<Value> {
    let mut readings = vec![Value::from(text)];
    if let Ok(number) = text.parse::<i64>() {
        readings.push(Value::from(number));
    }
    if let Ok(truth) = text.parse::<bool>() {
        readings.push(Value::from(truth));
    }
    readings
}

impl ResponseRule {
    fn parse(status: &str, definition: &Value, schemas: &mut Schemas<'_>) -> Result<Self, String> {
        let content = &schemas.resolve(definition)?["content"];
        let schema = &content["application/json"]["schema"];
        let content = if !schema.is_null() {
            Declared::Json(schemas.compile(schema)?)
        } else if content.is_null() {
            Declared::Nothing
        } else {
            Declared::Binary
        };
        Ok(Self { status: status.to_owned(), content })
    }
}
