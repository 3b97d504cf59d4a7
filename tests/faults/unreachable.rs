//! Nobody listens: every operation says so, and that nothing was done.

use std::{net::TcpListener, sync::Arc};

use hardware_dashboard::{Client, Stage};

use super::call::{self, Target};
use crate::{
    spec::Spec,
    support::{Given, Told, impatient, predicates},
};

#[tokio::test]
async fn no_operation_was_applied_where_nobody_listens() {
    let client = Client::builder()
        .api_base_url(free_origin())
        .credential(Given("a token"))
        .retry(impatient())
        .build()
        .expect("a client");
    let file = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(file.path(), "a package").expect("there is room");
    let target = Target::anywhere(file.path());
    for operation in Spec::read().operations().keys() {
        let told = Told::default();
        let client = client.with_reporter(Arc::new(told.clone()));
        let error = call::make(operation, &client, &target).await.expect_err("nobody listens");
        assert_eq!(predicates(&error), ["is_connect", "is_network"], "{operation}");
        assert_eq!(error.stage().to_string(), *operation);
        assert!(matches!(error.stage(), Stage::Api(_)), "{error:?}");
        // What was surely not sent is tried again, whatever it does.
        assert_eq!(told.pauses().len(), 2, "{operation}");
    }
}

/// An origin at which a port was free a moment ago.
fn free_origin() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    format!("http://{}", listener.local_addr().expect("it has an address"))
}
