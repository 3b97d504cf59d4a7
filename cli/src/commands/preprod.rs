//! `hwdash preprod`

use hardware_dashboard::{
    PreprodPackageHandler,
    blob::DownloadOptions,
    model::{PreprodAssetId, PreprodAssetType, PreprodPackage},
    workflow::{Preprod as Order, Run},
};

use crate::{
    App, Ending,
    args::preprod::{Assets, Download, Get, Preprod, Sign, Submit, Wait},
    failure::{Exit, Failure},
    listing, receipt,
    run::{beside, perform},
    shell, show, waited,
};

pub(crate) async fn run(app: &App, command: Preprod) -> Ending {
    match command {
        Preprod::Sign(args) => sign(app, *args).await,
        Preprod::Submit(args) => submit(app, args).await,
        Preprod::Get(args) => get(app, args).await,
        Preprod::Assets(args) => assets(app, args).await,
        Preprod::Download(args) => download(app, args).await,
        Preprod::Wait(args) => wait(app, args).await,
    }
}

async fn sign(app: &App, args: Sign) -> Ending {
    let Sign { package, zip, run: flags } = &args;
    let order = Order::new(package, &zip.out).overwrite(zip.overwrite);
    let connected = flags.connection.connect(app).await?;
    let run = Run::preprod(connected.client.clone(), order)?;
    perform(app, &connected, run, flags, beside(&zip.out)).await
}

async fn submit(app: &App, args: Submit) -> Ending {
    let connected = args.connection.connect(app).await?;
    let package = connected.client.preprod().submit(&args.package).await?;
    app.console.result(&package, || show::preprod(&package))?;
    Ok(Exit::Done)
}

async fn get(app: &App, args: Get) -> Ending {
    let connected = args.connection.connect(app).await?;
    let package = connected.client.preprod().package(args.of.package).get().await?;
    app.console.result(&package, || show::preprod(&package))?;
    Ok(Exit::Done)
}

async fn assets(app: &App, args: Assets) -> Ending {
    let connected = args.connection.connect_to_list(app).await?;
    let assets = connected.client.preprod().package(args.of.package).assets().await?;
    listing::show_all(app, &assets)
}

async fn download(app: &App, args: Download) -> Ending {
    let connected = args.connection.connect(app).await?;
    let package = connected.client.preprod().package(args.of.package);
    let asset = match args.asset {
        Some(asset) => asset,
        None => signed_files(&package).await?,
    };
    let options = DownloadOptions::default().overwrite(args.target.overwrite);
    let file = package.download(&asset, &args.target.out, &options).await?;
    receipt::show(app, &file)?;
    Ok(Exit::Done)
}

/// The asset that most people want.
async fn signed_files(package: &PreprodPackageHandler) -> Result<PreprodAssetId, Failure> {
    let assets = package.assets().await?;
    let is_zip = |asset: &&_| is_signed_files(asset);
    assets.iter().find(is_zip).and_then(|asset| asset.id.clone()).ok_or_else(|| {
        Failure::new(
            Exit::NotFound,
            "the package has no zip of signed files (yet)",
            "It appears when the package is signed: see hwdash preprod get and preprod assets.",
        )
    })
}

fn is_signed_files(asset: &hardware_dashboard::model::PreprodAsset) -> bool {
    asset.asset_type == Some(PreprodAssetType::SignedFilesZip)
}

async fn wait(app: &App, args: Wait) -> Ending {
    let connected = args.connection.connect(app).await?;
    let polling = connected.rhythm(&args.waiting)?;
    let id = args.of.package;
    let wait = waited::Wait {
        what: format!("package {id}"),
        next: app.command(&format!("preprod wait {}", shell::word(&id.to_string()))),
        ids: [("packageId".to_owned(), id.to_string().into())].into_iter().collect(),
    };
    let package = connected.client.preprod().package(id.clone());
    let told = |_: &PreprodPackage| format!("package {id} is signed");
    wait.finish(app, package.until_signed(&polling), show::preprod, told).await
}
