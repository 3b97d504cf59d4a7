//! The operations of the API, a file a domain.

mod audiences;
mod label_json;
mod label_rules;
mod labels;
mod links;
mod page;
mod preprod;
mod product_rules;
mod products;
mod rules;
mod submission_json;
mod submissions;

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde_json::Value;

pub(crate) use self::page::LARGEST_PAGE;
use crate::{
    account::{Account, Role},
    answer::Answer,
    error::ApiError,
    request::Body,
    service::Service,
    state::{AccountState, State},
};

/// A call of an operation: who, when, with what.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) service: Arc<Service>,
    /// The caller's account, by its place.
    pub(crate) account: usize,
    pub(crate) now: DateTime<Utc>,
    pub(crate) path: HashMap<String, String>,
    pub(crate) query: HashMap<String, String>,
    pub(crate) body: Body,
}

/// What a handler answers.
pub(crate) type Handled = Result<Answer, ApiError>;

/// Runs the handler of an operation. Handlers do not wait, so that each sees one state.
pub(crate) fn dispatch(operation: &str, call: &Call, state: &mut State) -> Handled {
    match operation {
        "listProducts" => products::list(call, state),
        "createProduct" => products::create(call, state),
        "getProduct" => products::get(call, state),
        "updateProduct" => products::update(call, state),
        "listSubmissions" => submissions::list(call, state),
        "createSubmission" => submissions::create(call, state),
        "getSubmission" => submissions::get(call, state),
        "updateSubmission" => submissions::update(call, state),
        "commitSubmission" => submissions::commit(call, state),
        "createPublisherMetadata" => submissions::create_publisher_metadata(call, state),
        "getPartnerSubmission" => submissions::get_partner(call, state),
        "listShippingLabels" => labels::list(call, state),
        "createShippingLabel" => labels::create(call, state),
        "getShippingLabel" => labels::get(call, state),
        "updateShippingLabel" => labels::update(call, state),
        "cancelShippingLabel" => labels::cancel(call, state),
        "listAudiences" => audiences::list(call),
        "submitPreprodPackage" => preprod::submit(call, state),
        "getPreprodPackage" => preprod::get(call, state),
        "listPreprodAssets" => preprod::list_assets(call, state),
        "getPreprodAsset" => preprod::get_asset(call, state),
        "downloadPreprodAsset" => preprod::download_asset(call, state),
        // A new operation of the specification that nobody has built yet.
        _ => Ok(Answer::gateway(
            StatusCode::NOT_IMPLEMENTED,
            format!("The emulator does not know the operation {operation} yet."),
        )),
    }
}

/// The role that an operation needs.
pub(crate) fn role(operation: &str) -> Role {
    match operation {
        "createShippingLabel" | "updateShippingLabel" | "cancelShippingLabel" => {
            Role::ShippingLabelOwner
        }
        _ => Role::DriverSubmitter,
    }
}

impl Call {
    /// A path parameter. The specification has let through only digits, but maybe too many.
    fn id(&self, parameter: &str) -> Result<u64, ApiError> {
        let text = self.text(parameter);
        let what = parameter.strip_suffix("Id").unwrap_or(parameter);
        text.parse().map_err(|_| ApiError::not_found(what, text))
    }

    fn text(&self, parameter: &str) -> &str {
        self.path.get(parameter).map(String::as_str).unwrap_or_default()
    }

    fn json(&self) -> &Value {
        match &self.body {
            Body::Json(value) => value,
            Body::None | Body::File(_) => &Value::Null,
        }
    }

    /// What belongs to the caller.
    fn own<'s>(&self, state: &'s mut State) -> &'s mut AccountState {
        &mut state.accounts[self.account]
    }

    /// Whether a query parameter is there and true.
    fn asks(&self, parameter: &str) -> bool {
        self.query.get(parameter).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    fn caller(&self) -> &Account {
        &self.service.settings.accounts[self.account]
    }

    /// The application that acts, as `createdBy` names it.
    fn actor(&self) -> &str {
        self.caller().client_id()
    }
}

/// A time as the service writes it.
fn time(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
