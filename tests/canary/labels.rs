//! Changes to shipping labels, which fail while the label is looked at and while it is changed.

use hardware_dashboard::{
    Client,
    auth::ClientSecret,
    model::ShippingLabelUpdate,
    workflow::{LabelChange, cancel_label, revise_label},
};

use super::{
    SECRET, TOKEN,
    failure::{Failure, sas},
    printed,
    search::Search,
    service,
};
use crate::support::{Scripted, Told, impatient, often, reply};

/// How a label is changed.
const METHODS: [&str; 2] = ["PATCH", "PUT"];

#[tokio::test]
async fn no_failure_of_a_change_to_a_label_prints_a_secret() {
    let (mut search, mut count, mut failures) = (Search::start(), 0, 0);
    for method in METHODS {
        for stage in ["GET", method] {
            for failure in Failure::ALL {
                let (server, told) = (server(stage, *failure).await, Told::default());
                let mut seen = Vec::new();
                match change(method, &client(&server, &told)).await {
                    Ok(made) => seen.push(format!("{made:?}")),
                    Err(error) => {
                        failures += 1;
                        seen.push(printed::error(&error));
                    }
                }
                seen.push(told.text());
                search.look(&format!("{method}, {stage}, {failure:?}"), &[], seen);
                assert!(server.requests("").concat().contains(TOKEN), "the token was sent");
                count += 1;
            }
        }
    }
    println!("{count} changes, {failures} errors: {}", search.end());
    assert!(failures > count / 2, "only {failures} errors in {count} changes");
}

async fn change(method: &str, client: &Client) -> hardware_dashboard::Result<LabelChange> {
    let label = client.product(1.into()).submission(2.into()).shipping_label(3.into());
    let chid = "346511cf-ccee-5c6d-8ee9-3c70fc7aae83".parse().expect("a GUID");
    let update = ShippingLabelUpdate::new().add_chids([chid]);
    match method {
        "PATCH" => revise_label(&label, &update, &often()).await,
        _ => cancel_label(&label, &often()).await,
    }
}

/// Shows a label that waits for approval, with URLs wherever there can be one; what begins with `stage`
/// fails.
async fn server(stage: &'static str, failure: Failure) -> Scripted {
    let script = move |request: &str, origin: &str| {
        let json = "content-type: application/json\r\n";
        if request.contains("/oauth2/") {
            return reply("200 OK", json, service::token().as_bytes());
        }
        let url = sas(origin, "other");
        let label = format!(
            r#"{{ "id": 3, "unknown": "{url}", "targeting": {{ "restrictedToAudiences": [] }},
                "workflowStatus": {{ "currentStep": "microsoftApproval", "state": "started",
                    "messages": ["Look at {url}"], "errorReport": "{url}" }} }}"#
        );
        let right = match request.starts_with("GET") {
            true => reply("200 OK", json, label.as_bytes()),
            false => reply("204 No Content", "", b""),
        };
        if request.starts_with(stage) { failure.answer(request, origin, right) } else { right }
    };
    Scripted::start(script).await
}

fn client(server: &Scripted, told: &Told) -> Client {
    Client::builder()
        .api_base_url(server.origin())
        .authority_url(server.origin())
        .credential(ClientSecret::new("tenant.example", "client", SECRET))
        .reporter(told.clone())
        .retry(impatient().max_attempts(2))
        .build()
        .expect("a client")
}
