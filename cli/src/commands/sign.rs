//! `hwdash sign`

use std::path::Path;

use hardware_dashboard::{
    model::NewProduct,
    workflow::{Outcome, Polling, Run, Sign as Order},
};
use tempfile::TempDir;

use crate::{
    App, Ending,
    args::Sign,
    cabinet,
    failure::{Exit, Failure},
    input, receipt,
};

pub(crate) async fn run(app: &App, args: Sign) -> Ending {
    input::warn_of_unknown_codes(&app.console, &args.signatures);
    // Lives as long as the run: it holds the cabinet made of a folder.
    let packed = pack_folder(&args)?;
    let package =
        packed.as_ref().map_or(args.package.clone(), |folder| folder.path().join("package.cab"));
    let order = Order::new(product(&args, &package)?, package, &args.out).overwrite(args.overwrite);
    let connected = args.connection.connect(app).await?;
    let polling = polling(&args, &connected.polling)?;
    let mut run = Run::sign(connected.client.clone(), order)?.polling(polling);
    let outcome = run.until_done().await;
    if let Some(emulator) = connected.emulator {
        emulator.stop().await;
    }
    match outcome {
        Ok(Outcome::Done(file)) => {
            receipt::show(app, &file)?;
            Ok(Exit::Done)
        }
        Ok(_) => {
            let hint = "The submission goes on without us; look at it on the dashboard.";
            Err(Failure::still_running(made(&run).unwrap_or_default(), hint))
        }
        Err(error) => Err(with_ids(error.into(), &run)),
    }
}

fn polling(args: &Sign, usual: &Polling) -> Result<Polling, Failure> {
    let polling = usual.clone().max_wait(args.waiting.max_wait);
    let pause = args.waiting.pause(&args.connection)?;
    Ok(pause.map_or(polling.clone(), |pause| polling.first(pause)))
}

/// What was made stays: whoever goes on needs to know it.
fn with_ids(failure: Failure, run: &Run) -> Failure {
    match made(run) {
        Some(made) => failure
            .with_detail(format!("made so far: {made}"))
            .with_fact("productId", run.product_id().map(|id| id.get()))
            .with_fact("submissionId", run.submission_id().map(|id| id.get())),
        None => failure,
    }
}

fn made(run: &Run) -> Option<String> {
    let product = run.product_id()?;
    Some(match run.submission_id() {
        Some(submission) => format!("product {product}, submission {submission}"),
        None => format!("product {product}"),
    })
}

/// The ending of the package's name tells how the driver was tested.
fn product(args: &Sign, package: &Path) -> Result<NewProduct, Failure> {
    let signatures = args.signatures.clone();
    let ending = package.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "cab" => Ok(NewProduct::attestation(&args.name, signatures)),
        "hlkx" => Ok(NewProduct::hlk(&args.name, signatures)),
        "hckx" => Ok(NewProduct::hck(&args.name, signatures)),
        _ => Err(Failure::input(
            format!("{} is not a package by its name", args.package.display()),
            "Give a signed .cab file for attestation signing, or an .hlkx or .hckx file.",
        )),
    }
}

fn pack_folder(args: &Sign) -> Result<Option<TempDir>, Failure> {
    if !args.package.is_dir() {
        return Ok(None);
    }
    if !args.connection.emulator {
        return Err(Failure::input(
            format!("{} is a folder", args.package.display()),
            "The service takes a cabinet that you have signed: make one (makecab, lcab), sign it \
             (signtool, osslsigncode) and give that. Folders are packed for --emulator only.",
        ));
    }
    let folder = TempDir::with_prefix("hwdash-")
        .map_err(|error| Failure::file("no temporary folder could be made", error))?;
    cabinet::pack(&args.package, &folder.path().join("package.cab"))?;
    Ok(Some(folder))
}
