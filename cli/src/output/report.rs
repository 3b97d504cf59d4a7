//! How a failure is told.

use std::process::ExitCode;

use serde_json::{Map, Value};

use super::{Console, Format, github, line, paint, printable, safe};
use crate::failure::{Exit, Failure};

/// Tells of a failure and gives the exit code for it.
pub(crate) fn report(console: &Console, failure: &Failure) -> ExitCode {
    if failure.is_quiet {
        return failure.exit.into();
    }
    if console.format == Format::Human {
        tell(failure);
    } else {
        line(&safe(json(failure)).to_string());
    }
    let level = if is_unfinished(failure) { "notice" } else { "error" };
    github::annotate(level, &failure.message, failure.hint.as_deref());
    github::summarise(&format!("**hwdash:** {}\n", markdown(failure)));
    failure.exit.into()
}

/// Tells the summary of a step on GitHub Actions what has been done.
pub(crate) fn summarise(sentence: &str) {
    github::summarise(&format!("**hwdash:** {}\n", github::plain(sentence)));
}

/// A time-out says nothing against the work: it goes on.
fn is_unfinished(failure: &Failure) -> bool {
    failure.exit == Exit::StillRunning
}

fn tell(failure: &Failure) {
    let message = printable(&failure.message);
    match failure.exit {
        // Neither says anything against the work.
        Exit::StillRunning | Exit::Interrupted => line(&message),
        _ => line(&format!("{} {message}", paint("error:").red().bold())),
    }
    for detail in &failure.details {
        line(&format!("  {}", printable(detail)));
    }
    if let Some(hint) = &failure.hint {
        line(&format!("hint: {}", printable(hint)));
    }
}

/// The details say in sentences what the facts tell by name, where there are facts.
fn json(failure: &Failure) -> Value {
    let mut error = Map::new();
    error.insert("exitCode".to_owned(), (failure.exit as u8).into());
    error.insert("code".to_owned(), failure.exit.name().into());
    error.insert("message".to_owned(), failure.message.as_str().into());
    if failure.facts.is_empty() && !failure.details.is_empty() {
        error.insert("details".to_owned(), failure.details.clone().into());
    }
    if let Some(hint) = &failure.hint {
        error.insert("hint".to_owned(), hint.as_str().into());
    }
    error.extend(failure.facts.clone());
    let name = if is_unfinished(failure) { "stillRunning" } else { "error" };
    Map::from_iter([(name.to_owned(), Value::Object(error))]).into()
}

fn markdown(failure: &Failure) -> String {
    let hint = failure.hint.as_deref().unwrap_or_default();
    let ids = ["correlationId", "requestId"].map(|name| {
        failure.facts.get(name).and_then(Value::as_str).map(|id| format!("{name} `{id}`"))
    });
    let ids = ids.into_iter().flatten().collect::<Vec<_>>().join(", ");
    let parts = [github::plain(&failure.message), github::plain(hint), ids];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("  \n")
}
