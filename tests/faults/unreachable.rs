//! Nobody listens: every operation says so, and that nothing was done.

use std::{net::Ipv4Addr, sync::Arc};

use hardware_dashboard::{Client, Stage};
use tokio::net::TcpSocket;

use super::call::{self, Target};
use crate::{
    spec::Spec,
    support::{Given, Told, impatient, predicates},
};

#[tokio::test]
async fn no_operation_was_applied_where_nobody_listens() {
    let (_deaf, origin) = deaf();
    let client = Client::builder()
        .api_base_url(origin)
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

/// A socket that nobody else can have and that does not listen, and its origin.
fn deaf() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().expect("there is a socket");
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("a port is free");
    let origin = format!("http://{}", socket.local_addr().expect("it has an address"));
    (socket, origin)
}
