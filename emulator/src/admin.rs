//! The admin endpoint under `/_emulator/`: what the Rust interface offers, for any language.
//!
//! Its requests are neither counted nor logged, and no fault happens to them.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Account, Exchange,
    answer::Answer,
    body::Body,
    fault::{self, Ordered},
    service::{Service, wrong_method},
};

const PREFIX: &str = "/_emulator/";

/// The largest body that is taken.
const MAX_BODY: usize = 1 << 20;

/// How far the clock goes in one step at most: ten years.
const LONGEST_STEP: u64 = 10 * 365 * 24 * 60 * 60;

/// Whether a request is for the admin endpoint.
pub(crate) fn is_meant<B>(request: &Request<B>) -> bool {
    request.uri().path().starts_with(PREFIX)
}

/// Answers a request for the admin endpoint.
pub(crate) async fn answer(service: &Service, request: Request<Body>) -> Answer {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let path = uri.path().strip_prefix(PREFIX).unwrap_or_default();
    let answered = match (&method, path) {
        (&Method::GET, "accounts") => Ok(accounts(service)),
        (&Method::GET, "quota") => Ok(quota(service)),
        (&Method::PUT, "quota") => set_quota(service, request).await,
        (&Method::DELETE, "quota") => Ok(lift_quota(service)),
        (&Method::GET, "failures") => Ok(Answer::ok(failures(service))),
        (&Method::POST, "failures") => order_failures(service, request).await,
        (&Method::DELETE, "failures") => Ok(cancel_failures(service)),
        (&Method::GET, "health") => Ok(health(service)),
        (&Method::GET, "exchanges") => Ok(exchanges(service)),
        (&Method::POST, "clock/advance") => advance_clock(service, request).await,
        (&Method::GET, "faults") => Ok(Answer::ok(faults(service))),
        (&Method::POST, "faults") => order_faults(service, request).await,
        (&Method::DELETE, "faults") => Ok(cancel_faults(service)),
        (_, "health" | "accounts" | "exchanges") => Err(wrong_method(&method, &[Method::GET])),
        (_, "clock/advance") => Err(wrong_method(&method, &[Method::POST])),
        (_, "quota") => Err(wrong_method(&method, &[Method::GET, Method::PUT, Method::DELETE])),
        (_, "faults" | "failures") => {
            Err(wrong_method(&method, &[Method::GET, Method::POST, Method::DELETE]))
        }
        _ => Err(refusal(
            StatusCode::NOT_FOUND,
            "There is no such path: the admin endpoint has health, accounts, exchanges, \
             clock/advance, quota, failures and faults.",
        )),
    };
    answered.unwrap_or_else(|refusal| refusal)
}

fn health(service: &Service) -> Answer {
    Answer::ok(json!({ "status": "ok", "now": service.now().to_rfc3339() }))
}

/// Both accounts with their credentials, which are the emulator's own.
fn accounts(service: &Service) -> Answer {
    let json = |account: &Account| {
        json!({
            "tenantId": account.tenant_id(),
            "clientId": account.client_id(),
            "clientSecret": account.client_secret(),
            "publisherId": account.publisher_id(),
            "sellerId": account.seller_id(),
        })
    };
    let [main, partner] = &service.settings.accounts;
    Answer::ok(json!({ "main": json(main), "partner": json(partner) }))
}

fn quota(service: &Service) -> Answer {
    Answer::ok(json!({ "quota": service.quota.limit() }))
}

async fn set_quota(service: &Service, request: Request<Body>) -> Result<Answer, Answer> {
    let limit = fault::limit(json_value(request).await?).map_err(malformed)?;
    service.quota.set(Some(limit));
    Ok(quota(service))
}

fn lift_quota(service: &Service) -> Answer {
    service.quota.set(None);
    Answer::no_content()
}

async fn order_failures(service: &Service, request: Request<Body>) -> Result<Answer, Answer> {
    let ordered = fault::failures(json_value(request).await?).map_err(malformed)?;
    service.failures.add(ordered);
    Ok(Answer::created(failures(service)))
}

fn cancel_failures(service: &Service) -> Answer {
    service.failures.clear();
    Answer::no_content()
}

/// All failures of steps on order.
fn failures(service: &Service) -> Value {
    json!({ "failures": service.failures.ordered() })
}

fn exchanges(service: &Service) -> Answer {
    let exchanges = service.log.exchanges();
    Answer::ok(json!({ "exchanges": exchanges.iter().map(exchange_json).collect::<Vec<_>>() }))
}

fn exchange_json(exchange: &Exchange) -> Value {
    json!({
        "method": exchange.method(),
        "path": exchange.path(),
        "operation": exchange.operation(),
        "status": exchange.status(),
        "correlationId": exchange.correlation_id(),
        "requestId": exchange.request_id(),
        "fault": exchange.fault(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    seconds: u64,
}

async fn advance_clock(service: &Service, request: Request<Body>) -> Result<Answer, Answer> {
    let Step { seconds } = serde_json::from_slice(&json_body(request).await?).map_err(|error| {
        let text = format!("The body must be {{\"seconds\": n}} with a whole number n: {error}.");
        refusal(StatusCode::BAD_REQUEST, text)
    })?;
    if seconds > LONGEST_STEP {
        let text = format!("The clock goes {LONGEST_STEP} seconds (ten years) in a step at most.");
        return Err(refusal(StatusCode::BAD_REQUEST, text));
    }
    service.settings.clock.advance(Duration::from_secs(seconds));
    Ok(Answer::ok(json!({ "now": service.now().to_rfc3339() })))
}

async fn order_faults(service: &Service, request: Request<Body>) -> Result<Answer, Answer> {
    let ordered = fault::parse(&json_body(request).await?).map_err(malformed)?;
    service.faults.add(ordered);
    Ok(Answer::created(faults(service)))
}

fn cancel_faults(service: &Service) -> Answer {
    service.faults.clear();
    Answer::no_content()
}

/// All faults on order, and how often each has happened.
fn faults(service: &Service) -> Value {
    let ordered = service.faults.ordered();
    let json = |ordered: &Ordered| json!({ "fault": ordered.fault, "calls": ordered.calls, "fired": ordered.fired });
    json!({ "faults": ordered.iter().map(json).collect::<Vec<_>>() })
}

/// The body of a request that must be JSON by its type: a page in a browser cannot send that
/// without being asked first whether it may, and it may not.
async fn json_body(request: Request<Body>) -> Result<Bytes, Answer> {
    let media_type = request.headers().get(header::CONTENT_TYPE);
    let media_type = media_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media_type.to_ascii_lowercase().starts_with("application/json") {
        let text = "Send JSON, with the Content-Type application/json.";
        return Err(refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    let body = Limited::new(request.into_body(), MAX_BODY).collect().await;
    body.map(|body| body.to_bytes()).map_err(|error| {
        refusal(StatusCode::BAD_REQUEST, format!("The body could not be read: {error}."))
    })
}

async fn json_value(request: Request<Body>) -> Result<Value, Answer> {
    serde_json::from_slice(&json_body(request).await?).map_err(malformed)
}

fn malformed(error: impl fmt::Display) -> Answer {
    refusal(StatusCode::BAD_REQUEST, format!("{error}."))
}

fn refusal(status: StatusCode, message: impl Into<String>) -> Answer {
    Answer::gateway(status, message.into())
}
