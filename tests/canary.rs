//! Nothing that opens a door is printed: runs that fail in every way, in which secret, token and SAS
//! signature are texts that are then looked for in everything that anybody could print.

mod printed;
mod service;
mod transfers;

use std::sync::Arc;

use hardware_dashboard::{Client, auth::ClientSecret};

use self::{
    printed::Logs,
    service::{Failure, Played, STAGES},
};
use crate::support::{self, Told, impatient};

/// What must never be seen. Each begins with a word that nothing else holds.
pub(crate) const SECRET: &str = "kestrel-secret-b0e1";
pub(crate) const TOKEN: &str = "kestrel-token.c2f3.d4a5";
pub(crate) const SIGNATURE: &str = "kestrelSignature7e8f";
/// The stages at which something of blob storage is in play.
const BLOBS: [&str; 4] = ["getSubmission", "putBlock", "putBlockList", "getBlob"];
/// What all of them begin with; a backtrace names this module, so it is another word.
const CANARY: &str = "kestrel";

#[tokio::test]
async fn no_failure_prints_a_secret() {
    let logs = Logs::capture();
    let (mut texts, mut bytes, mut failures) = (0, 0, 0);
    for stage in STAGES {
        for failure in Failure::ALL {
            let played = Played::start(stage, *failure).await;
            let told = Told::default();
            let folder = tempfile::tempdir().expect("a folder can be made");
            let client = client(&played, &told);
            let mut run = support::begin(client.clone(), folder.path());
            let mut seen = vec![];
            for _ in 0..failure.rounds() {
                match run.until_done().await {
                    Ok(outcome) => seen.push(format!("{outcome:?}")),
                    Err(error) => {
                        failures += 1;
                        seen.push(printed::error(&error));
                    }
                }
            }
            let (product, submission) = (1.into(), 2.into());
            let handler = client.product(product).submission(submission);
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
            seen.push(format!("{run:?} {client:?} {handler:?} {:#?}", client));
            seen.push(told.text());
            for text in seen {
                texts += 1;
                bytes += text.len();
                assert!(!holds_canary(&text), "{stage}, {failure:?}:\n{text}");
            }
            played.check(stage);
        }
    }
    let logged = logs.text();
    assert!(!holds_canary(&logged), "{}", printed::around(&logged, CANARY));
    assert!(
        logged.contains("hyper") && logged.contains("hardware_dashboard"),
        "nothing was logged"
    );
    let count = STAGES.len() * Failure::ALL.len();
    println!(
        "{count} runs, {failures} errors, {texts} texts of {bytes} bytes, {} logged",
        logged.len()
    );
    assert!(failures > count / 2, "only {failures} errors in {count} runs");
}

fn holds_canary(text: &str) -> bool {
    text.to_ascii_lowercase().contains(CANARY)
}

fn client(played: &Played, told: &Told) -> Client {
    let credential = ClientSecret::new("tenant.example", "client", SECRET);
    let builder = Client::builder()
        .api_base_url(played.server.origin())
        .authority_url(played.server.origin())
        .credential(credential)
        .reporter(told.clone())
        .retry(impatient().max_attempts(2));
    assert!(!holds_canary(&format!("{builder:?} {builder:#?}")));
    let client = builder.build().expect("a client");
    client.with_reporter(Arc::new(told.clone()))
}
