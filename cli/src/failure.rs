//! What went wrong, and the exit code for it.

use std::{error::Error as _, fmt, io};

use hardware_dashboard::{Error, Stage};
use serde_json::{Map, Value, json};

/// The exit codes, as the README and `hwdash --help` list them. Scripts rely on the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Done = 0,
    Unexpected = 1,
    Input = 2,
    Credentials = 3,
    Permission = 4,
    NotFound = 5,
    Refused = 6,
    Throttled = 7,
    WorkflowFailed = 8,
    /// The work goes on at the service.
    StillRunning = 9,
    LocalFile = 10,
    Network = 11,
    Service = 12,
    /// After Ctrl-C, as shells have it.
    Interrupted = 130,
}

impl Exit {
    /// The name by which scripts know it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Unexpected => "unexpected",
            Self::Input => "input",
            Self::Credentials => "credentials",
            Self::Permission => "permission",
            Self::NotFound => "notFound",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::WorkflowFailed => "workflowFailed",
            Self::StillRunning => "stillRunning",
            Self::LocalFile => "localFile",
            Self::Network => "network",
            Self::Service => "service",
            Self::Interrupted => "interrupted",
        }
    }
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        (exit as u8).into()
    }
}

/// A run that ended badly, as it is told to the user.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    /// Lines below the message: the causes, the service's report, ids for Microsoft's support.
    pub(crate) details: Vec<String>,
    pub(crate) hint: Option<String>,
    /// What a script wants to know of it, under the names of the JSON output.
    pub(crate) facts: Map<String, Value>,
    /// Whether nobody is there any more to be told.
    pub(crate) is_quiet: bool,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            details: Vec::new(),
            hint: Some(hint.into()),
            facts: Map::new(),
            is_quiet: false,
        }
    }

    pub(crate) fn input(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Input, message, hint)
    }

    pub(crate) fn credentials(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Exit::Credentials, message, hint)
    }

    pub(crate) fn file(message: impl Into<String>, error: io::Error) -> Self {
        let hint = "Check the path, its permissions and the room on the disk.";
        Self::new(Exit::LocalFile, message, hint)
            .with_detail(format!("caused by: {error}"))
            .with_fact("causes", vec![error.to_string()])
    }

    /// The time to wait is over, and the service goes on: nothing has gone wrong.
    pub(crate) fn still_running(what: impl fmt::Display, hint: impl Into<String>) -> Self {
        Self::new(Exit::StillRunning, format!("still running: {what}"), hint)
    }

    /// stdout could not be written to. That its reader has gone is no failure: `head` does so.
    pub(crate) fn stdout(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { exit: Exit::Done, is_quiet: true, ..Self::new(Exit::Done, "", "") };
        }
        Self::file("the output could not be written", error)
    }

    /// What has not succeeded stays so when nobody reads of it: a reader that has gone is no answer.
    pub(crate) fn unless_unread(shown: Result<(), Self>) -> Result<(), Self> {
        match shown {
            Err(failure) if failure.is_quiet => Ok(()),
            shown => shown,
        }
    }

    /// Adds a line below the message.
    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    /// Adds something for scripts.
    pub(crate) fn with_fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let causes = causes(&error);
        let mut details: Vec<_> =
            causes.iter().map(|cause| format!("caused by: {cause}")).collect();
        if let Some(report) = error.report() {
            details.push("report of the service:".to_owned());
            details.extend(report.lines().map(|line| format!("  {line}")));
        }
        if let (Some(run), Some(request)) = (error.correlation_id(), error.request_id()) {
            details.push(format!(
                "for Microsoft's support: correlation id {run}, request id {request}"
            ));
        }
        let facts = facts(&error, causes);
        Self { details, facts, ..Self::new(exit(&error), error.to_string(), error.hint()) }
    }
}

fn causes(error: &Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    causes
}

fn facts(error: &Error, causes: Vec<String>) -> Map<String, Value> {
    let facts = json!({
        "stage": error.stage().to_string(),
        "status": error.status().map(|status| status.as_u16()),
        "serviceCode": error.code(),
        "causes": causes,
        "validationErrors": error.validation_errors(),
        "messages": error.messages(),
        "report": error.report(),
        "correlationId": error.correlation_id().map(|id| id.to_string()),
        "requestId": error.request_id().map(|id| id.to_string()),
        "retryAfterSeconds": error.retry_after().map(|pause| pause.as_secs()),
        "mayHaveBeenApplied": error.may_have_been_applied(),
    });
    let Value::Object(mut facts) = facts else { return Map::new() };
    facts.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|all| !all.is_empty()));
    facts
}

/// From the most specific family to the most general one.
fn exit(error: &Error) -> Exit {
    let families: [(bool, Exit); 12] = [
        (error.is_workflow_failed(), Exit::WorkflowFailed),
        (error.is_input(), Exit::Input),
        (error.is_file(), Exit::LocalFile),
        (error.is_auth(), Exit::Credentials),
        (error.is_forbidden(), Exit::Permission),
        (error.is_not_found(), Exit::NotFound),
        (error.is_throttled(), Exit::Throttled),
        (error.is_network() || error.is_credential_unavailable(), Exit::Network),
        (error.is_validation() || error.is_invalid_state(), Exit::Refused),
        (error.status().is_some() || error.is_decode(), Exit::Service),
        (matches!(error.stage(), Stage::Download | Stage::Upload), Exit::Network),
        // Only a person can tell what a lost answer has made: to try again helps nobody.
        (error.stage() == Stage::Workflow, Exit::Refused),
    ];
    families.iter().find(|(is_one, _)| *is_one).map_or(Exit::Unexpected, |(_, exit)| *exit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Exit; 14] = [
        Exit::Done,
        Exit::Unexpected,
        Exit::Input,
        Exit::Credentials,
        Exit::Permission,
        Exit::NotFound,
        Exit::Refused,
        Exit::Throttled,
        Exit::WorkflowFailed,
        Exit::StillRunning,
        Exit::LocalFile,
        Exit::Network,
        Exit::Service,
        Exit::Interrupted,
    ];

    #[test]
    fn the_readme_lists_every_exit_code_under_its_name() {
        let readme = include_str!("../../README.md");
        for exit in ALL {
            let row = format!("| {} | `{}` |", exit as u8, exit.name());
            assert!(readme.contains(&row), "{row} is not in the README");
        }
    }
}
