//! `hwdash label wait`

use hardware_dashboard::model::ShippingLabel;

use super::{handler, ids};
use crate::{
    App, Ending,
    args::{
        LabelIds, SubmissionIds,
        label::{Until, Wait},
    },
    show, waited,
};

pub(super) async fn run(app: &App, args: Wait) -> Ending {
    let connected = args.connection.connect(app).await?;
    let polling = connected.rhythm(&args.waiting)?;
    let handler = handler(&connected.client, &args.which);
    let LabelIds { submission: SubmissionIds { product, submission }, label } = args.which;
    let until = match args.until {
        Until::Approval => " --until approval",
        Until::End => "",
    };
    let wait = waited::Wait {
        what: format!("label {label}"),
        next: app.command(&format!("label wait {product} {submission} {label}{until}")),
        ids: ids(&args.which),
    };
    let waiting = async {
        match args.until {
            Until::Approval => handler.until_approval(&polling).await,
            Until::End => handler.until_finished(&polling).await,
        }
    };
    let told = |seen: &ShippingLabel| {
        let how = show::progress(seen).unwrap_or_default();
        format!("shipping label {label} is at {how}")
    };
    wait.finish(app, waiting, show::label, told).await
}
