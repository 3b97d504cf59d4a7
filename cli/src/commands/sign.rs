//! `hwdash sign`

use std::path::Path;

use hardware_dashboard::{
    model::NewProduct,
    workflow::{Run, Sign as Order},
};
use tempfile::TempDir;

use crate::{
    App, Ending,
    args::Sign,
    cabinet,
    failure::Failure,
    input,
    run::{beside, perform},
    targets,
};

pub(crate) async fn run(app: &App, args: Sign) -> Ending {
    input::warn_of_unknown_codes(&app.console, &args.signatures);
    // Lives as long as the run: it holds the cabinet made of a folder.
    let packed = pack_folder(&args)?;
    let package =
        packed.as_ref().map_or(args.package.clone(), |folder| folder.path().join("package.cab"));
    let Sign { signing, run: flags, .. } = &args;
    let out = &signing.zip.out;
    let order = Order::new(product(&args, &package)?, package, out);
    let shipment = targets::shipment_of_file(app, signing.publish.as_deref()).await?;
    let order = shipment.into_iter().fold(order, Order::then_ship);
    let connected = flags.connection.connect(app).await?;
    let run = Run::sign(connected.client.clone(), order.overwrite(signing.zip.overwrite))?;
    perform(app, &connected, run, flags, beside(out)).await
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
    if !args.run.connection.emulator {
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
