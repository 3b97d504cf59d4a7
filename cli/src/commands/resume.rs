//! `hwdash resume`

use hardware_dashboard::workflow::Journal;

use crate::{
    App, Ending,
    args::Resume,
    run::{self, Kept},
};

pub(crate) async fn run(app: &App, args: Resume) -> Ending {
    let path = match &args.state {
        Some(path) => path.clone(),
        None => run::found(app)?,
    };
    // What is no journal is left without a lock beside it.
    Journal::inspect(&path)?;
    let connected = args.connection.connect(app).await?;
    let polling = connected.rhythm(&args.waiting)?;
    Kept::resume(app, &connected, &path, polling)?.finish(app, args.no_wait).await
}
