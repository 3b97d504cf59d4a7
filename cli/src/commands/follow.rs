//! `hwdash wait` and `hwdash log`: by ids alone, from any machine.

use std::path::Path;

use hardware_dashboard::{
    model::{
        CommitStatus, ProductId, ShippingLabel, ShippingLabelId, Submission, SubmissionId,
        WorkflowStatus,
    },
    workflow::{Attach, Polling, Run},
};
use serde::Serialize;

use super::{label, submission};
use crate::{
    App, Ending,
    args::{LabelIds, Log, SubmissionIds, Wait},
    connection::Connected,
    failure::{Exit, Failure},
    output::{for_people, printable, redacted},
    run::Kept,
    shell, show, waited,
};

pub(crate) async fn wait(app: &App, args: Wait) -> Ending {
    let connected = args.connection.connect(app).await?;
    let polling = connected.rhythm(&args.waiting)?;
    match &args.out {
        Some(out) => wait_and_save(app, &connected, polling, &args, out).await,
        None => wait_alone(app, &connected, &polling, &args.which).await,
    }
}

async fn wait_and_save(
    app: &App,
    connected: &Connected,
    polling: Polling,
    args: &Wait,
    out: &Path,
) -> Ending {
    let SubmissionIds { product, submission } = args.which;
    let order = Attach::new(product, submission, out).overwrite(args.overwrite);
    let run = Run::attach(connected.client.clone(), order)?.polling(polling);
    let overwrite = if args.overwrite { " --overwrite" } else { "" };
    let out = shell::flag("out", &out.display().to_string());
    let next = app.command(&format!("wait {product} {submission} {out}{overwrite}"));
    Kept::watching(app, run, next).finish(app, false).await
}

async fn wait_alone(
    app: &App,
    connected: &Connected,
    polling: &Polling,
    which: &SubmissionIds,
) -> Ending {
    let SubmissionIds { product, submission: id } = *which;
    let wait = waited::Wait {
        what: format!("product {product}, submission {id}"),
        next: app.command(&format!("wait {product} {id}")),
        ids: submission::ids(which),
    };
    let handler = submission::handler(&connected.client, which);
    let told = |_: &Submission| format!("submission {id} of product {product} is signed");
    wait.finish(app, handler.until_signed(polling), show::submission, told).await
}

/// All that the service says of a submission or of a shipping label.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    product_id: ProductId,
    submission_id: SubmissionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    shipping_label_id: Option<ShippingLabelId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit_status: Option<CommitStatus>,
    workflow_status: Option<WorkflowStatus>,
    /// The text of the error report.
    report: Option<String>,
    /// All messages, wherever they stand.
    #[serde(skip)]
    messages: Vec<String>,
}

pub(crate) async fn log(app: &App, args: Log) -> Ending {
    let connected = args.connection.connect(app).await?;
    let said = match args.label {
        Some(label) => said_of_label(&connected, &args.which, label).await?,
        None => said_of_submission(&connected, &args.which).await?,
    };
    if app.console.is_for_people() {
        return tell(app, &said);
    }
    app.console.result(&said, Default::default)?;
    Ok(Exit::Done)
}

async fn said_of_submission(connected: &Connected, which: &SubmissionIds) -> Result<Said, Failure> {
    let handler = submission::handler(&connected.client, which);
    let seen = handler.get().await?;
    // A report of warnings is there although all is well.
    let report = match seen.error_report_url() {
        Some(_) => handler.error_report().await?,
        None => None,
    };
    let messages = seen.messages().map(redacted).collect();
    let Submission { commit_status, workflow_status, .. } = seen;
    Ok(Said {
        product_id: which.product,
        submission_id: which.submission,
        shipping_label_id: None,
        commit_status,
        workflow_status,
        report,
        messages,
    })
}

async fn said_of_label(
    connected: &Connected,
    which: &SubmissionIds,
    label: ShippingLabelId,
) -> Result<Said, Failure> {
    let handler = label::handler(&connected.client, &LabelIds { submission: which.clone(), label });
    let seen = handler.get().await?;
    let report = match seen.error_report_url() {
        Some(_) => handler.error_report().await?,
        None => None,
    };
    let ShippingLabel { workflow_status, .. } = seen;
    let messages =
        show::said(workflow_status.as_ref().and_then(|status| status.messages.as_deref()));
    Ok(Said {
        product_id: which.product,
        submission_id: which.submission,
        shipping_label_id: Some(label),
        commit_status: None,
        workflow_status,
        report,
        messages,
    })
}

fn tell(app: &App, said: &Said) -> Ending {
    let commit = said.commit_status.as_ref().map(|status| format!("commit: {status}"));
    let status = said.workflow_status.as_ref();
    let workflow = status
        .and_then(|status| show::workflow(status.current_step.as_ref(), status.state.as_ref()));
    let report = said.report.as_deref().map(redacted).unwrap_or_default();
    let head = commit.into_iter().chain(workflow);
    let lines = head.chain(said.messages.iter().cloned());
    let lines = lines.chain(report.lines().map(str::to_owned));
    let printable: Vec<_> = lines.map(|line| printable(&line)).collect();
    for_people(&printable.join("\n"))?;
    if said.messages.is_empty() && said.report.is_none() {
        app.console.say("the service has no messages and no error report");
    }
    Ok(Exit::Done)
}
