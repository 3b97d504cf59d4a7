//! The names of fields, held against the schema of a request.

use serde_json::{Map, Value};

/// Less alike than that, a name is not the one that was meant.
const ALIKE: f64 = 0.7;

/// A field that the service does not know.
#[derive(Debug, PartialEq)]
pub(super) struct Unknown {
    /// Where it is, such as `targeting.hardwareIds[2].pnpStrin`.
    pub(super) path: String,
    /// What was probably meant.
    pub(super) closest: Option<String>,
}

/// Brings the names of fields into the case of the schema, takes those out that it does not know,
/// and tells which these were.
pub(super) fn settle(value: &mut Value, schema: &Value) -> Vec<Unknown> {
    let mut unknown = Vec::new();
    Walk { root: schema, unknown: &mut unknown }.visit(value, schema, "");
    unknown
}

struct Walk<'a> {
    root: &'a Value,
    unknown: &'a mut Vec<Unknown>,
}

impl Walk<'_> {
    fn visit(&mut self, value: &mut Value, schema: &Value, path: &str) {
        let root = self.root;
        let schema = resolved(root, schema);
        match value {
            Value::Object(fields) => self.visit_object(fields, schema, path),
            Value::Array(items) => {
                let Some(schema) = schema.get("items") else { return };
                for (index, item) in items.iter_mut().enumerate() {
                    self.visit(item, schema, &format!("{path}[{index}]"));
                }
            }
            _ => {}
        }
    }

    fn visit_object(&mut self, fields: &mut Map<String, Value>, schema: &Value, path: &str) {
        let Some(Value::Object(known)) = schema.get("properties") else {
            // A map: its keys are data.
            if let Some(schema) = schema.get("additionalProperties") {
                for (key, value) in fields {
                    self.visit(value, schema, &below(path, key));
                }
            }
            return;
        };
        let mut entries: Vec<_> = std::mem::take(fields).into_iter().collect();
        // Of two that differ by case only the right one stays.
        entries.sort_by_key(|(key, _)| !known.contains_key(key));
        for (key, mut value) in entries {
            let place = below(path, &key);
            let name = known.keys().find(|name| name.eq_ignore_ascii_case(&key));
            match name.filter(|name| !fields.contains_key(*name)) {
                Some(name) => {
                    self.visit(&mut value, &known[name], &place);
                    fields.insert(name.clone(), value);
                }
                None => {
                    let closest = closest(&key, known.keys());
                    self.unknown.push(Unknown { path: place, closest });
                }
            }
        }
    }
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Follows references, and goes into what may also be null.
fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        let target = name.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return target.map_or(schema, |target| resolved(root, target));
    }
    let is_null = |schema: &&Value| schema.get("type").is_some_and(|kind| kind == "null");
    let options = schema.get("anyOf").and_then(Value::as_array);
    match options.and_then(|options| options.iter().find(|option| !is_null(option))) {
        Some(option) => resolved(root, option),
        None => schema,
    }
}

fn closest<'a>(key: &str, names: impl Iterator<Item = &'a String>) -> Option<String> {
    let key = key.to_lowercase();
    let likeness =
        |name: &String| strsim::normalized_damerau_levenshtein(&key, &name.to_lowercase());
    let best = names.map(|name| (likeness(name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness >= ALIKE).map(|(_, name)| name.clone())
}

#[cfg(test)]
mod tests {
    use hardware_dashboard::model::{NewProduct, NewShippingLabel, UpdateShippingLabel};
    use schemars::{JsonSchema, schema_for};
    use serde_json::json;

    use super::*;

    fn settled<T: JsonSchema>(mut value: Value) -> (Value, Vec<(String, Option<String>)>) {
        let unknown = settle(&mut value, &schema_for!(T).to_value());
        (value, unknown.into_iter().map(|unknown| (unknown.path, unknown.closest)).collect())
    }

    /// Each of these stands in a sample of the documentation.
    #[test]
    fn misspelt_names_are_told_with_the_right_ones_and_case_is_put_right() {
        let (product, unknown) = settled::<NewProduct>(json!({
            "ProductName": "Echo",
            "deviceMetaDataIds": [],
            "markettingNames": ["Echo"],
            "selectedProductTypes": { "windows_v100": "Unclassified" },
            "somethingElse": 1,
        }));
        let marketing = ("markettingNames".to_owned(), Some("marketingNames".to_owned()));
        assert_eq!(unknown, [marketing, ("somethingElse".to_owned(), None)]);
        assert_eq!(
            product,
            json!({
                "productName": "Echo",
                "deviceMetadataIds": [],
                "selectedProductTypes": { "windows_v100": "Unclassified" },
            })
        );
    }

    #[test]
    fn names_are_looked_at_however_deep_they_are() {
        let (_, unknown) = settled::<NewShippingLabel>(json!({
            "publishingSpecifications": {
                "manualAcquistion": true,
                "additionalInfoForMsApproval": { "isRebootNeeded": true },
            },
            "targeting": { "hardwareIds": [{ "bundleId": "a" }, { "pnpStrng": "b" }] },
        }));
        let paths: Vec<_> = unknown.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "publishingSpecifications.additionalInfoForMsApproval.isRebootNeeded",
                "publishingSpecifications.manualAcquistion",
                "targeting.hardwareIds[1].pnpStrng",
            ]
        );
        assert_eq!(unknown[1].1.as_deref(), Some("manualAcquisition"));
        let (_, unknown) = settled::<UpdateShippingLabel>(json!({
            "targeting": { "chids": [{ "chid": "x", "acton": "add" }] },
        }));
        assert_eq!(unknown, [("targeting.chids[0].acton".to_owned(), Some("action".to_owned()))]);
    }

    #[test]
    fn a_field_that_is_given_twice_is_not_lost_silently() {
        let (value, unknown) =
            settled::<NewProduct>(json!({ "Productname": "a", "productName": "b" }));
        assert_eq!(value, json!({ "productName": "b" }));
        assert_eq!(unknown.len(), 1, "{unknown:?}");
    }
}
