//! `hwdash partner`

use crate::{
    App, Ending,
    args::partner::{Lookup, Partner},
    failure::Exit,
    show,
};

pub(crate) async fn run(app: &App, command: Partner) -> Ending {
    match command {
        Partner::Lookup(args) => lookup(app, args).await,
    }
}

async fn lookup(app: &App, args: Lookup) -> Ending {
    let client = args.connection.connect(app).await?.client;
    let found = client.partner_submission(args.publisher, args.product, args.submission).await?;
    app.console.result(&found, || show::submission(&found))?;
    Ok(Exit::Done)
}
