//! `hwdash label`

pub(crate) mod create;
mod update;
mod wait;

use hardware_dashboard::{
    Client, ShippingLabelHandler,
    workflow::{LabelChange, cancel_label},
};
use serde_json::{Map, Value};

use super::submission;
use crate::{
    App, Ending,
    args::{
        LabelIds,
        label::{Cancel, Get, Label, List},
    },
    failure::Exit,
    listing,
    receipt::Receipt,
    show,
};

pub(crate) async fn run(app: &App, command: Label) -> Ending {
    match command {
        Label::List(args) => list(app, args).await,
        Label::Get(args) => get(app, args).await,
        Label::Create(args) => create::run(app, *args).await,
        Label::Update(args) => update::run(app, *args).await,
        Label::Cancel(args) => cancel(app, args).await,
        Label::Wait(args) => wait::run(app, args).await,
    }
}

pub(crate) fn handler(client: &Client, which: &LabelIds) -> ShippingLabelHandler {
    submission::handler(client, &which.submission).shipping_label(which.label)
}

/// Its ids, for scripts.
fn ids(which: &LabelIds) -> Map<String, Value> {
    let mut ids = submission::ids(&which.submission);
    ids.insert("shippingLabelId".to_owned(), which.label.get().into());
    ids
}

fn receipt(operation: &'static str, which: &LabelIds) -> Receipt {
    let of = &which.submission;
    let receipt = Receipt::submission(operation, of.product, of.submission);
    Receipt { shipping_label_id: Some(which.label), ..receipt }
}

async fn list(app: &App, args: List) -> Ending {
    let connected = args.connection.connect_to_list(app).await?;
    let list = submission::handler(&connected.client, &args.which).shipping_labels().list();
    listing::show(app, list, &args.listing).await
}

async fn get(app: &App, args: Get) -> Ending {
    let connected = args.connection.connect(app).await?;
    let label = handler(&connected.client, &args.which).get().await?;
    app.console.result(&label, || show::label(&label))?;
    Ok(Exit::Done)
}

async fn cancel(app: &App, args: Cancel) -> Ending {
    let connected = args.connection.connect(app).await?;
    let (label, id) = (handler(&connected.client, &args.which), args.which.label);
    let sentence = match cancel_label(&label, &connected.rhythm_of_changes()).await? {
        LabelChange::AlreadySo => {
            format!("label {id} reads as failed, as cancelled ones do; nothing was sent")
        }
        _ => format!("label {id} is being cancelled, which may take over a day"),
    };
    app.console.done(&receipt("cancelShippingLabel", &args.which), &sentence)?;
    Ok(Exit::Done)
}
