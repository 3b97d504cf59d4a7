//! `hwdash update`

use hardware_dashboard::workflow::{Run, Update as Order};

use crate::{
    App, Ending,
    args::Update,
    run::{beside, perform},
    targets,
};

pub(crate) async fn run(app: &App, args: Update) -> Ending {
    let Update { of, name, package, signing, shell, run: flags } = &args;
    let out = &signing.zip.out;
    let order = Order::new(of.product, name, package, out).overwrite(signing.zip.overwrite);
    let order = shell.iter().fold(order, Order::shell);
    let shipment = targets::shipment_of_file(app, signing.publish.as_deref()).await?;
    let order = shipment.into_iter().fold(order, Order::then_ship);
    let connected = flags.connection.connect(app).await?;
    let run = Run::update(connected.client.clone(), order)?;
    perform(app, &connected, run, flags, beside(out)).await
}
