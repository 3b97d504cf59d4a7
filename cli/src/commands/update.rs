//! `hwdash update`

use hardware_dashboard::workflow::{Run, Update as Order};

use crate::{
    App, Ending,
    args::Update,
    run::{Kept, Waits, beside},
    targets,
};

pub(crate) async fn run(app: &App, args: Update) -> Ending {
    let Update { product, name, package, out, .. } = &args;
    let order = Order::new(*product, name, package, out).overwrite(args.overwrite);
    let order = args.shell.iter().fold(order, Order::shell);
    let shipment = targets::shipment_of_file(app, args.publish.as_deref())?;
    let order = shipment.into_iter().fold(order, Order::then_ship);
    let connected = args.connection.connect(app).await?;
    let run = Run::update(connected.client.clone(), order)?;
    let kept = Kept::begin(app, &connected, run, &args.keeping, beside(out))?;
    let Update { waiting, connection, keeping, .. } = &args;
    kept.finish(app, connected, Waits { waiting, connection, no_wait: keeping.no_wait }).await
}
