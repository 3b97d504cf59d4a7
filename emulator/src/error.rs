//! The service's refusals.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::answer::Answer;

/// A refusal in the service's own shape: `{"error": {code, message, validationErrors}}`.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    validation_errors: Vec<(String, String)>,
}

impl ApiError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), validation_errors: Vec::new() }
    }

    /// 400: the request is malformed.
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidInput", message)
    }

    /// 422: the request is well formed, but one field breaks a rule.
    pub(crate) fn invalid(target: impl Into<String>, message: impl Into<String>) -> Self {
        Self::validation(vec![(target.into(), message.into())])
    }

    /// 422: several fields break rules, each given as (target, message).
    pub(crate) fn validation(errors: Vec<(String, String)>) -> Self {
        let mut error =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "InvalidInput", "Validation Failed.");
        error.validation_errors = errors;
        error
    }

    /// 422: the state of things forbids it.
    pub(crate) fn state(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "RequestInvalidForCurrentState", message)
    }

    /// 422: the package is signed, but not by its owner as far as the service can tell.
    pub(crate) fn unregistered_certificate() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "SignatureValidationFailed",
            "The package is signed with a certificate that is not registered with your account.",
        )
    }

    /// 403: this may not be changed.
    pub(crate) fn update_unauthorized(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "UpdateUnauthorized", message)
    }

    /// 403: the product came from a partner and cannot be handed on.
    pub(crate) fn read_only_product() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "readOnlyProduct",
            "The product was shared with you: it cannot be shared with another partner.",
        )
    }

    /// 404: no such thing in this account.
    pub(crate) fn not_found(what: &str, id: &str) -> Self {
        let message = format!("The {what} with id {id} was not found.");
        Self::new(StatusCode::NOT_FOUND, "EntityNotFound", message)
    }

    /// 500: the emulator itself failed, which is never the caller's fault.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", message)
    }

    /// Names the field, where a refusal with another status than 422 has one.
    pub(crate) fn with_target(mut self, target: impl Into<String>) -> Self {
        self.validation_errors.push((target.into(), self.message.clone()));
        self
    }
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        let mut body = Map::new();
        body.insert("code".to_owned(), error.code.into());
        body.insert("message".to_owned(), error.message.into());
        if !error.validation_errors.is_empty() {
            let errors: Vec<Value> = error
                .validation_errors
                .into_iter()
                .map(|(target, message)| json!({ "target": target, "message": message }))
                .collect();
            body.insert("validationErrors".to_owned(), errors.into());
        }
        Self::json(error.status, json!({ "error": body }))
    }
}
