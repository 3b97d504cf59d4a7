//! What becomes of a request that the generated client has made.

use hardware_dashboard::{Client, raw};
use http::Method;
use progenitor_client::{ClientHooks as _, Error, OperationInfo, ResponseValue};

use crate::support::Given;

/// Whether the generated client writes the version of the spec hangs on the version of its generator.
#[tokio::test]
async fn the_version_of_the_spec_is_never_sent() {
    let client = Client::builder().credential(Given("a token")).build().expect("a client");
    let send = |raw: raw::Client| async move {
        let url = "http://127.0.0.1:1/hardware/products".parse().expect("a URL");
        let mut request = reqwest::Request::new(Method::GET, url);
        request.headers_mut().insert("api-version", "2.0".parse().expect("a header"));
        raw.pre::<()>(&mut request, &OperationInfo { operation_id: "list_products" }).await?;
        let names: Vec<_> = request.headers().keys().map(ToString::to_string).collect();
        Err::<ResponseValue<()>, _>(Error::InvalidRequest(names.join(" ")))
    };
    let names = client.raw("listProducts", send).await.expect_err("it tells the headers");
    let names = names.to_string();
    assert!(names.contains("authorization") && !names.contains("api-version"), "{names}");
}
