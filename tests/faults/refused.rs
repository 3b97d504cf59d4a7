//! The service finds fault with fields: every operation hands all of it on.

use hardware_dashboard::Client;

use super::call::{self, Target};
use crate::{
    spec::Spec,
    support::{Given, Scripted, impatient, predicates, reply},
};

const BODY: &str = r#"{ "error": {
    "code": "InvalidInput",
    "message": "Validation Failed.",
    "validationErrors": [
        { "target": "productName", "message": "The name is too long." },
        { "target": "requestedSignatures", "message": "The OS code `X` is invalid." }
    ],
    "httpErrorCode": 422
} }"#;

#[tokio::test]
async fn every_operation_tells_the_validation_errors() {
    let json = "content-type: application/json\r\n";
    let server =
        Scripted::start(move |_, _| reply("422 Unprocessable Entity", json, BODY.as_bytes()));
    let server = server.await;
    let client = Client::builder()
        .api_base_url(server.origin())
        .credential(Given("a token"))
        .retry(impatient())
        .build()
        .expect("a client");
    let file = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(file.path(), "a package").expect("there is room");
    let target = Target::anywhere(file.path());
    for (number, operation) in (1..).zip(Spec::read().operations().keys()) {
        let error = call::make(operation, &client, &target).await.expect_err("it was refused");
        assert_eq!(predicates(&error), ["is_validation"], "{operation}");
        assert_eq!(error.code(), Some("InvalidInput"), "{operation}");
        let errors = error.validation_errors().iter();
        let found: Vec<_> =
            errors.map(|error| (error.target.as_deref(), error.message.as_deref())).collect();
        let expected = [
            (Some("productName"), Some("The name is too long.")),
            (Some("requestedSignatures"), Some("The OS code `X` is invalid.")),
        ];
        assert_eq!(found, expected, "{operation}");
        assert!(error.to_string().contains("The name is too long."), "{error}");
        assert_eq!(server.requests("").len(), number, "{operation} was sent once");
    }
}
