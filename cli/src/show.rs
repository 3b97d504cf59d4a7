//! What a person sees of the objects of the service.

use hardware_dashboard::model::{
    Audience, GoLiveDate, NewHardwareIdTarget, PreprodAsset, PreprodPackage, Product,
    ShippingLabel, Submission, Timestamp, UpdateHardwareIdTarget,
};
use serde::Serialize;

use crate::output::{redacted, table::Fields};

/// Something that stands in a row of a table.
pub(crate) trait Row: Serialize {
    /// The columns of the table.
    const COLUMNS: &'static [&'static str];

    /// A cell for each column.
    fn row(&self) -> Vec<String>;
}

/// An empty cell for what the service does not say.
fn cell(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn joined<T: ToString>(values: Option<&[T]>, between: &str) -> Option<String> {
    let values = values.filter(|values| !values.is_empty())?;
    Some(values.iter().map(ToString::to_string).collect::<Vec<_>>().join(between))
}

/// To the minute, in UTC: fractions of seconds help nobody.
pub(crate) fn when(time: Option<&Timestamp>) -> Option<String> {
    let time = time?;
    Some(match time.to_utc() {
        Some(utc) => utc.format("%Y-%m-%d %H:%M").to_string(),
        None => time.to_string(),
    })
}

/// What the service says, without what opens a door.
pub(crate) fn said(messages: Option<&[String]>) -> Vec<String> {
    messages.unwrap_or_default().iter().map(|message| redacted(message)).collect()
}

/// `step: state`, as far as they are known.
pub(crate) fn workflow<S: ToString, T: ToString>(
    step: Option<S>,
    state: Option<T>,
) -> Option<String> {
    match (step, state) {
        (Some(step), Some(state)) => Some(format!("{}: {}", step.to_string(), state.to_string())),
        (step, state) => step.map(|s| s.to_string()).or(state.map(|s| s.to_string())),
    }
}

impl Row for Product {
    const COLUMNS: &'static [&'static str] = &["id", "harness", "created", "name"];

    fn row(&self) -> Vec<String> {
        vec![
            cell(self.id_or_link()),
            cell(self.test_harness.as_ref()),
            cell(when(self.created_date_time.as_ref())),
            cell(self.product_name.as_ref()),
        ]
    }
}

pub(crate) fn product(product: &Product) -> Fields {
    Fields::default()
        .with("id", product.id_or_link())
        .with("name", product.product_name.as_ref())
        .with("harness", product.test_harness.as_ref())
        .with("signatures", joined(product.requested_signatures.as_deref(), "\n"))
        .with("marketing names", joined(product.marketing_names.as_deref(), "\n"))
        .with("device type", product.device_type.as_ref())
        .with("firmware", product.firmware_version.as_ref())
        .with("announced", when(product.announcement_date.as_ref()))
        .with("committed", product.is_committed)
        .with("created", when(product.created_date_time.as_ref()))
        .with("created by", product.created_by.as_ref())
        .with("message", product.message.as_deref().map(redacted))
}

impl Row for Submission {
    const COLUMNS: &'static [&'static str] = &["id", "type", "commit", "created", "name"];

    fn row(&self) -> Vec<String> {
        vec![
            cell(self.id_or_link()),
            cell(self.type_.as_ref()),
            cell(self.commit_status.as_ref()),
            cell(when(self.created_date_time.as_ref())),
            cell(self.name.as_ref()),
        ]
    }
}

pub(crate) fn submission(submission: &Submission) -> Fields {
    let items = submission.downloads.as_ref().and_then(|downloads| downloads.items.as_deref());
    let kinds: Vec<_> =
        items.unwrap_or_default().iter().filter_map(|item| item.type_.as_ref()).collect();
    let messages: Vec<_> = submission.messages().map(redacted).collect();
    Fields::default()
        .with("id", submission.id_or_link())
        .with("product", submission.product_id)
        .with("name", submission.name.as_ref())
        .with("type", submission.type_.as_ref())
        .with("commit", submission.commit_status.as_ref())
        .with("workflow", workflow(submission.current_step(), submission.step_state()))
        .with("messages", joined(Some(&messages), "\n"))
        .with("error report", submission.error_report_url().map(|_| "there is one"))
        .with("downloads", joined(Some(&kinds), ", "))
        .with("created", when(submission.created_date_time.as_ref()))
        .with("created by", submission.created_by.as_ref())
}

impl Row for ShippingLabel {
    const COLUMNS: &'static [&'static str] = &["id", "destination", "workflow", "name"];

    fn row(&self) -> Vec<String> {
        vec![
            cell(self.id_or_link()),
            cell(self.destination.as_ref()),
            cell(progress(self)),
            cell(self.name.as_ref()),
        ]
    }
}

/// How far a label is.
pub(crate) fn progress(label: &ShippingLabel) -> Option<String> {
    let status = label.workflow_status.as_ref()?;
    workflow(status.current_step.as_ref(), status.state.as_ref())
}

pub(crate) fn label(label: &ShippingLabel) -> Fields {
    let status = label.workflow_status.as_ref();
    let messages = said(status.and_then(|status| status.messages.as_deref()));
    let publishing = label.publishing_specifications.as_ref();
    let goes_live = publishing.and_then(|publishing| match publishing.go_live_date.as_ref()? {
        GoLiveDate::AtOnce => Some("at once".to_owned()),
        GoLiveDate::NotBefore(date) => when(Some(date)),
    });
    let targeting = label.targeting.as_ref();
    let ids = targeting.and_then(|targeting| targeting.hardware_ids.as_ref());
    let chids = targeting.and_then(|targeting| targeting.chids.as_ref());
    let audiences = targeting.and_then(|targeting| targeting.restricted_to_audiences.as_deref());
    Fields::default()
        .with("id", label.id_or_link())
        .with("product", label.product_id)
        .with("submission", label.submission_id)
        .with("name", label.name.as_ref())
        .with("destination", label.destination.as_ref())
        .with("workflow", progress(label))
        .with("messages", joined(Some(&messages), "\n"))
        .with("error report", label.error_report_url().map(|_| "there is one"))
        .with("goes live", goes_live)
        .with("hardware ids", ids.map(Vec::len))
        .with("CHIDs", chids.map(Vec::len))
        .with("audiences", joined(audiences, "\n"))
}

impl Row for Audience {
    const COLUMNS: &'static [&'static str] = &["id", "name", "description"];

    fn row(&self) -> Vec<String> {
        vec![
            cell(self.id.as_ref()),
            cell(self.name.as_ref().or(self.audience_name.as_ref())),
            cell(self.description.as_ref()),
        ]
    }
}

impl Row for PreprodAsset {
    const COLUMNS: &'static [&'static str] = &["id", "type", "created", "hash"];

    fn row(&self) -> Vec<String> {
        vec![
            cell(self.id.as_ref()),
            cell(self.asset_type.as_ref()),
            cell(when(self.created_date.as_ref())),
            cell(self.content_hash.as_ref()),
        ]
    }
}

pub(crate) fn preprod(package: &PreprodPackage) -> Fields {
    let error = package.error.as_ref().and_then(|error| error.message.as_deref());
    Fields::default()
        .with("id", package.id.as_ref())
        .with("signing", package.signing_status.as_ref())
        .with("error", error.map(redacted))
        .with("assets", package.assets.as_ref().map(Vec::len))
        .with("changed", when(package.last_modified.as_ref()))
}

impl Row for NewHardwareIdTarget {
    const COLUMNS: &'static [&'static str] = &["bundle", "INF", "system", "hardware id"];

    fn row(&self) -> Vec<String> {
        let Self { bundle_id, inf_id, operating_system_code, pnp_string, .. } = self;
        [bundle_id, inf_id, operating_system_code.as_str(), pnp_string].map(str::to_owned).to_vec()
    }
}

impl Row for UpdateHardwareIdTarget {
    const COLUMNS: &'static [&'static str] = &["action", "bundle", "INF", "system", "hardware id"];

    fn row(&self) -> Vec<String> {
        let Self { action, bundle_id, inf_id, operating_system_code, pnp_string, .. } = self;
        [action.as_str(), bundle_id, inf_id, operating_system_code.as_str(), pnp_string]
            .map(str::to_owned)
            .to_vec()
    }
}
