//! `hwdash label wait`

use hardware_dashboard::model::{ShippingLabel, WorkflowState, WorkflowStep};
use serde_json::json;

use super::handler;
use crate::{
    App, Ending,
    args::label::{Until, Wait},
    failure::{Exit, Failure},
    output, show,
    wait::{self, News, Verdict},
};

pub(super) async fn run(app: &App, args: Wait) -> Ending {
    let connected = args.connection.connect(app).await?;
    let rhythm = args.waiting.rhythm(&args.connection)?;
    let label = handler(&connected.client, &args.which);
    let look = || label.get();
    let judge = |label: &ShippingLabel| judge(label, args.until);
    let last = wait::until(&app.console, &rhythm, look, judge).await?;
    app.console.result(&last.seen, || show::label(&last.seen))?;
    if last.is_over {
        let how = show::progress(&last.seen).unwrap_or_default();
        output::summarise(&format!("shipping label {} is at {how}", args.which.label));
        return Ok(Exit::Done);
    }
    let (of, label) = (&args.which.submission, args.which.label);
    let (product, submission) = (of.product, of.submission);
    Err(Failure::still_running(
        format!("label {label}"),
        format!("Go on waiting with: hwdash label wait {product} {submission} {label}"),
    )
    .with_fact("shippingLabelId", label.get()))
}

fn judge(label: &ShippingLabel, until: Until) -> (News, Verdict) {
    let status = label.workflow_status.as_ref();
    let step = status.and_then(|status| status.current_step.as_ref());
    let state = status.and_then(|status| status.state.as_ref());
    let messages = show::said(status.and_then(|status| status.messages.as_deref()));
    let text = show::progress(label).unwrap_or_default();
    let verdict = match (step, state) {
        (_, Some(WorkflowState::Failed)) => Verdict::Failed(Box::new(failure(&text, &messages))),
        // Who has to approve it is no machine: a week is nothing.
        (Some(step), _) if until == Until::Approval && is_approval_or_later(step) => Verdict::Done,
        (
            Some(WorkflowStep::FinalizePublishing | WorkflowStep::FinalizeSharing),
            Some(WorkflowState::Completed),
        ) => Verdict::Done,
        _ => Verdict::Going,
    };
    let event = json!({ "event": "workflow", "currentStep": step, "state": state });
    (News { name: "workflow", text, event, messages }, verdict)
}

fn is_approval_or_later(step: &WorkflowStep) -> bool {
    matches!(
        step,
        WorkflowStep::MicrosoftApproval
            | WorkflowStep::Publishing
            | WorkflowStep::FinalizePublishing
            | WorkflowStep::FinalizeSharing
    )
}

fn failure(text: &str, messages: &[String]) -> Failure {
    let why = if messages.is_empty() { text.to_owned() } else { messages.join("; ") };
    Failure::new(
        Exit::WorkflowFailed,
        format!("the service failed the shipping label: {why}"),
        "A label that was cancelled reads as failed, too. Mend what it names and make a new label.",
    )
    .with_fact("messages", messages.to_vec())
}
