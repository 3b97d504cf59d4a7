//! `hwdash runs`

use std::path::Path;

use hardware_dashboard::{
    Error,
    model::{PreprodPackageId, ProductId, ShippingLabelId, SubmissionId, Timestamp},
    workflow::{Journal, RunState},
};
use serde::Serialize;

use crate::{
    App, Ending,
    args::Runs,
    listing,
    run::journals,
    show::{Row, when},
};

pub(crate) fn run(app: &App, args: &Runs) -> Ending {
    let rows: Vec<_> = journals(&args.folder)?.iter().map(|path| Listed::at(path)).collect();
    listing::show_all(app, &rows)
}

/// A journal in a folder.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    journal: String,
    state: String,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// What the last thing was that the run surely did, whoever has it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    reached: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    begun: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_id: Option<ProductId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    submission_id: Option<SubmissionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping_label_id: Option<ShippingLabelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package_id: Option<PreprodPackageId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<String>,
    /// Of the call that is unclear.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

impl Listed {
    fn at(path: &Path) -> Self {
        let listed = match Journal::inspect(path) {
            Ok(state) => Self::of(&state),
            Err(error) => Self::unreadable(path, &error),
        };
        Self { journal: path.display().to_string(), ..listed }
    }

    fn of(state: &RunState) -> Self {
        let word = match (state.is_in_use(), state.is_unclear()) {
            (true, _) => "in use",
            // An answer is missing; the run looks for what became of the call.
            (_, true) => "unclear",
            _ => "unfinished",
        };
        Self {
            state: word.to_owned(),
            reached: Some(state.reached().to_string()),
            order: Some(state.kind().to_string()),
            begun: Some(state.begun()),
            product_id: state.product_id(),
            submission_id: state.submission_id(),
            shipping_label_id: state.label_id(),
            package_id: state.package_id(),
            correlation_id: Some(state.correlation_id().to_string()),
            request_id: state.open_request_id().map(|id| id.to_string()),
            ..Self::default()
        }
    }

    fn unreadable(path: &Path, error: &Error) -> Self {
        let message = error.to_string();
        let name = path.display().to_string();
        let reason = message.strip_prefix(&name).unwrap_or(&message).trim_start().to_owned();
        Self { state: "unreadable".to_owned(), reason: Some(reason), ..Self::default() }
    }
}

impl Row for Listed {
    const COLUMNS: &'static [&'static str] =
        &["journal", "order", "begun", "product", "submission", "state"];

    fn row(&self) -> Vec<String> {
        let text = |id: Option<String>| id.unwrap_or_default();
        let how = self.reached.as_ref().or(self.reason.as_ref());
        vec![
            self.journal.clone(),
            text(self.order.clone()),
            text(when(self.begun.as_ref())),
            text(self.product_id.map(|id| id.to_string())),
            text(self.submission_id.map(|id| id.to_string())),
            how.map_or(self.state.clone(), |how| format!("{}: {how}", self.state)),
        ]
    }
}
