//! `hwdash publish` and `hwdash share`

use hardware_dashboard::{
    model::{NewShippingLabel, ShippingDestination},
    workflow::Run,
};

use super::{
    label::create::{aim, dry_run, label, nothing_chosen},
    submission,
};
use crate::{
    App, Ending,
    args::{
        Publish, Share,
        label::{LabelFlags, Until},
    },
    failure::Failure,
    run::{here, perform},
    targets,
};

pub(crate) async fn publish(app: &App, args: Publish) -> Ending {
    let mut made = label(app, &args.label, None, args.dry_run).await?;
    if args.dry_run {
        let connected = args.run.connection.connect(app).await?;
        aim(&submission::handler(&connected.client, &args.which), &args.label, &mut made).await?;
        return dry_run(app, &made);
    }
    check_choice(&args.label, &made)?;
    let mut shipment = targets::shipment(made, &args.label.targets);
    if args.until == Until::End {
        shipment = shipment.until_finished();
    }
    if args.request_metadata {
        shipment = shipment.metadata_on_request();
    }
    let (product, submission) = (args.which.product, args.which.submission);
    let connected = args.run.connection.connect(app).await?;
    let run = Run::publish(connected.client.clone(), product, submission, shipment)?;
    let usual = here("publish", product, submission);
    perform(app, &connected, run, &args.run, usual).await
}

/// To target everything is to be said.
fn check_choice(args: &LabelFlags, label: &NewShippingLabel) -> Result<(), Failure> {
    let named = label.targeting.as_ref().and_then(|targeting| targeting.hardware_ids.as_ref());
    let is_chosen =
        args.all || !args.targets.is_empty() || named.is_some_and(|ids| !ids.is_empty());
    let is_to_windows = label.destination == ShippingDestination::WindowsUpdate;
    if is_chosen || !is_to_windows { Ok(()) } else { Err(nothing_chosen()) }
}

pub(crate) async fn share(app: &App, args: Share) -> Ending {
    let flags = LabelFlags { file: args.file.clone(), ..LabelFlags::default() };
    let made = label(app, &flags, Some(args.partner), false).await?;
    let shipment = targets::shipment(made, &flags.targets);
    let (product, submission) = (args.which.product, args.which.submission);
    let connected = args.run.connection.connect(app).await?;
    let run = Run::share(connected.client.clone(), product, submission, shipment)?;
    let usual = here("share", product, submission);
    perform(app, &connected, run, &args.run, usual).await
}
