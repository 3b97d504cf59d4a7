//! Transfers that are asked for one by one.

use std::path::Path;

use hardware_dashboard::{
    Result, SubmissionHandler,
    blob::{DownloadOptions, UploadOptions},
    model::DownloadType,
};

use super::printed;

/// Everything that transfers of this submission give and say.
pub(super) async fn all(submission: &SubmissionHandler, folder: &Path) -> Vec<String> {
    let options = DownloadOptions::default().overwrite(true);
    let (package, target) = (folder.join("echo.cab"), folder.join("fetched"));
    let mut seen = vec![format!("{options:?}")];
    let sent = submission.upload(&package, &UploadOptions::default()).await;
    seen.push(text(sent));
    for what in [DownloadType::InitialPackage, DownloadType::SignedPackage] {
        seen.push(text(submission.download(&what, &target, &options).await));
        let mut written = Vec::new();
        seen.push(text(submission.download_to(&what, &mut written, &options).await));
    }
    seen.push(text(submission.download_signed(&target, &options).await));
    seen.push(text(submission.driver_metadata().await));
    seen.push(text(submission.error_report().await));
    seen
}

fn text<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Ok(done) => format!("{done:?} {done:#?}"),
        Err(error) => printed::error(&error),
    }
}
