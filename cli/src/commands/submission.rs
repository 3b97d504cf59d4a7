//! `hwdash submission`

mod transfer;

use hardware_dashboard::{
    Client, SubmissionHandler,
    model::{CommitStatus, NewSubmission},
};

use serde_json::{Map, Value};

pub(crate) use self::transfer::driver_metadata;
use crate::{
    App, Ending, UnderWay,
    args::{
        SubmissionIds,
        submission::{Commit, Create, Get, List, Metadata, Rename, Submission},
    },
    failure::Exit,
    input::Request,
    listing,
    output::{self, Format, table::Fields},
    receipt::Receipt,
    show, targets,
};

pub(crate) async fn run(app: &App, command: Submission) -> Ending {
    match command {
        Submission::List(args) => list(app, args).await,
        Submission::Get(args) => get(app, args).await,
        Submission::Create(args) => create(app, args).await,
        Submission::Rename(args) => rename(app, args).await,
        Submission::Upload(args) => transfer::upload(app, args).await,
        Submission::Commit(args) => commit(app, args).await,
        Submission::Download(args) => transfer::download(app, args).await,
        Submission::Metadata(args) => metadata(app, args).await,
    }
}

/// The submission that was named.
pub(crate) fn handler(client: &Client, which: &SubmissionIds) -> SubmissionHandler {
    client.product(which.product).submission(which.submission)
}

/// Its ids, for scripts.
pub(crate) fn ids(which: &SubmissionIds) -> Map<String, Value> {
    let ids = [("productId", which.product.get()), ("submissionId", which.submission.get())];
    ids.into_iter().map(|(name, id)| (name.to_owned(), id.into())).collect()
}

async fn list(app: &App, args: List) -> Ending {
    let connected = args.connection.connect_to_list(app).await?;
    let list = connected.client.product(args.of.product).submissions().list();
    listing::show(app, list, &args.listing).await
}

async fn get(app: &App, args: Get) -> Ending {
    let connected = args.connection.connect(app).await?;
    let submission = handler(&connected.client, &args.which).get().await?;
    app.console.result(&submission, || show::submission(&submission))?;
    Ok(Exit::Done)
}

async fn create(app: &App, args: Create) -> Ending {
    let kinds = &["createSubmission", "submission"];
    let mut request =
        Request::<NewSubmission>::read(&app.console, args.from.as_deref(), kinds).await?;
    request.set("name", args.name.as_ref());
    request.set("type", args.derived.then_some("derived"));
    request.set_default("type", "initial");
    request.needs("name", "--name")?;
    let submission = request.into_typed()?;
    let connected = args.connection.connect(app).await?;
    let submissions = connected.client.product(args.of.product).submissions();
    let look = app.command(&format!("submission list {}", args.of.product));
    app.set_under_way(Some(UnderWay::Making { look }));
    let made = submissions.create(&submission).await?;
    app.set_under_way(None);
    app.console.result(&made, || show::submission(&made))?;
    let id = made.id_or_link().map_or_else(String::new, |id| id.to_string());
    output::summarise(&format!("submission {id} of product {} was made", args.of.product));
    Ok(Exit::Done)
}

async fn rename(app: &App, args: Rename) -> Ending {
    let connected = args.connection.connect(app).await?;
    handler(&connected.client, &args.which).rename(&args.name).await?;
    let receipt = receipt("updateSubmission", &args.which);
    app.console.done(&receipt, &format!("submission {} was renamed", args.which.submission))?;
    Ok(Exit::Done)
}

async fn commit(app: &App, args: Commit) -> Ending {
    let connected = args.connection.connect(app).await?;
    let submission = handler(&connected.client, &args.which);
    if let Err(error) = submission.commit().await {
        // One that seems to have failed may have worked; only a look can tell.
        let is_unclear = error.may_have_been_applied() || error.is_invalid_state();
        if !is_unclear || !is_committed(&submission).await {
            return Err(error.into());
        }
    }
    let receipt = receipt("commitSubmission", &args.which);
    app.console.done(&receipt, &format!("submission {} is committed", args.which.submission))?;
    Ok(Exit::Done)
}

/// Whether it is seen to be committed. A look that fails tells nothing: what is to be told then is how
/// the commit failed.
async fn is_committed(submission: &SubmissionHandler) -> bool {
    let seen = submission.get().await.ok();
    matches!(
        seen.and_then(|submission| submission.commit_status),
        Some(
            CommitStatus::CommitStarted
                | CommitStatus::CommitReceived
                | CommitStatus::CommitComplete
        )
    )
}

async fn metadata(app: &App, args: Metadata) -> Ending {
    let connected = args.connection.connect_to_list(app).await?;
    let submission = handler(&connected.client, &args.which);
    if args.request {
        submission.create_publisher_metadata().await?;
        let receipt = receipt("createPublisherMetadata", &args.which);
        app.console.done(&receipt, "the metadata is being made, which takes hours")?;
        return Ok(Exit::Done);
    }
    let metadata = driver_metadata(&submission).await?;
    if app.console.format == Format::Json && args.targets.is_empty() {
        app.console.result(&metadata, Fields::default)?;
        return Ok(Exit::Done);
    }
    listing::show_all(app, &targets::choose(&metadata, &args.targets).targets())
}

fn receipt(operation: &'static str, which: &SubmissionIds) -> Receipt {
    Receipt::submission(operation, which.product, which.submission)
}
