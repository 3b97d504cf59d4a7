//! `hwdash resume`

use hardware_dashboard::workflow::Journal;

use crate::{
    App, Ending,
    args::Resume,
    run::{self, Kept, Waits},
};

pub(crate) async fn run(app: &App, args: Resume) -> Ending {
    let path = match &args.state {
        Some(path) => path.clone(),
        None => run::found(app)?,
    };
    // What is no journal is left without a lock beside it.
    Journal::inspect(&path)?;
    let connected = args.connection.connect(app).await?;
    let kept = Kept::resume(app, &connected, &path)?;
    let Resume { waiting, connection, no_wait, .. } = &args;
    kept.finish(app, connected, Waits { waiting, connection, no_wait: *no_wait }).await
}
