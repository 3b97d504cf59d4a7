//! Links, as they stand in answers.

use serde_json::{Value, json};

use super::Call;
use crate::service::API_PATH;

/// A link to a path under `hardware/`.
pub(super) fn link(call: &Call, rel: &str, method: &str, path: &str) -> Value {
    let href = format!("{}{API_PATH}/hardware/{path}", call.service.origin);
    json!({ "href": href, "rel": rel, "method": method })
}

pub(super) fn product_path(product: u64) -> String {
    format!("products/{product}")
}

pub(super) fn submission_path(product: u64, submission: u64) -> String {
    format!("products/{product}/submissions/{submission}")
}

pub(super) fn label_path(product: u64, submission: u64, label: u64) -> String {
    format!("products/{product}/submissions/{submission}/shippingLabels/{label}")
}
