//! Runs that have a package signed, and fail at each stage.

use std::sync::Arc;

use hardware_dashboard::{Client, auth::ClientSecret};

use super::{
    CANARY, SECRET,
    failure::Failure,
    printed,
    search::Search,
    service::{Played, STAGES},
    transfers,
};
use crate::support::{self, Told, impatient};

/// The stages at which something of blob storage is in play.
const BLOBS: [&str; 3] = ["getSubmission", "putBlob", "getBlob"];

#[tokio::test]
async fn no_failure_of_a_run_prints_a_secret() {
    let (mut search, mut failures) = (Search::start(), 0);
    for stage in STAGES {
        for failure in Failure::ALL {
            let played = Played::start(stage, *failure).await;
            let seen = run(&played, stage, *failure, &mut failures).await;
            search.look(&format!("{stage}, {failure:?}"), &[], seen);
            played.check(stage);
        }
    }
    let count = STAGES.len() * Failure::ALL.len();
    println!("{count} runs, {failures} errors: {}", search.end());
    assert!(failures > count / 2, "only {failures} errors in {count} runs");
}

/// All that a run prints, and a look at the submission after it.
async fn run(played: &Played, stage: &str, failure: Failure, failures: &mut usize) -> Vec<String> {
    let told = Told::default();
    let folder = tempfile::tempdir().expect("a folder can be made");
    let client = client(played, &told);
    let mut run = support::begin(client.clone(), folder.path());
    let mut seen = vec![];
    for _ in 0..failure.rounds() {
        match run.until_done().await {
            Ok(outcome) => seen.push(format!("{outcome:?}")),
            Err(error) => {
                *failures += 1;
                seen.push(printed::error(&error));
            }
        }
    }
    let handler = client.product(1.into()).submission(2.into());
    match handler.get().await {
        Ok(submission) => {
            seen.push(format!("{submission:?} {submission:#?}"));
            seen.push(serde_json::to_string(&submission).expect("it can be encoded"));
        }
        Err(error) => seen.push(printed::error(&error)),
    }
    // Throttled, each of them would wait.
    let is_slow = failure.rounds() == 1;
    if BLOBS.contains(&stage) && !is_slow {
        seen.extend(transfers::all(&handler, folder.path()).await);
    }
    seen.push(format!("{run:?} {client:?} {handler:?} {client:#?}"));
    seen.push(told.text());
    seen
}

fn client(played: &Played, told: &Told) -> Client {
    let credential = ClientSecret::new("tenant.example", "client", SECRET);
    let builder = Client::builder()
        .api_base_url(played.server.origin())
        .authority_url(played.server.origin())
        .credential(credential)
        .reporter(told.clone())
        .retry(impatient().max_attempts(2));
    assert!(!format!("{builder:?} {builder:#?}").contains(CANARY));
    let client = builder.build().expect("a client");
    client.with_reporter(Arc::new(told.clone()))
}
