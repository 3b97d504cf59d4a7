use std::collections::HashMap;

use http::{Method, StatusCode};
use serde_json::json;

use super::*;
use crate::answer::{Answer, Content};

const DOCUMENT: &str = r#"
paths:
  /things:
    post:
      operationId: createThing
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/NewThing'}
      responses:
        2XX:
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Thing'}
        '404': {description: nothing}
  /things/{thingId}:
    parameters:
      - {name: thingId, in: path, required: true, schema: {$ref: '#/components/schemas/ThingId'}}
      - {name: deep, in: query, schema: {type: boolean}}
      - {name: size, in: query, schema: {type: integer, format: int32, minimum: 1}}
    get:
      operationId: getThing
      responses:
        '200':
          content:
            application/octet-stream: {schema: {type: string, format: binary}}
        default: {description: nothing}
components:
  schemas:
    ThingId:
      oneOf:
        - {type: integer, minimum: 0}
        - {type: string, pattern: '^[0-9]{1,19}$'}
    NewThing:
      type: object
      required: [name]
      properties:
        name: {type: string}
        parts: {type: array, nullable: true, items: {$ref: '#/components/schemas/Thing'}}
    Thing:
      type: object
      properties:
        id: {nullable: true, allOf: [{$ref: '#/components/schemas/ThingId'}]}
        made: {type: string, format: date-time, nullable: true}
"#;

fn spec() -> Spec {
    Spec::parse(DOCUMENT).expect("the document can be read")
}

fn operation<'s>(spec: &'s Spec, id: &str) -> &'s Operation {
    spec.operations().find(|operation| operation.id == id).expect("the operation exists")
}

fn values(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn accept(body: Value) -> Result<Value, String> {
    let spec = spec();
    let RequestBody::Json(rule) = &operation(&spec, "createThing").body else {
        panic!("the operation takes JSON");
    };
    rule.accept(body).map_err(|misfit| misfit.to_string())
}

/// Every `schema` of the document that has an `example` or `examples` beside it, with these.
fn exampled<'d>(value: &'d Value, found: &mut Vec<(&'d Value, &'d Value)>) {
    if let Some(object) = value.as_object() {
        if let Some(schema) = object.get("schema") {
            let named = object.get("examples").and_then(Value::as_object);
            let values =
                named.into_iter().flatten().filter_map(|(_, example)| example.get("value"));
            found.extend(object.get("example").into_iter().chain(values).map(|it| (schema, it)));
        }
        object.values().for_each(|inner| exampled(inner, found));
    } else if let Some(items) = value.as_array() {
        items.iter().for_each(|inner| exampled(inner, found));
    }
}

#[test]
fn the_examples_of_the_real_specification_fit_their_schemas() {
    let document: Value = serde_norway::from_str(TEXT).expect("the specification can be read");
    let mut schemas = Schemas::new(&document);
    let mut found = Vec::new();
    exampled(&document["paths"], &mut found);
    exampled(&document["components"]["responses"], &mut found);
    for (schema, example) in &found {
        let compiled = schemas.compile(schema).expect("the schema can be compiled");
        compiled.check(example).unwrap_or_else(|misfit| panic!("{misfit} in {example}"));
    }
    for (name, schema) in document["components"]["schemas"].as_object().expect("there are some") {
        let Some(example) = schema.get("example") else { continue };
        let compiled = schemas.compile(schema).expect("the schema can be compiled");
        compiled.check(example).unwrap_or_else(|misfit| panic!("{name}: {misfit}"));
    }
    assert!(found.len() >= 50, "only {} examples were found", found.len());
}

#[test]
fn the_real_specification_has_the_22_operations() {
    let spec = Spec::load().expect("the specification can be read");
    assert_eq!(spec.operations().count(), 22);
}

#[test]
fn a_path_is_routed_with_and_without_a_slash_at_the_end() {
    let spec = spec();
    for path in ["/things/5", "/things/5/"] {
        let Route::Operation(found, values) = spec.route(&Method::GET, path) else {
            panic!("{path} leads nowhere");
        };
        assert_eq!((found.id.as_str(), values["thingId"].as_str()), ("getThing", "5"));
    }
    assert!(matches!(spec.route(&Method::GET, "/things/5//"), Route::Unknown));
    assert!(matches!(spec.route(&Method::GET, "/thing"), Route::Unknown));
    let Route::WrongMethod(allowed) = spec.route(&Method::PUT, "/things") else {
        panic!("PUT is not declared");
    };
    assert_eq!(allowed, [Method::POST]);
}

#[test]
fn parameters_are_checked_in_the_type_that_their_schema_has() {
    let spec = spec();
    let get = operation(&spec, "getThing");
    let check = |id, query| get.check_parameters(&values(&[("thingId", id)]), &values(query));
    assert_eq!(check("9223372036854775807", &[("deep", "true")]), Ok(()));
    assert_eq!(check("1", &[("size", "2147483647")]), Ok(()));
    assert_eq!(check("1", &[("size", "2147483648")]).expect_err("too large").path, "size");
    assert_eq!(check("1", &[("size", "0")]).expect_err("too small").path, "size");
    assert_eq!(check("x", &[]).expect_err("no number").path, "thingId");
    assert_eq!(check("1", &[("deep", "yes")]).expect_err("no boolean").path, "deep");
}

#[test]
fn a_misfit_in_a_body_is_named_by_its_path() {
    let body = json!({ "name": "n", "parts": [{ "id": 1 }, { "id": "x" }] });
    let misfit = accept(body).expect_err("the second id is none");
    assert!(misfit.starts_with("$.parts[1].id: "), "{misfit}");
    let misfit = accept(json!({})).expect_err("the name is missing");
    assert_eq!(misfit, "$.name: the field is required");
}

#[test]
fn nullable_is_honoured_and_formats_are_not_asserted() {
    let body = json!({ "name": "n", "parts": null });
    assert_eq!(accept(body.clone()), Ok(body));
    let body = json!({ "name": "n", "parts": [{ "id": null, "made": "2018-01-01T00:00:00" }] });
    assert_eq!(accept(body.clone()), Ok(body));
    assert!(accept(json!({ "name": null })).is_err());
}

#[test]
fn misspelt_properties_are_dropped() {
    assert_eq!(accept(json!({ "name": "n", "naem": "m" })), Ok(json!({ "name": "n" })));
}

#[test]
fn answers_are_checked_by_status_and_content() {
    let spec = spec();
    let create = operation(&spec, "createThing");
    let json = |status, value| create.check_answer(&Answer::json(status, value));
    let empty = |status| Answer::new(status, Content::Empty);
    assert_eq!(json(StatusCode::CREATED, json!({ "id": "7" })), Ok(()));
    let misfit = json(StatusCode::OK, json!({ "id": -7 })).expect_err("a negative id");
    assert_eq!(misfit.path, "$.id");
    assert!(json(StatusCode::CONFLICT, json!({})).is_err());
    assert_eq!(create.check_answer(&empty(StatusCode::NOT_FOUND)), Ok(()));
    assert!(create.check_answer(&empty(StatusCode::OK)).is_err());
    let get = operation(&spec, "getThing");
    let bytes = Answer::new(StatusCode::OK, Content::Bytes(crate::body::empty()));
    assert_eq!(get.check_answer(&bytes), Ok(()));
    assert!(get.check_answer(&empty(StatusCode::OK)).is_err());
    assert_eq!(get.check_answer(&empty(StatusCode::CONFLICT)), Ok(()));
}
