//! Operations 1 to 4.

use hardware_dashboard::{
    Client,
    model::{NewProduct, ProductId, UpdateProduct},
};
use serde_json::json;

use super::subject::Subject;
use crate::support::OS_CODE;

/// Makes a product whose name tells where it is from.
pub(super) async fn create(subject: &Subject) -> ProductId {
    let name = "hardware-dashboard contract test";
    let new = NewProduct::attestation(name, vec![subject.signature.clone()]);
    let made = subject.client.products().create(&new).await.expect("a product can be made");
    let id = made.id.expect("a product has an id");
    let read = subject.client.product(id).get().await.expect("what was made can be read");
    assert_eq!((read.id, read.product_name.as_deref()), (Some(id), Some(name)));
    assert_eq!(read.requested_signatures.as_deref(), Some(&[subject.signature.clone()][..]));
    id
}

/// Changes what can be changed, which needs an initial submission.
pub(super) async fn update(client: &Client, id: ProductId) {
    let changes = rename("hardware-dashboard contract test, renamed");
    client.product(id).update(&changes).await.expect("a product can be renamed");
    let product = client.product(id).get().await.expect("it can be read");
    assert_eq!(product.product_name, changes.product_name);
}

fn rename(name: &str) -> UpdateProduct {
    serde_json::from_value(json!({ "productName": name })).expect("it fits the spec")
}

/// Nothing of this makes a product.
pub(super) async fn refusals(subject: &Subject) {
    let products = subject.client.products();
    let new = NewProduct::attestation("Echo", vec!["WINDOWS_v100_X86_GE_FULL".into()]);
    let error = products.create(&new).await.expect_err("there is no such OS code");
    assert!(error.is_validation() && !error.may_have_been_applied(), "{error:?}");
    let named = error.validation_errors().iter().filter_map(|error| error.target.as_deref());
    assert_eq!(named.collect::<Vec<_>>(), ["requestedSignatures"], "{error:?}");

    let nameless = NewProduct::attestation("", vec![OS_CODE.into()]);
    let error = products.create(&nameless).await.expect_err("a product has a name");
    assert!(error.is_input() && !error.may_have_been_applied(), "{error:?}");
}

/// Before there is an initial submission a product cannot be changed.
pub(super) async fn too_early(client: &Client, id: ProductId) {
    let error = client.product(id).update(&rename("Early")).await.expect_err("it is too early");
    assert!(error.is_forbidden() && !error.may_have_been_applied(), "{error:?}");
    assert!(error.code().is_some_and(|code| code.eq_ignore_ascii_case("updateUnauthorized")));
}
