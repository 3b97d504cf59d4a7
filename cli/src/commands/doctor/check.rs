//! What was looked at, and how it is.

use serde::Serialize;

use crate::{
    failure::{Exit, Failure},
    output::printable,
};

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    name: &'static str,
    status: Status,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip)]
    exit: Exit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum Status {
    Ok,
    Warning,
    Failed,
    /// It could not be looked at because of what failed before.
    Skipped,
}

/// All that was looked at, in order.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    code: &'static str,
    checks: Vec<Check>,
}

impl Check {
    pub(super) fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Status::Ok, message)
    }

    pub(super) fn skipped(name: &'static str, why: impl Into<String>) -> Self {
        Self::new(name, Status::Skipped, why)
    }

    pub(super) fn warning(
        name: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { hint: Some(hint.into()), ..Self::new(name, Status::Warning, message) }
    }

    pub(super) fn failed(name: &'static str, failure: Failure) -> Self {
        let Failure { exit, message, details, hint, .. } = failure;
        Self { details, hint, exit, ..Self::new(name, Status::Failed, message) }
    }

    pub(super) fn is_failed(&self) -> bool {
        self.status == Status::Failed
    }

    fn new(name: &'static str, status: Status, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { name, status, message, details: Vec::new(), hint: None, exit: Exit::Done }
    }

    /// The verdict first: it is what one looks for.
    fn lines(&self) -> String {
        let status = match self.status {
            Status::Ok => "ok",
            Status::Warning => "warning",
            Status::Failed => "failed",
            Status::Skipped => "skipped",
        };
        let mut text = format!("{status:8} {:14} {}", self.name, printable(&self.message));
        let hint = self.hint.iter().map(|hint| format!("hint: {hint}"));
        for line in self.details.iter().cloned().chain(hint) {
            text.push_str(&format!("\n{:23} {}", "", printable(&line)));
        }
        text
    }
}

impl Report {
    pub(super) fn new(checks: impl Into<Vec<Check>>) -> Self {
        let checks = checks.into();
        Self { code: first_failure(&checks).name(), checks }
    }

    /// That of the first thing which has failed: what comes after may be its consequence.
    pub(super) fn exit(&self) -> Exit {
        first_failure(&self.checks)
    }

    pub(super) fn lines(&self) -> String {
        self.checks.iter().map(Check::lines).collect::<Vec<_>>().join("\n")
    }
}

fn first_failure(checks: &[Check]) -> Exit {
    checks.iter().find(|check| check.is_failed()).map_or(Exit::Done, |check| check.exit)
}
