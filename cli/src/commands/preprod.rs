//! `hwdash preprod`

use hardware_dashboard::{
    PreprodPackageHandler,
    blob::DownloadOptions,
    model::{PreprodAssetId, PreprodAssetType, PreprodPackage, PreprodSigningStatus},
    workflow::{Preprod as Order, Run},
};
use serde_json::json;

use crate::{
    App, Ending,
    args::preprod::{Assets, Download, Get, Preprod, Sign, Submit, Wait},
    failure::{Exit, Failure},
    listing,
    output::redacted,
    receipt,
    run::{Kept, Waits, beside},
    show,
    wait::{self, News, Verdict},
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
    let order = Order::new(&args.package, &args.out).overwrite(args.overwrite);
    let connected = args.connection.connect(app).await?;
    let run = Run::preprod(connected.client.clone(), order)?;
    let kept = Kept::begin(app, &connected, run, &args.keeping, beside(&args.out))?;
    let Sign { waiting, connection, keeping, .. } = &args;
    kept.finish(app, connected, Waits { waiting, connection, no_wait: keeping.no_wait }).await
}

async fn submit(app: &App, args: Submit) -> Ending {
    let connected = args.connection.connect(app).await?;
    let package = connected.client.preprod().submit(&args.package).await?;
    app.console.result(&package, || show::preprod(&package))?;
    Ok(Exit::Done)
}

async fn get(app: &App, args: Get) -> Ending {
    let connected = args.connection.connect(app).await?;
    let package = connected.client.preprod().package(args.package).get().await?;
    app.console.result(&package, || show::preprod(&package))?;
    Ok(Exit::Done)
}

async fn assets(app: &App, args: Assets) -> Ending {
    let connected = args.connection.connect_to_list(app).await?;
    let assets = connected.client.preprod().package(args.package).assets().await?;
    listing::show_all(app, &assets)
}

async fn download(app: &App, args: Download) -> Ending {
    let connected = args.connection.connect(app).await?;
    let package = connected.client.preprod().package(args.package);
    let asset = match args.asset {
        Some(asset) => asset,
        None => signed_files(&package).await?,
    };
    let options = DownloadOptions::default().overwrite(args.overwrite);
    let file = package.download(&asset, &args.out, &options).await?;
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
    let rhythm = args.waiting.rhythm(&args.connection)?;
    let package = connected.client.preprod().package(args.package.clone());
    let look = || package.get();
    let last = wait::until(&app.console, &rhythm, look, judge).await?;
    app.console.result(&last.seen, || show::preprod(&last.seen))?;
    if last.is_over {
        return Ok(Exit::Done);
    }
    let id = &args.package;
    Err(Failure::still_running(
        format!("package {id}"),
        format!("Go on waiting with: hwdash preprod wait {id}"),
    )
    .with_fact("packageId", id.to_string()))
}

fn judge(package: &PreprodPackage) -> (News, Verdict) {
    let status = package.signing_status.as_ref();
    let text = status.map(ToString::to_string).unwrap_or_default();
    let news = News {
        name: "signing",
        text,
        event: json!({ "event": "signing", "signingStatus": status }),
        messages: Vec::new(),
    };
    let verdict = match status {
        Some(PreprodSigningStatus::Succeeded) => Verdict::Done,
        Some(PreprodSigningStatus::Failed) => {
            let error = package.error.as_ref().and_then(|error| error.message.as_deref());
            let why = error.map_or_else(|| "the service does not say why".to_owned(), redacted);
            Verdict::Failed(Box::new(Failure::new(
                Exit::WorkflowFailed,
                format!("the service failed the package: {why}"),
                "Mend the package and submit it anew.",
            )))
        }
        _ => Verdict::Going,
    };
    (news, verdict)
}
