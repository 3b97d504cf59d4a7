//! `hwdash label wait`

use super::handler;
use crate::{
    App, Ending,
    args::{
        LabelIds, SubmissionIds,
        label::{Until, Wait},
    },
    failure::{Exit, Failure},
    output::summarise,
    show, waited,
};

pub(super) async fn run(app: &App, args: Wait) -> Ending {
    let connected = args.connection.connect(app).await?;
    let polling = connected.polling(&args.waiting)?;
    let label = handler(&connected.client, &args.which);
    let ended = match args.until {
        Until::Approval => label.until_approval(&polling).await,
        Until::End => label.until_finished(&polling).await,
    };
    let LabelIds { submission: SubmissionIds { product, submission }, label } = args.which;
    let named = |failure: Failure| {
        let failure = failure.with_fact("productId", product.get());
        let failure = failure.with_fact("submissionId", submission.get());
        failure.with_fact("shippingLabelId", label.get())
    };
    let ended = ended.map_err(|error| named(error.into()))?;
    let (seen, is_done) = waited::show(app, ended, show::label)?;
    if is_done {
        let how = show::progress(&seen).unwrap_or_default();
        summarise(&format!("shipping label {label} is at {how}"));
        return Ok(Exit::Done);
    }
    let until = match args.until {
        Until::Approval => " --until approval",
        Until::End => "",
    };
    let next = app.command(&format!("label wait {product} {submission} {label}{until}"));
    Err(named(Failure::still_running(
        format!("label {label}"),
        format!("Go on waiting with: {next}"),
    )))
}
