//! The recordings of the token endpoint, through the client's own credential.

use hardware_dashboard::auth::ClientSecret;
use serde_json::{Value, json};

use super::{call, client, outcome};
use crate::replay::{Exchange, Replay, named};

/// Asks for a token as recorded. With one that was given, a call of the API has to follow.
pub(super) async fn outcome(exchange: Exchange) -> Value {
    let credential = credential(&exchange);
    let mut next = named("getProduct/complete");
    let given = exchange.response.status == 200;
    let mut script = vec![exchange];
    if given {
        let token = token(&script[0]);
        next.request.headers.insert("authorization".to_owned(), format!("Bearer {token}"));
        script.push(next.clone());
    }
    let replay = Replay::start(script);
    let client = client(&replay).credential(credential).build().expect("the settings are valid");
    let result = call::make(&client, &next).await;
    let result = result.map(|_| json!("a token, which the next call carried"));
    let outcome = outcome::describe(result, &replay);
    replay.finish().await;
    outcome
}

/// The application that the recorded request speaks for.
fn credential(exchange: &Exchange) -> ClientSecret {
    let tenant = exchange.request.path.split('/').nth(1).expect("the path begins with the tenant");
    let form = exchange.request.form.as_ref().expect("a token is asked for with a form");
    ClientSecret::new(tenant, form["client_id"].as_str(), "value-of-the-secret")
}

fn token(exchange: &Exchange) -> &str {
    let body = exchange.response.body.as_ref().expect("a token comes in JSON");
    body["access_token"].as_str().expect("an answer with a token has its text")
}
