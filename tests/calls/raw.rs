//! Calls by the generated client go by the name that they really have.

use hardware_dashboard::{model::NewProduct, raw};

use super::client;
use crate::support::{OS_CODE, Scripted, predicates, reply};

#[tokio::test]
async fn a_create_does_not_pass_for_a_read() {
    // Were it taken for a read, it would be sent three times.
    let server = Scripted::start(|_, _| reply("500 Internal Server Error", "", b"")).await;
    let client = client(&server).build().expect("a client");
    let new = NewProduct::attestation("Echo", vec![OS_CODE.into()]);
    let create = |raw: raw::Client| {
        let new = &new;
        async move { raw.create_product(new).await }
    };
    let error = client.raw("listProducts", create).await.expect_err("it is no read");
    assert_eq!(predicates(&error), ["is_input"], "{error:?}");
    assert!(error.to_string().contains("is create_product: nothing was sent"), "{error}");
    assert_eq!(server.requests("").len(), 0);

    let error = client.raw("createProduct", create).await.expect_err("500");
    assert!(error.may_have_been_applied(), "{error:?}");
    assert_eq!(server.requests("POST").len(), 1);
}
