//! What a run has made so far.

use std::{fmt, path::Path};

use hardware_dashboard::{
    blob::Downloaded,
    model::{PreprodPackageId, ProductId, ShippingLabelId, SubmissionId},
    workflow::RunState,
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    App,
    failure::Failure,
    output::{data, table::Fields},
    receipt::File,
};

/// The result of a run, complete or not. The names are those of the API where it has any.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Made {
    order: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_id: Option<ProductId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    submission_id: Option<SubmissionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping_label_id: Option<ShippingLabelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    package_id: Option<PreprodPackageId>,
    correlation_id: String,
    #[serde(flatten)]
    file: Option<File>,
    /// What the package of an update is to be made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    shell: Option<String>,
    /// The journal, while there is something to be gone on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<String>,
}

impl Made {
    pub(super) fn of(state: &RunState) -> Self {
        Self {
            order: state.kind().to_string(),
            product_id: state.product_id(),
            submission_id: state.submission_id(),
            shipping_label_id: state.label_id(),
            package_id: state.package_id(),
            correlation_id: state.correlation_id().to_string(),
            file: None,
            shell: None,
            journal: None,
        }
    }

    pub(super) fn with_file(self, file: &Downloaded) -> Self {
        Self { file: Some(file.into()), ..self }
    }

    pub(super) fn with_shell(self, path: &Path) -> Self {
        Self { shell: Some(path.display().to_string()), ..self }
    }

    pub(super) fn with_journal(self, path: Option<&Path>) -> Self {
        Self { journal: path.map(|path| path.display().to_string()), ..self }
    }

    /// Shows it; a person sees the path of the file, or else the ids.
    pub(super) fn show(&self, app: &App) -> Result<(), Failure> {
        match &self.file {
            Some(file) if app.console.is_for_people() => data(&file.path),
            _ => app.console.result(self, || self.fields()),
        }
    }

    /// Adds it to a failure, for scripts.
    pub(super) fn tell(&self, mut failure: Failure) -> Failure {
        if let Ok(Value::Object(facts)) = serde_json::to_value(self) {
            // The correlation id of the failed call is that of the run.
            facts.into_iter().for_each(|(name, value)| drop(failure.facts.insert(name, value)));
        }
        failure
    }

    fn fields(&self) -> Fields {
        Fields::default()
            .with("order", Some(&self.order))
            .with("product", self.product_id)
            .with("submission", self.submission_id)
            .with("label", self.shipping_label_id)
            .with("package", self.package_id.as_ref())
            .with("shell", self.shell.as_ref())
            .with("journal", self.journal.as_ref())
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = [
            self.product_id.map(|id| format!("product {id}")),
            self.submission_id.map(|id| format!("submission {id}")),
            self.shipping_label_id.map(|id| format!("label {id}")),
            self.package_id.as_ref().map(|id| format!("package {id}")),
        ];
        f.write_str(&ids.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}
