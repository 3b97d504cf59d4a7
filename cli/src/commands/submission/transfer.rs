//! Packages and other files of a submission, to blob storage and from it.

use std::{
    io::{self, Write},
    path::Path,
};

use hardware_dashboard::{
    Error, SubmissionHandler,
    blob::{DownloadOptions, UploadOptions},
    model::{DownloadType, DriverMetadata, Submission},
};
use tempfile::NamedTempFile;

use super::handler;
use crate::{
    App, Ending,
    args::submission::{Download, Kind, Upload},
    failure::{Exit, Failure},
    output::{Format, data, table::Fields},
    receipt::{self, Sent},
};

pub(super) async fn upload(app: &App, args: Upload) -> Ending {
    let connected = args.connection.connect(app).await?;
    let submission = handler(&connected.client, &args.which);
    let sent = match submission.upload(&args.package, &UploadOptions::default()).await {
        Ok(sent) => sent,
        Err(error) => return Err(not_uploaded(&submission, error).await),
    };
    let sentence = format!("{} bytes have arrived; commit the submission next", sent.bytes);
    app.console.done(&Sent::from(&sent), &sentence)?;
    Ok(Exit::Done)
}

/// Once it is committed, a submission takes no package: blob storage says that in its own way.
async fn not_uploaded(submission: &SubmissionHandler, error: Error) -> Failure {
    let is_refused = error.status().is_some_and(|status| status.is_client_error());
    if is_refused && super::is_committed(submission).await {
        return Failure::new(
            Exit::Refused,
            "the submission is committed, and takes no package any more",
            "Look at it with: hwdash submission get. An update (DUA) takes a submission of its own.",
        );
    }
    error.into()
}

pub(super) async fn download(app: &App, args: Download) -> Ending {
    let connected = args.connection.connect(app).await?;
    let submission = handler(&connected.client, &args.which);
    let options = DownloadOptions::default().overwrite(args.target.overwrite);
    let what = match args.kind {
        Kind::ErrorReport => return error_report(app, &args, &submission).await,
        Kind::Signed => DownloadType::SignedPackage,
        Kind::Initial => DownloadType::InitialPackage,
        Kind::Derived => DownloadType::DerivedPackage,
        Kind::DriverMetadata => DownloadType::DriverMetadata,
    };
    expect(&submission.get().await?, &what)?;
    let file = match &what {
        DownloadType::SignedPackage => {
            submission.download_signed(&args.target.out, &options).await?
        }
        other => submission.download(other, &args.target.out, &options).await?,
    };
    receipt::show(app, &file)?;
    Ok(Exit::Done)
}

/// A report is a text of some kilobytes.
async fn error_report(app: &App, args: &Download, submission: &SubmissionHandler) -> Ending {
    let Some(report) = submission.error_report().await? else {
        return Err(Failure::new(
            Exit::NotFound,
            "the submission has no error report",
            "There is one when the service has failed it: see hwdash submission get.",
        ));
    };
    save(&args.target.out, report.as_bytes(), args.target.overwrite).map_err(|error| {
        let failure =
            Failure::file(format!("{} could not be written", args.target.out.display()), error);
        Failure { hint: Some("Check the path, or give --overwrite.".to_owned()), ..failure }
    })?;
    let path = args.target.out.display().to_string();
    if app.console.format == Format::Human {
        data(&path)?;
    } else {
        let written = serde_json::json!({ "path": path, "bytes": report.len() });
        app.console.result(&written, Fields::default)?;
    }
    Ok(Exit::Done)
}

/// The file gets its name when it is whole.
fn save(target: &Path, content: &[u8], overwrite: bool) -> io::Result<()> {
    let folder = target.parent().filter(|folder| *folder != Path::new(""));
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    let named = if overwrite { file.persist(target) } else { file.persist_noclobber(target) };
    named.map(drop).map_err(|error| error.error)
}

/// The driver metadata of a submission that has some.
pub(crate) async fn driver_metadata(
    submission: &SubmissionHandler,
) -> Result<DriverMetadata, Failure> {
    expect(&submission.get().await?, &DownloadType::DriverMetadata)?;
    Ok(submission.driver_metadata().await?)
}

/// That a file is not there yet is no error of the arguments.
fn expect(submission: &Submission, what: &DownloadType) -> Result<(), Failure> {
    if submission.download_url(what).is_some() {
        return Ok(());
    }
    let hint = match (submission.has_failed(), what) {
        (true, _) => "The service has failed the submission: --kind error-report may tell why.",
        (false, DownloadType::DriverMetadata) => {
            "It appears after the signed package. For a submission that a partner has shared, ask \
             for it: hwdash submission metadata --request."
        }
        (false, DownloadType::DerivedPackage) => {
            "Only finished initial submissions of HLK products have a shell for updates."
        }
        (false, _) => "It appears when the workflow has come so far: see hwdash submission get.",
    };
    Err(Failure::new(Exit::NotFound, format!("the submission has no {what} (yet)"), hint))
}
