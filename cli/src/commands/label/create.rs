//! `hwdash label create`

use hardware_dashboard::{
    SubmissionHandler,
    model::{
        NewChidTarget, NewShippingLabel, NewTargeting, PublishingSpecifications,
        ReceiverPublisherId, RecipientSpecifications, ShippingDestination,
    },
};

use super::submission;
use crate::{
    App, Ending, UnderWay,
    args::label::{Create, LabelFlags},
    commands::submission::driver_metadata,
    failure::{Exit, Failure},
    input::{Request, settle_code},
    listing, output, show, targets,
};

pub(super) async fn run(app: &App, args: Create) -> Ending {
    let mut label = label(app, &args.label, args.partner, args.dry_run).await?;
    let connected = args.connection.connect(app).await?;
    let submission = submission::handler(&connected.client, &args.which);
    aim(&submission, &args.label, &mut label).await?;
    if args.dry_run {
        return dry_run(app, &label);
    }
    let ids = format!("{} {}", args.which.product, args.which.submission);
    app.set_under_way(Some(UnderWay::Making { look: app.command(&format!("label list {ids}")) }));
    let made = submission.shipping_labels().create(&label).await?;
    app.set_under_way(None);
    app.console.result(&made, || show::label(&made))?;
    let id = made.id_or_link().map_or_else(String::new, |id| id.to_string());
    output::summarise(&format!("shipping label {id} was made"));
    Ok(Exit::Done)
}

/// What the file says, with what the flags say over it.
pub(crate) async fn label(
    app: &App,
    args: &LabelFlags,
    partner: Option<ReceiverPublisherId>,
    dry_run: bool,
) -> Result<NewShippingLabel, Failure> {
    let kinds = &["createShippingLabel", "shippingLabel"];
    let mut request =
        Request::<NewShippingLabel>::read(&app.console, args.file.from.as_deref(), kinds).await?;
    request.set("name", args.file.name.as_ref());
    if dry_run {
        request.set_default("name", "dry run");
    }
    if let Some(partner) = partner {
        request.set("destination", Some(ShippingDestination::AnotherPartner));
        request.set("recipientSpecifications", Some(RecipientSpecifications::new(partner)));
    }
    request.set_default("destination", ShippingDestination::WindowsUpdate);
    request.needs("name", "--name")?;
    let mut label = request.into_typed()?;
    if label.destination == ShippingDestination::WindowsUpdate {
        let publishing = label.publishing_specifications.take();
        let mut publishing = publishing.unwrap_or_else(PublishingSpecifications::manual);
        if let Some(date) = &args.go_live {
            publishing = publishing.go_live_date(date.clone());
        }
        label.publishing_specifications = Some(publishing);
    }
    restrict(&mut label, args);
    Ok(label)
}

fn restrict(label: &mut NewShippingLabel, args: &LabelFlags) {
    let ids = label.targeting.iter_mut().flat_map(|targeting| &mut targeting.hardware_ids);
    ids.flatten().for_each(|id| {
        // As the service wants them; files that people write hold them as the INF does.
        id.pnp_string = id.pnp_string.to_lowercase();
        settle_code(&mut id.operating_system_code);
    });
    if !args.audiences.is_empty() {
        let targeting = label.targeting.get_or_insert_default();
        targeting.restricted_to_audiences = Some(args.audiences.clone());
    }
    if !args.chids.is_empty() {
        let targeting = label.targeting.get_or_insert_default();
        targeting.chids = Some(args.chids.iter().cloned().map(NewChidTarget::new).collect());
    }
}

/// Takes the targets from the driver metadata where the flags choose them, and holds the label
/// against it.
pub(crate) async fn aim(
    submission: &SubmissionHandler,
    args: &LabelFlags,
    label: &mut NewShippingLabel,
) -> Result<(), Failure> {
    let has_ids = |targeting: &NewTargeting| targeting.hardware_ids.is_some();
    let chooses = args.all || !args.targets.is_empty();
    if !chooses && !label.targeting.as_ref().is_some_and(has_ids) {
        if label.destination == ShippingDestination::WindowsUpdate {
            return Err(nothing_chosen());
        }
        return Ok(label.check()?);
    }
    let metadata = driver_metadata(submission).await?;
    if chooses {
        let chosen = targets::choose_some(&metadata, &args.targets)?;
        label.targeting.get_or_insert_default().hardware_ids = Some(chosen);
    }
    Ok(metadata.check_label(label)?)
}

pub(crate) fn nothing_chosen() -> Failure {
    Failure::input(
        "no hardware ids were chosen",
        "Give --all, or choose by --os, --inf, --pnp and --bundle; --dry-run shows them.",
    )
}

pub(crate) fn dry_run(app: &App, label: &NewShippingLabel) -> Ending {
    let ids = label.targeting.as_ref().and_then(|targeting| targeting.hardware_ids.as_deref());
    let ids = ids.unwrap_or_default();
    if app.console.is_for_people() {
        listing::show_all(app, ids)?;
        app.console.say(&format!("hardware ids to be targeted: {}; nothing was sent", ids.len()));
    } else {
        app.console.result(label, Default::default)?;
    }
    Ok(Exit::Done)
}
