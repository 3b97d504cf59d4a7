//! Faults that were ordered: what the client meets, and whether the call was done.

mod blobs;
mod connections;
mod expiry;
mod orders;
mod statuses;

use hardware_dashboard_emulator::{Emulator, Fault};
use reqwest::Response;
use serde_json::{Value, json};

use crate::support::{Client, builder, check};

/// An emulator with one fault.
async fn start(fault: Fault) -> Emulator {
    builder().fault(fault).start().await.expect("the emulator starts")
}

/// Ends a test: every fault has happened, and no answer broke the specification.
fn end(emulator: &Emulator) {
    assert_eq!(emulator.unfired_faults(), []);
    check(emulator);
}

/// Asks for a product to be created; the answer is read by the test.
async fn create(client: &Client<'_>) -> reqwest::Result<Response> {
    let body = json!({ "productName": "Echo", "testHarness": "attestation" });
    client.request(reqwest::Method::POST, "products").json(&body).send().await
}

/// How many products there are.
async fn products(client: &Client<'_>) -> usize {
    let body = client.get("products").await.expect(200);
    body["value"].as_array().map_or(0, Vec::len)
}

/// The status of each call of an operation so far.
fn statuses(emulator: &Emulator, operation: &str) -> Vec<Option<u16>> {
    let exchanges = emulator.exchanges();
    let of_operation = exchanges.iter().filter(|e| e.operation() == Some(operation));
    of_operation.map(|exchange| exchange.status()).collect()
}

/// The body of an answer as JSON.
async fn json_of(response: Response) -> Value {
    response.json().await.expect("the answer is JSON")
}
