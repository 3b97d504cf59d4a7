//! Operations 1 to 4: products.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::{
    Call, Handled,
    links::{link, product_path},
    page::{following, page},
    product_rules,
    rules::Breaches,
    time,
};
use crate::{
    answer::Answer,
    error::ApiError,
    state::{Product, State},
};

pub(super) fn list(call: &Call, state: &mut State) -> Handled {
    let products = &call.own(state).products;
    page(
        call,
        "products",
        |after| following(products, after),
        |product| product.id,
        |product| product_json(call, product),
    )
}

pub(super) fn create(call: &Call, state: &mut State) -> Handled {
    let mut body = call.json().clone();
    product_rules::check_new(&mut body)?;
    let Value::Object(attributes) = body else {
        return Err(ApiError::malformed("A product is a JSON object."));
    };
    let id = state.ids.product();
    let product = Product {
        id,
        attributes,
        created: call.now,
        updated: call.now,
        submissions: BTreeMap::new(),
        source: None,
        shared_id: None,
    };
    let answer = Answer::created(product_json(call, &product));
    call.own(state).products.insert(id, product);
    Ok(answer)
}

pub(super) fn get(call: &Call, state: &mut State) -> Handled {
    let product = call.own(state).product(call.id("productId")?)?;
    Ok(Answer::ok(product_json(call, product)))
}

pub(super) fn update(call: &Call, state: &mut State) -> Handled {
    let product = call.own(state).product(call.id("productId")?)?;
    let changes = call.json().as_object().cloned().unwrap_or_default();
    check_update(product, &changes, call.now)?;
    product.attributes.extend(changes);
    product.updated = call.now;
    Ok(Answer::no_content())
}

fn check_update(
    product: &Product,
    changes: &Map<String, Value>,
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    if product.source.is_some() {
        return Err(ApiError::update_unauthorized("A shared product cannot be updated."));
    }
    let initial = product.initial().ok_or_else(|| {
        let message = "The product has no initial submission and cannot be updated.";
        ApiError::update_unauthorized(message)
    })?;
    if initial.has_failed(now) {
        let message = "The workflow of the initial submission failed: it cannot be updated.";
        return Err(ApiError::update_unauthorized(message));
    }
    if changes.contains_key("announcementDate") && initial.is_finished(now) {
        let message = "The announcement date cannot be changed after ingestion.";
        return Err(ApiError::update_unauthorized(message));
    }
    let mut breaches = Breaches::default();
    if changes.is_empty() {
        breaches.add("product", "At least one property is required for update.");
    }
    if let Some(name) = changes.get("productName") {
        breaches.need_text(name, "productName");
    }
    if let Some(date) = changes.get("announcementDate").and_then(Value::as_str) {
        breaches.need_date(date, "announcementDate");
    }
    breaches.into_result()
}

fn product_json(call: &Call, product: &Product) -> Value {
    let path = product_path(product.id);
    let mut json = Map::from_iter([
        ("id".to_owned(), json!(product.id)),
        ("isCommitted".to_owned(), json!(product.is_committed())),
        ("isExtensionInf".to_owned(), json!(product.is_extension(call.now))),
        ("originType".to_owned(), json!("author")),
        ("driverType".to_owned(), json!("desktop")),
        ("deviceType".to_owned(), json!("notSet")),
        ("isTestSign".to_owned(), json!(false)),
        ("isFlightSign".to_owned(), json!(false)),
        ("createdBy".to_owned(), json!(call.actor())),
        ("updatedBy".to_owned(), json!(call.actor())),
        ("createdDateTime".to_owned(), json!(time(product.created))),
        ("updatedDateTime".to_owned(), json!(time(product.updated))),
        (
            "links".to_owned(),
            json!([
                link(call, "self", "GET", &path),
                link(call, "update_product", "PATCH", &path),
                link(call, "get_submissions", "GET", &format!("{path}/submissions")),
                link(call, "create_submission", "POST", &format!("{path}/submissions")),
            ]),
        ),
    ]);
    for collection in ["deviceMetadataIds", "marketingNames", "requestedSignatures"] {
        json.insert(collection.to_owned(), json!([]));
    }
    json.insert("selectedProductTypes".to_owned(), json!({}));
    let given = product.attributes.iter().filter(|(_, value)| !value.is_null());
    json.extend(given.map(|(name, value)| (name.clone(), value.clone())));
    if let Some(shared) = product.shared_id {
        json.insert("sharedProductId".to_owned(), json!(shared));
    }
    if let Some(source) = product.source {
        json.insert("sourceProductId".to_owned(), json!(source.id));
        json.insert("sourcePublisherId".to_owned(), json!(source.publisher_id));
    }
    Value::Object(json)
}
