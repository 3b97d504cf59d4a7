//! `hwdash wait` and `hwdash log`: by ids alone, from any machine.

use hardware_dashboard::{
    SubmissionHandler,
    model::{CommitStatus, Submission, WorkflowStatus},
    workflow::{Attach, Run},
};
use serde::Serialize;
use serde_json::json;

use super::submission;
use crate::{
    App, Ending,
    args::{Log, Wait, submission::SubmissionIds},
    failure::{Exit, Failure},
    output::{for_people, redacted, summarise},
    run::{Kept, Waits, word},
    show,
    wait::{self, News, Verdict},
};

pub(crate) async fn wait(app: &App, args: Wait) -> Ending {
    let connected = args.connection.connect(app).await?;
    let SubmissionIds { product, submission: id } = args.which;
    if let Some(out) = &args.out {
        let order = Attach::new(product, id, out).overwrite(args.overwrite);
        let run = Run::attach(connected.client.clone(), order)?;
        let Wait { waiting, connection, .. } = &args;
        let waits = Waits { waiting, connection, no_wait: false };
        let overwrite = if args.overwrite { " --overwrite" } else { "" };
        let out = word(&out.display().to_string());
        let next = format!("hwdash wait {product} {id} --out {out}{overwrite}");
        return Kept::watching(run, next).finish(app, connected, waits).await;
    }
    let rhythm = args.waiting.rhythm(&args.connection)?;
    let handler = submission::handler(&connected.client, &args.which);
    let last = wait::until(&app.console, &rhythm, || handler.get(), judge).await?;
    if last.seen.has_failed() {
        return Err(failure(&handler, &last.seen, &args.which).await);
    }
    app.console.result(&last.seen, || show::submission(&last.seen))?;
    if last.is_over {
        summarise(&format!("submission {id} of product {product} is signed"));
        return Ok(Exit::Done);
    }
    let next = format!("Go on with: hwdash wait {product} {id}");
    Err(Failure::still_running(format!("product {product}, submission {id}"), next)
        .with_fact("productId", product.get())
        .with_fact("submissionId", id.get()))
}

/// The signed package is the only sure sign of success. Why it failed takes another call to tell.
fn judge(seen: &Submission) -> (News, Verdict) {
    let step = (seen.current_step(), seen.step_state());
    let (name, text) = match show::workflow(step.0, step.1) {
        Some(text) => ("workflow", text),
        None => {
            ("commit", seen.commit_status.as_ref().map(ToString::to_string).unwrap_or_default())
        }
    };
    let event = match name {
        "workflow" => json!({ "event": "workflow", "currentStep": step.0, "state": step.1 }),
        _ => json!({ "event": "commitStatus", "commitStatus": seen.commit_status }),
    };
    let messages = seen.messages().map(redacted).collect();
    let is_over = seen.signed_package_url().is_some() || seen.has_failed();
    let verdict = if is_over { Verdict::Done } else { Verdict::Going };
    (News { name, text, event, messages }, verdict)
}

async fn failure(handler: &SubmissionHandler, seen: &Submission, of: &SubmissionIds) -> Failure {
    let messages: Vec<_> = seen.messages().map(redacted).collect();
    let place = seen.current_step().map(|step| format!(" at the step {step}")).unwrap_or_default();
    let why =
        if messages.is_empty() { String::new() } else { format!(": {}", messages.join("; ")) };
    let failure = Failure::new(
        Exit::WorkflowFailed,
        format!("the service failed the submission{place}{why}"),
        "Mend what the messages and the report name, and submit the package as a new product.",
    );
    let failure = failure
        .with_fact("productId", of.product.get())
        .with_fact("submissionId", of.submission.get())
        .with_fact("messages", messages);
    // That the report cannot be read must not hide that the submission failed.
    match handler.error_report().await {
        Ok(Some(report)) => {
            let report = redacted(&report);
            let lines = report.lines().map(|line| format!("  {line}"));
            let head = failure.with_detail("report of the service:");
            lines.fold(head, Failure::with_detail).with_fact("report", report.clone())
        }
        _ => failure,
    }
}

/// All that the service says of a submission.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    product_id: hardware_dashboard::model::ProductId,
    submission_id: hardware_dashboard::model::SubmissionId,
    commit_status: Option<CommitStatus>,
    workflow_status: Option<WorkflowStatus>,
    /// The text of the error report.
    report: Option<String>,
}

pub(crate) async fn log(app: &App, args: Log) -> Ending {
    let connected = args.connection.connect(app).await?;
    let handler = submission::handler(&connected.client, &args.which);
    let seen = handler.get().await?;
    // A report of warnings is there although all is well.
    let report = match seen.error_report_url() {
        Some(_) => handler.error_report().await?,
        None => None,
    };
    if app.console.is_for_people() {
        return tell(app, &seen, report.as_deref());
    }
    let said = Said {
        product_id: args.which.product,
        submission_id: args.which.submission,
        commit_status: seen.commit_status,
        workflow_status: seen.workflow_status,
        report,
    };
    app.console.result(&said, Default::default)?;
    Ok(Exit::Done)
}

fn tell(app: &App, seen: &Submission, report: Option<&str>) -> Ending {
    let commit = seen.commit_status.as_ref().map(|status| format!("commit: {status}"));
    let workflow = show::workflow(seen.current_step(), seen.step_state());
    let messages = seen.messages().map(redacted);
    let mut lines: Vec<_> = commit.into_iter().chain(workflow).chain(messages).collect();
    lines.extend(
        report
            .iter()
            .flat_map(|report| redacted(report).lines().map(str::to_owned).collect::<Vec<_>>()),
    );
    let printable: Vec<_> = lines.iter().map(|line| crate::output::printable(line)).collect();
    for_people(&printable.join("\n"))?;
    if seen.messages().next().is_none() && report.is_none() {
        app.console.say("the service has no messages and no error report");
    }
    Ok(Exit::Done)
}
