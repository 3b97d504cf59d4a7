//! `hwdash resume`

use hardware_dashboard::workflow::Journal;

use crate::{
    App, Ending,
    args::Resume,
    failure::Failure,
    run::{self, Kept},
};

pub(crate) async fn run(app: &App, args: Resume) -> Ending {
    if args.connection.emulator {
        // It would do all of it over again, and then take away the journal of what is at the service.
        return Err(Failure::input(
            "a run of the service cannot go on in an emulator: nothing of it is there",
            "Leave --emulator out; what is begun with --emulator ends with its command.",
        ));
    }
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
