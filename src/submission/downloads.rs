//! What can be fetched of a submission.

use std::path::Path;

use tokio::io::AsyncWrite;

use super::{SubmissionHandler, signed};
use crate::{
    blob::{Blob, DownloadOptions, Downloaded, Received, Sas},
    error::{Error, Kind, Result, Stage},
    model::{DownloadType, DriverMetadata, SafeUrl, Submission},
};

/// How the URL of something is found in what the service tells of the submission.
type Find = fn(&Submission, &DownloadType) -> Option<SafeUrl>;

/// Transfers out of blob storage. Each asks the service where the blob is, and again when the SAS URL
/// ends in the middle; after a break only what is missing is fetched.
///
/// ```no_run
/// use std::path::Path;
///
/// use hardware_dashboard::{Result, SubmissionHandler, blob::DownloadOptions, model::DownloadType};
///
/// # async fn example(submission: SubmissionHandler) -> Result<()> {
/// let options = DownloadOptions::default().overwrite(true);
/// let file = submission.download_signed(Path::new("echo-signed.zip"), &options).await?;
/// println!("{} bytes in {}", file.bytes, file.path.display());
///
/// // What was sent, on its way to something else.
/// let mut package = tokio::io::sink();
/// submission.download_to(&DownloadType::InitialPackage, &mut package, &options).await?;
///
/// let metadata = submission.driver_metadata().await?;
/// println!("{} hardware ids", metadata.hardware_ids().iter().count());
/// if let Some(report) = submission.error_report().await? {
///     println!("{report}");
/// }
/// # Ok(())
/// # }
/// ```
impl SubmissionHandler {
    /// Fetches the signed package to the file `target`, and checks that it is a whole zip.
    ///
    /// # Errors
    ///
    /// As [`download`](Self::download).
    pub async fn download_signed(
        &self,
        target: &Path,
        options: &DownloadOptions,
    ) -> Result<Downloaded> {
        let blob = self.find(DownloadType::SignedPackage).await?;
        self.save_package(blob, target, options).await
    }

    /// Fetches one of the submission's downloads to the file `target`, and checks of the shell of an update
    /// that it is a whole zip.
    ///
    /// # Errors
    ///
    /// Fails as every call does, when there is no such download (yet), when what arrives is not what
    /// blob storage or `options` tell of it, and when the file cannot be written. There is no file at
    /// `target` then but the one that was there before.
    pub async fn download(
        &self,
        what: &DownloadType,
        target: &Path,
        options: &DownloadOptions,
    ) -> Result<Downloaded> {
        let blob = self.find(what.clone()).await?;
        if *what == DownloadType::DerivedPackage {
            return self.save_package(blob, target, options).await;
        }
        self.client.blobs().download(blob, target, options, None).await
    }

    /// Writes one of the submission's downloads to `writer`, in its order.
    ///
    /// # Errors
    ///
    /// As [`download`](Self::download), but what was written before the error cannot be taken back.
    pub async fn download_to<W>(
        &self,
        what: &DownloadType,
        writer: &mut W,
        options: &DownloadOptions,
    ) -> Result<Received>
    where
        W: AsyncWrite + Unpin + ?Sized,
    {
        let blob = self.find(what.clone()).await?;
        self.client.blobs().download_to(blob, writer, options).await
    }

    /// Fetches and reads the driver metadata, of which shipping labels are made.
    ///
    /// # Errors
    ///
    /// As [`download`](Self::download), and as [`DriverMetadata::from_slice`].
    pub async fn driver_metadata(&self) -> Result<DriverMetadata> {
        let mut json = Vec::new();
        let options = DownloadOptions::default();
        self.download_to(&DownloadType::DriverMetadata, &mut json, &options).await?;
        DriverMetadata::from_slice(&json)
    }

    /// Fetches the text of the error report of a submission that failed; `None` when there is none.
    ///
    /// # Errors
    ///
    /// As [`download`](Self::download).
    pub async fn error_report(&self) -> Result<Option<String>> {
        let Some(url) = self.get().await?.error_report_url().cloned() else { return Ok(None) };
        self.read_report(&url).await.map(Some)
    }

    /// The same of a submission that was just read.
    pub(crate) async fn read_report(&self, url: &SafeUrl) -> Result<String> {
        let find: Find = |submission, _| submission.error_report_url().cloned();
        self.client.blobs().text(self.blob(url, DownloadType::Unknown, find)?).await
    }

    /// Fetches the signed package of a submission that was just read.
    pub(crate) async fn download_signed_from(
        &self,
        url: &SafeUrl,
        target: &Path,
        options: &DownloadOptions,
    ) -> Result<Downloaded> {
        let blob = self.blob(url, DownloadType::SignedPackage, item)?;
        self.save_package(blob, target, options).await
    }

    async fn save_package(
        &self,
        blob: Blob,
        target: &Path,
        options: &DownloadOptions,
    ) -> Result<Downloaded> {
        self.client.blobs().download(blob, target, options, Some(signed::check)).await
    }

    /// Asks where a download is.
    async fn find(&self, what: DownloadType) -> Result<Blob> {
        let seen = self.get().await?;
        let url = item(&seen, &what).ok_or_else(|| missing(&what))?;
        self.blob(&url, what, item)
    }

    /// What lies behind a URL that the service is asked for anew when it ends.
    fn blob(&self, url: &SafeUrl, what: DownloadType, find: Find) -> Result<Blob> {
        let submission = self.clone();
        let renew = move || {
            let (submission, what) = (submission.clone(), what.clone());
            async move {
                let seen = submission.get().await?;
                find(&seen, &what).ok_or_else(|| missing(&what))
            }
        };
        Ok(self.client.blobs().blob(Sas::renewable(Stage::Download, url, renew)?))
    }
}

fn item(submission: &Submission, what: &DownloadType) -> Option<SafeUrl> {
    submission.download_url(what).cloned()
}

fn missing(what: &DownloadType) -> Error {
    let message = format!("the submission has no download of type {what}");
    Error::new(Stage::Download, Kind::Input, message).with_hint(
        "Read the submission: its downloads appear when its workflow has come so far. Driver metadata \
         of a shared submission has to be asked for (createPublisherMetadata).",
    )
}
