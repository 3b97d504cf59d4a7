//! From a method and a path to the operation they mean.

use std::collections::HashMap;

use http::Method;
use percent_encoding::percent_decode_str;

use super::{Operation, Spec};

/// What a method and a path mean.
#[derive(Debug)]
pub(crate) enum Route<'a> {
    /// An operation with the values of its path's parameters.
    Operation(&'a Operation, HashMap<String, String>),
    /// The path is known, but not with this method; the allowed ones follow.
    WrongMethod(Vec<Method>),
    /// No such path.
    Unknown,
}

impl Spec {
    /// Finds the operation for a path under the API's base. One slash at the end is accepted.
    pub(crate) fn route(&self, method: &Method, path: &str) -> Route<'_> {
        let segments = split(path);
        for (template, operations) in &self.paths {
            let Some(values) = template.matches(&segments) else { continue };
            return match operations.iter().find(|operation| operation.method == *method) {
                Some(operation) => Route::Operation(operation, values),
                None => Route::WrongMethod(
                    operations.iter().map(|operation| operation.method.clone()).collect(),
                ),
            };
        }
        Route::Unknown
    }
}

/// A path template such as `/hardware/products/{productId}`.
#[derive(Debug)]
pub(super) struct Template(Vec<Segment>);

#[derive(Debug)]
enum Segment {
    Literal(String),
    Parameter(String),
}

impl Template {
    pub(super) fn parse(path: &str) -> Self {
        let segment = |text: &str| match text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
            Some(name) => Segment::Parameter(name.to_owned()),
            None => Segment::Literal(text.to_owned()),
        };
        Self(split(path).into_iter().map(segment).collect())
    }

    fn matches(&self, segments: &[&str]) -> Option<HashMap<String, String>> {
        if self.0.len() != segments.len() {
            return None;
        }
        let mut values = HashMap::new();
        for (segment, text) in self.0.iter().zip(segments) {
            match segment {
                Segment::Literal(literal) if literal == text => {}
                Segment::Parameter(name) if !text.is_empty() => {
                    let value = percent_decode_str(text).decode_utf8_lossy().into_owned();
                    values.insert(name.clone(), value);
                }
                _ => return None,
            }
        }
        Some(values)
    }
}

fn split(path: &str) -> Vec<&str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.strip_suffix('/').unwrap_or(path).split('/').collect()
}
