//! What is asked of the generated objects again and again.

use std::str::FromStr;

use super::{
    CommitStatus, Download, DownloadType, Link, Product, ProductId, SafeUrl, ShippingLabel,
    ShippingLabelId, Submission, SubmissionId, WorkflowState, WorkflowStatus, WorkflowStep,
};

/// ```
/// use hardware_dashboard::model::{Product, ProductId};
///
/// let product: Product = serde_json::from_str(
///     r#"{ "links": [{ "rel": "self", "href": "https://host/hardware/products/7" }] }"#,
/// )?;
/// assert_eq!(product.id, None);
/// assert_eq!(product.id_or_link().map(ProductId::get), Some(7));
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Product {
    /// The id, from the field or else from the self link.
    #[must_use]
    pub fn id_or_link(&self) -> Option<ProductId> {
        self.id.or_else(|| id_in_self_link(self.links.as_deref()))
    }
}

/// ```
/// use hardware_dashboard::model::{ShippingLabel, ShippingLabelId};
///
/// let label: ShippingLabel = serde_json::from_str(
///     r#"{ "links": [{ "rel": "self", "href": "https://host/hardware/shippingLabels/7" }] }"#,
/// )?;
/// assert_eq!(label.id, None);
/// assert_eq!(label.id_or_link().map(ShippingLabelId::get), Some(7));
/// # Ok::<(), serde_json::Error>(())
/// ```
impl ShippingLabel {
    /// The id, from the field or else from the self link.
    #[must_use]
    pub fn id_or_link(&self) -> Option<ShippingLabelId> {
        self.id.or_else(|| id_in_self_link(self.links.as_deref()))
    }

    /// Where the text of the error report is, if there is one.
    #[must_use]
    pub fn error_report_url(&self) -> Option<&SafeUrl> {
        error_report_url(self.workflow_status.as_ref())
    }
}

/// ```
/// use hardware_dashboard::model::{DownloadType, Submission, WorkflowState, WorkflowStep};
///
/// let submission: Submission = serde_json::from_str(
///     r#"{
///         "id": 7,
///         "downloads": {
///             "items": [
///                 { "type": "initialPackage", "url": "https://host/echo.cab" },
///                 { "type": "driverMetadata", "url": "https://host/metadata.json" }
///             ],
///             "messages": ["Two files"]
///         },
///         "workflowStatus": {
///             "currentStep": "validation",
///             "state": "failed",
///             "messages": ["The INF is not valid"],
///             "errorReport": "https://host/report.txt"
///         }
///     }"#,
/// )?;
/// assert_eq!(submission.id_or_link(), submission.id);
/// assert_eq!(submission.current_step(), Some(&WorkflowStep::Validation));
/// assert_eq!(submission.step_state(), Some(&WorkflowState::Failed));
/// assert!(submission.has_failed() && submission.error_report_url().is_some());
/// assert_eq!(submission.messages().count(), 2);
/// assert!(submission.upload_url().is_some() && submission.signed_package_url().is_none());
/// let metadata = submission.download_url(&DownloadType::DriverMetadata);
/// assert_eq!(metadata.map(ToString::to_string).as_deref(), Some("https://host/metadata.json"));
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Submission {
    /// The id, from the field or else from the self link.
    #[must_use]
    pub fn id_or_link(&self) -> Option<SubmissionId> {
        self.id.or_else(|| id_in_self_link(self.links.as_deref()))
    }

    /// The URL of the first download item of this type.
    #[must_use]
    pub fn download_url(&self, wanted: &DownloadType) -> Option<&SafeUrl> {
        let items = self.downloads.as_ref()?.items.as_deref()?;
        let is_wanted = |item: &&Download| item.type_.as_ref() == Some(wanted);
        let url = items.iter().find(is_wanted)?.url.as_ref()?;
        (!url.expose().is_empty()).then_some(url)
    }

    /// Where the package is to be uploaded. Ask for it anew before each use: it lives for about a day.
    #[must_use]
    pub fn upload_url(&self) -> Option<&SafeUrl> {
        self.download_url(&DownloadType::InitialPackage)
    }

    /// Where the signed package is; its presence is the one proof that the submission succeeded.
    #[must_use]
    pub fn signed_package_url(&self) -> Option<&SafeUrl> {
        self.download_url(&DownloadType::SignedPackage)
    }

    /// The step that runs now or ran last.
    #[must_use]
    pub fn current_step(&self) -> Option<&WorkflowStep> {
        self.workflow_status.as_ref()?.current_step.as_ref()
    }

    /// The state of the current step, and of that step alone.
    #[must_use]
    pub fn step_state(&self) -> Option<&WorkflowState> {
        self.workflow_status.as_ref()?.state.as_ref()
    }

    /// Whether the service has given the submission up, at whichever step.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.commit_status == Some(CommitStatus::CommitFailed)
            || self.step_state() == Some(&WorkflowState::Failed)
    }

    /// What the service says about the workflow and about the downloads.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        let workflow = self.workflow_status.as_ref().and_then(|status| status.messages.as_ref());
        let downloads = self.downloads.as_ref().and_then(|downloads| downloads.messages.as_ref());
        workflow.into_iter().chain(downloads).flatten().map(String::as_str)
    }

    /// Where the text of the error report is, if there is one.
    #[must_use]
    pub fn error_report_url(&self) -> Option<&SafeUrl> {
        error_report_url(self.workflow_status.as_ref())
    }
}

fn error_report_url(status: Option<&WorkflowStatus>) -> Option<&SafeUrl> {
    let url = status?.error_report.as_ref()?;
    (!url.expose().trim().is_empty()).then_some(url)
}

/// The last segment of the self link holds the id as text.
fn id_in_self_link<T: FromStr>(links: Option<&[Link]>) -> Option<T> {
    let is_self =
        |link: &&Link| link.rel.as_deref().is_some_and(|rel| rel.eq_ignore_ascii_case("self"));
    let url = links?.iter().find(is_self)?.href.as_ref()?.parse()?;
    url.path_segments()?.rfind(|segment| !segment.is_empty())?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn submission(json: &str) -> Submission {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_self_link_knows_the_id_too() {
        let linked = submission(
            r#"{"links":[{"rel":"next_link","href":"https://h/9"},
                {"rel":"Self","href":"https:// h/api/v1/hardware/products/7/submissions/9007199254740993/"}]}"#,
        );
        assert_eq!(linked.id_or_link(), Some(SubmissionId::new(9_007_199_254_740_993)));
        assert_eq!(submission("{}").id_or_link(), None);
    }

    #[test]
    fn an_empty_url_is_none() {
        let empty = submission(
            r#"{"downloads":{"items":[{"type":"SignedPackage","url":""}]},
                "workflowStatus":{"errorReport":""}}"#,
        );
        assert_eq!(empty.signed_package_url(), None);
        assert_eq!(empty.error_report_url(), None);
    }

    #[test]
    fn a_completed_step_is_no_failure_and_a_failed_commit_is_one() {
        for (json, failed) in [
            (r#"{"workflowStatus":{"currentStep":"scanning","state":"completed"}}"#, false),
            (r#"{"workflowStatus":{"currentStep":"scanning","state":"Failed"}}"#, true),
            (r#"{"commitStatus":"CommitFailed"}"#, true),
            ("{}", false),
        ] {
            assert_eq!(submission(json).has_failed(), failed, "{json}");
        }
    }
}
