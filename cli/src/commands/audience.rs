//! `hwdash audience`

use crate::{
    App, Ending,
    args::audience::{Audience, List},
    listing,
};

pub(crate) async fn run(app: &App, command: Audience) -> Ending {
    match command {
        Audience::List(args) => list(app, args).await,
    }
}

async fn list(app: &App, args: List) -> Ending {
    let connected = args.connection.connect_to_list(app).await?;
    listing::show(app, connected.client.audiences().list(), &args.listing).await
}
