//! How Entra ID says no.

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::answer::Answer;

/// A refusal with its AADSTS code.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    code: u32,
    text: String,
}

impl Refusal {
    fn bad_request(error: &'static str, code: u32, text: String) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, code, text }
    }

    fn invalid_client(code: u32, text: String) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, error: "invalid_client", code, text }
    }

    pub(super) fn tenant_not_found(tenant: &str) -> Self {
        let text = format!(
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and \
             are signing into the correct cloud."
        );
        Self::bad_request("invalid_request", 90_002, text)
    }

    pub(super) fn missing_parameter(name: &str) -> Self {
        let text = format!("The request body must contain the following parameter: '{name}'.");
        Self::bad_request("invalid_request", 900_144, text)
    }

    pub(super) fn unsupported_grant(grant_type: &str) -> Self {
        let text = format!("The app requested an unsupported grant type '{grant_type}'.");
        Self::bad_request("unsupported_grant_type", 70_003, text)
    }

    pub(super) fn unknown_application(client_id: &str, tenant: &str) -> Self {
        let text = format!(
            "Application with identifier '{client_id}' was not found in the directory '{tenant}'. \
             This can happen if the application has not been installed by the administrator of \
             the tenant."
        );
        Self::bad_request("unauthorized_client", 700_016, text)
    }

    pub(super) fn no_credential() -> Self {
        let text = "The request body must contain the following parameter: 'client_assertion' or \
                    'client_secret'.";
        Self::invalid_client(7_000_218, text.to_owned())
    }

    pub(super) fn invalid_secret(client_id: &str) -> Self {
        let text = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the \
             client secret value, not the client secret ID, for a secret added to app \
             '{client_id}'."
        );
        Self::invalid_client(7_000_215, text)
    }

    pub(super) fn unsupported_assertion_type(given: &str) -> Self {
        let text = format!(
            "The value '{given}' of the parameter 'client_assertion_type' is not supported."
        );
        Self::bad_request("invalid_request", 70_002, text)
    }

    pub(super) fn malformed_assertion() -> Self {
        let text = "JWT token is invalid or malformed.".to_owned();
        Self::bad_request("invalid_request", 50_027, text)
    }

    pub(super) fn foreign_assertion() -> Self {
        let text = "Client assertion application identifier doesn't match 'client_id' parameter.";
        Self::invalid_client(700_021, text.to_owned())
    }

    pub(super) fn unknown_certificate(client_id: &str) -> Self {
        let text = format!(
            "The certificate with identifier used to sign the client assertion is not registered \
             on application. [Reason - The key was not found. app Id '{client_id}']"
        );
        Self::invalid_client(700_027, text)
    }

    pub(super) fn bad_signature() -> Self {
        let text = "Client assertion failed signature validation. [Reason - The key used is \
                    registered, but the signature does not verify.]";
        Self::invalid_client(700_027, text.to_owned())
    }

    pub(super) fn wrong_audience() -> Self {
        let text = "Client assertion audience claim does not match Realm issuer.";
        Self::invalid_client(700_023, text.to_owned())
    }

    pub(super) fn out_of_time(now: DateTime<Utc>) -> Self {
        let text = format!(
            "Client assertion is not within its valid time range. Current time: {}.",
            now.to_rfc3339()
        );
        Self::invalid_client(700_024, text)
    }

    /// `what` is the claim that no federated credential of the application has.
    pub(super) fn no_federated_identity(code: u32, what: &str, value: &str) -> Self {
        let text = format!(
            "No matching federated identity record found for presented assertion {what} '{value}'. \
             Please check your federated identity credential Subject, Audience and Issuer against \
             the presented assertion."
        );
        Self::invalid_client(code, text)
    }

    pub(super) fn resource_not_supported() -> Self {
        let text = "The 'resource' request parameter is not supported.".to_owned();
        Self::bad_request("invalid_request", 901_002, text)
    }

    pub(super) fn invalid_scope(scope: &str) -> Self {
        let text =
            format!("The provided value for the input parameter scope '{scope}' is not valid.");
        Self::bad_request("invalid_scope", 1_002_012, text)
    }

    pub(super) fn resource_not_found(resource: &str, tenant: &str) -> Self {
        let text = format!(
            "The resource principal named {resource} was not found in the tenant named {tenant}."
        );
        Self::bad_request("invalid_resource", 500_011, text)
    }

    pub(super) fn unavailable(status: StatusCode) -> Self {
        let text = "A transient error has occurred. Please try again.".to_owned();
        Self { status, error: "temporarily_unavailable", code: 90_033, text }
    }

    pub(super) fn into_answer(self, now: DateTime<Utc>) -> Answer {
        let (trace, correlation) = (Uuid::new_v4(), Uuid::new_v4());
        let timestamp = now.format("%Y-%m-%d %H:%M:%SZ").to_string();
        let body = json!({
            "error": self.error,
            "error_description": format!(
                "AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}",
                self.code, self.text,
            ),
            "error_codes": [self.code],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.code),
        });
        Answer::json(self.status, body)
    }
}
