//! `hwdash label update`

use hardware_dashboard::{
    ShippingLabelHandler,
    model::{
        AudienceChange, NewHardwareIdTarget, ShippingLabelUpdate, TargetingAction,
        UpdateHardwareIdTarget, UpdateShippingLabel, UpdateTargeting,
    },
    workflow::{LabelChange, revise_label},
};

use super::{create::nothing_chosen, handler, receipt, submission};
use crate::{
    App, Ending,
    args::label::Update,
    commands::submission::driver_metadata,
    failure::{Exit, Failure},
    input::Request,
    listing, targets,
};

pub(super) async fn run(app: &App, args: Update) -> Ending {
    let update = match &args.changes.from {
        Some(_) => from_file(app, &args).await?,
        None => ShippingLabelUpdate::new(),
    };
    let update = with_flags(update, &args);
    let connected = args.connection.connect(app).await?;
    let update = match action(&args)? {
        Some(action) => {
            let submission = submission::handler(&connected.client, &args.which.submission);
            let metadata = driver_metadata(&submission).await?;
            aimed(update, &action, targets::choose_some(&metadata, &args.targets)?)
        }
        None => update,
    };
    let label = handler(&connected.client, &args.which);
    if args.dry_run {
        return dry_run(app, &label, update).await;
    }
    let id = args.which.label;
    let sentence = match revise_label(&label, &update, &connected.rhythm_of_changes()).await? {
        LabelChange::AlreadySo => format!("label {id} shows all of it already; nothing was sent"),
        _ => format!("label {id} was changed"),
    };
    app.console.done(&receipt("updateShippingLabel", &args.which), &sentence)?;
    Ok(Exit::Done)
}

/// What is done with the hardware ids that the flags choose, if they choose any.
fn action(args: &Update) -> Result<Option<TargetingAction>, Failure> {
    let chooses = args.all || !args.targets.is_empty();
    match (args.add, args.remove) {
        (false, false) if chooses => Err(Failure::input(
            "hardware ids were chosen, but not what to do with them",
            "Give --add to target them, too, or --remove to target them no longer.",
        )),
        (false, false) => Ok(None),
        _ if !chooses => Err(nothing_chosen()),
        (true, _) => Ok(Some(TargetingAction::Add)),
        (_, true) => Ok(Some(TargetingAction::Remove)),
    }
}

fn aimed(
    update: ShippingLabelUpdate,
    action: &TargetingAction,
    ids: Vec<NewHardwareIdTarget>,
) -> ShippingLabelUpdate {
    match action {
        TargetingAction::Remove => update.remove_hardware_ids(ids),
        _ => update.add_hardware_ids(ids),
    }
}

fn with_flags(update: ShippingLabelUpdate, args: &Update) -> ShippingLabelUpdate {
    let mut update = update
        .add_chids(args.added_chids.iter().cloned())
        .remove_chids(args.removed_chids.iter().cloned());
    if !args.audiences.is_empty() {
        update = update.audiences(AudienceChange::Replace(args.audiences.clone()));
    }
    if args.remove_audiences {
        update = update.audiences(AudienceChange::Remove);
    }
    match &args.justification {
        Some(text) => update.business_justification(text),
        None => update,
    }
}

/// The file is the request of the API, in which audiences that are left out would be removed. Here
/// they stay: to let everyone have the driver takes more than saying nothing.
async fn from_file(app: &App, args: &Update) -> Result<ShippingLabelUpdate, Failure> {
    let kinds = &["updateShippingLabel", "shippingLabel"];
    let from = args.changes.from.as_deref();
    let request =
        Request::<UpdateShippingLabel>::read(&app.console, from, kinds).await?.into_typed()?;
    let UpdateTargeting { hardware_ids, chids, restricted_to_audiences, business_justification } =
        request.targeting;
    let mut update = ShippingLabelUpdate::new();
    for id in hardware_ids.unwrap_or_default() {
        let UpdateHardwareIdTarget { action, bundle_id, inf_id, operating_system_code, pnp_string } =
            id;
        let operating_system_code = operating_system_code.as_str();
        check(&action)?;
        let id = NewHardwareIdTarget::new(bundle_id, inf_id, operating_system_code, pnp_string);
        update = aimed(update, &action, vec![id]);
    }
    for target in chids.unwrap_or_default() {
        check(&target.action)?;
        update = match target.action {
            TargetingAction::Remove => update.remove_chids([target.chid]),
            _ => update.add_chids([target.chid]),
        };
    }
    update = match restricted_to_audiences {
        None => update,
        Some(none) if none.is_empty() => update.audiences(AudienceChange::Remove),
        Some(audiences) => update.audiences(AudienceChange::Replace(audiences)),
    };
    Ok(match business_justification {
        Some(text) => update.business_justification(text),
        None => update,
    })
}

fn check(action: &TargetingAction) -> Result<(), Failure> {
    match action {
        TargetingAction::Add | TargetingAction::Remove => Ok(()),
        other => Err(Failure::input(
            format!("{other} is not an action of a label update"),
            "Write add or remove.",
        )),
    }
}

async fn dry_run(app: &App, label: &ShippingLabelHandler, update: ShippingLabelUpdate) -> Ending {
    let current = if update.needs_current() { Some(label.get().await?) } else { None };
    let request = update.into_request(current.as_ref())?;
    if app.console.is_for_people() {
        let ids = request.targeting.hardware_ids.as_deref().unwrap_or_default();
        listing::show_all(app, ids)?;
        app.console.say(&format!("hardware ids to be changed: {}; nothing was sent", ids.len()));
    } else {
        app.console.result(&request, Default::default)?;
    }
    Ok(Exit::Done)
}
