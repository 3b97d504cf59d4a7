//! `hwdash sign`

use std::{path::Path, process::ExitCode, time::Duration};

use hardware_dashboard::{
    model::{NewProduct, OsCode},
    workflow::{Outcome, Polling, Run, Sign as Order},
};
use tempfile::TempDir;

use crate::{
    args::Sign,
    cabinet,
    failure::{Failure, STILL_RUNNING},
    output,
};

/// More often a real account must not be looked at.
const SHORTEST_POLL: Duration = Duration::from_secs(1);

pub(crate) async fn run(args: Sign) -> Result<ExitCode, Failure> {
    warn_of_unknown(&args.signatures);
    // Lives as long as the run: it holds the cabinet made of a folder.
    let packed = pack_folder(&args)?;
    let package =
        packed.as_ref().map_or(args.package.clone(), |folder| folder.path().join("package.cab"));
    let order = Order::new(product(&args, &package)?, package, &args.out).overwrite(args.overwrite);
    let connected = args.connection.connect().await?;
    let polling = polling(&args, &connected.polling)?;
    let mut run = Run::sign(connected.client.clone(), order)?.polling(polling);
    let outcome = run.until_done().await;
    if let Some(emulator) = connected.emulator {
        emulator.stop().await;
    }
    match outcome {
        Ok(Outcome::Done(file)) => {
            output::data(&file.path.display().to_string());
            Ok(ExitCode::SUCCESS)
        }
        Ok(_) => {
            output::line(&format!("still running: {}", made(&run).unwrap_or_default()));
            output::line("hint: The submission goes on without us; look at it on the dashboard.");
            Ok(STILL_RUNNING.into())
        }
        Err(error) => Err(with_ids(error.into(), &run)),
    }
}

/// The list of codes grows with Windows, so one that we do not know may be right.
fn warn_of_unknown(codes: &[OsCode]) {
    for code in codes.iter().filter(|code| !code.is_known()) {
        output::line(&format!("warning: {code} is not among the OS codes that hwdash knows"));
        if let Some(closest) = code.closest() {
            output::line(&format!("hint: Did you mean {closest}?"));
        }
    }
}

fn polling(args: &Sign, usual: &Polling) -> Result<Polling, Failure> {
    let polling = usual.clone().max_wait(args.max_wait);
    match args.poll {
        Some(pause) if pause < SHORTEST_POLL && !args.connection.is_local() => Err(Failure::input(
            "--poll is too short: the service counts calls by the minute",
            "Give at least 1s; without --poll a good rhythm is chosen.",
        )),
        Some(pause) => Ok(polling.first(pause)),
        None => Ok(polling),
    }
}

/// What was made stays: whoever goes on needs to know it.
fn with_ids(failure: Failure, run: &Run) -> Failure {
    match made(run) {
        Some(made) => failure.with_detail(format!("made so far: {made}")),
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
