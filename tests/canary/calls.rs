//! Every operation by itself, and what comes of the answers when all is well.

use std::path::Path;

use futures_util::StreamExt as _;
use hardware_dashboard::{Client, auth::ClientSecret};
use serde::Serialize;

use super::{
    SECRET, SIGNATURE, TOKEN,
    failure::{Failure, sas},
    printed,
    search::Search,
    service,
};
use crate::{
    faults::call::{self, Target},
    spec::Spec,
    support::{Scripted, Told, impatient, reply, write_echo_cabinet},
};

#[tokio::test]
async fn no_failure_of_a_call_prints_a_secret() {
    let (mut search, mut failures) = (Search::start(), 0);
    let folder = tempfile::tempdir().expect("a folder can be made");
    let target = Target::anywhere(&write_echo_cabinet(folder.path()));
    let operations = Spec::read().operations();
    for operation in operations.keys() {
        for failure in Failure::ALL {
            let (server, told) = (server(Some(*failure)).await, Told::default());
            let client = client(&server, &told);
            let mut seen = Vec::new();
            if let Err(error) = call::make(operation, &client, &target).await {
                failures += 1;
                seen.push(printed::error(&error));
            }
            seen.push(format!("{client:?} {client:#?} {}", told.text()));
            search.look(&format!("{operation}, {failure:?}"), &[], seen);
            let asked = server.requests("").concat();
            assert!(asked.contains(TOKEN), "{operation}: the token was sent");
        }
    }
    let count = operations.len() * Failure::ALL.len();
    println!("{count} calls, {failures} errors: {}", search.end());
    assert!(failures > count / 2, "only {failures} errors in {count} calls");
}

#[tokio::test]
async fn no_answer_prints_a_secret() {
    let mut search = Search::start();
    let (server, told) = (server(None).await, Told::default());
    let client = client(&server, &told);
    let target = Target::anywhere(Path::new("none"));
    let submission = client.product(target.product).submission(target.submission);
    let package = client.preprod().package(target.preprod.clone());
    let label = submission.shipping_label(target.label);
    let partner = client.partner_submission(target.publisher, target.product, target.submission);
    let mut products = client.products().list();
    let mut labels = submission.shipping_labels().list();
    let seen = vec![
        both(&products.next().await.expect("an item").expect("a product")),
        both(&labels.next().await.expect("an item").expect("a label")),
        both(&client.audiences().list().next().await.expect("an item").expect("an audience")),
        both(&submission.get().await.expect("a submission")),
        both(&partner.await.expect("a submission")),
        both(&label.get().await.expect("a label")),
        both(&package.get().await.expect("a package")),
        both(&package.asset(&target.asset).await.expect("an asset")),
        format!("{submission:?} {package:?} {label:?} {products:?} {labels:?}"),
        format!("{:?} {:#?}", products.continuation(), labels.continuation()),
    ];
    assert!(seen.iter().take(8).all(|text| text.contains("REDACTED")), "{seen:#?}");
    search.look("answers", &[], seen);
}

/// As both `Debug` and JSON show it.
fn both<T: std::fmt::Debug + Serialize>(answer: &T) -> String {
    let json = serde_json::to_string(answer).expect("it can be encoded");
    format!("{answer:?}\n{answer:#?}\n{json}")
}

/// Gives tokens; whatever else it is asked fails in this way, or is answered with every field that
/// can hold a URL.
async fn server(failure: Option<Failure>) -> Scripted {
    let script = move |request: &str, origin: &str| {
        let json = "content-type: application/json\r\n";
        if request.contains("/oauth2/") {
            return reply("200 OK", json, service::token().as_bytes());
        }
        let url = sas(origin, "other");
        let links = format!(r#"[{{ "rel": "next_link", "href": "{url}" }}]"#);
        let message = without_colon();
        let item = format!(
            r#""id": 1, "links": {links}, "unknown": ["{url}"], "name": "n",
                "message": "{message}",
                "workflowStatus": {{ "messages": ["{message}", "{url}"], "errorReport": "{url}" }},
                "downloads": {{ "items": [{{ "url": "{url}" }}], "messages": ["{url}", "{message}"] }},
                "error": {{ "message": "{message}" }}"#
        );
        let body = format!(r#"{{ {item}, "value": [{{ {item} }}] }}"#);
        let right = reply("200 OK", json, body.as_bytes());
        match failure {
            Some(failure) => failure.answer(request, origin, right),
            None => right,
        }
    };
    Scripted::start(script).await
}

/// What opens doors and has no colon in it, as a URL has.
fn without_colon() -> String {
    let claims = TOKEN.replace('.', "0123456789");
    format!(
        "Look at /blob/other?sv=2024-05-04&sig={SIGNATURE} with token={SECRET} or Bearer {TOKEN} or \
         eyJhbGciOiJub25lIn0.{claims}.{SIGNATURE} again."
    )
}

fn client(server: &Scripted, told: &Told) -> Client {
    Client::builder()
        .api_base_url(server.origin())
        .authority_url(server.origin())
        .credential(ClientSecret::new("tenant.example", "client", SECRET))
        .reporter(told.clone())
        .http(|http| http.connection_verbose(true))
        .retry(impatient().max_attempts(2))
        .build()
        .expect("a client")
}
