//! What went wrong, and the exit code for it.

use std::{error::Error as _, io};

use hardware_dashboard::{Error, Stage};

/// The exit code after Ctrl-C, as shells have it.
pub(crate) const INTERRUPTED: u8 = 130;

/// The exit code for a run that goes on at the service.
pub(crate) const STILL_RUNNING: u8 = 9;

const UNEXPECTED: u8 = 1;
const INPUT: u8 = 2;
const CREDENTIALS: u8 = 3;
const PERMISSION: u8 = 4;
const NOT_FOUND: u8 = 5;
const REFUSED: u8 = 6;
const THROTTLED: u8 = 7;
const WORKFLOW_FAILED: u8 = 8;
const LOCAL_FILE: u8 = 10;
const NETWORK: u8 = 11;
const SERVICE: u8 = 12;

/// A run that ended badly, as it is told to the user.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    pub(crate) message: String,
    /// Lines below the message: the causes, the service's report, ids for Microsoft's support.
    pub(crate) details: Vec<String>,
    pub(crate) hint: Option<String>,
}

impl Failure {
    pub(crate) fn input(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: INPUT, message: message.into(), details: Vec::new(), hint: Some(hint.into()) }
    }

    pub(crate) fn credentials(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: CREDENTIALS, ..Self::input(message, hint) }
    }

    pub(crate) fn file(message: impl Into<String>, error: io::Error) -> Self {
        let details = vec![format!("caused by: {error}")];
        let hint = Some("Check the path, its permissions and the room on the disk.".to_owned());
        Self { code: LOCAL_FILE, message: message.into(), details, hint }
    }

    /// Adds a line below the message.
    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut details = causes(&error);
        if let Some(report) = error.report() {
            details.push("report of the service:".to_owned());
            details.extend(report.lines().map(|line| format!("  {line}")));
        }
        if let (Some(run), Some(request)) = (error.correlation_id(), error.request_id()) {
            details.push(format!(
                "for Microsoft's support: correlation id {run}, request id {request}"
            ));
        }
        Self {
            code: exit_code(&error),
            message: error.to_string(),
            details,
            hint: Some(error.hint()),
        }
    }
}

fn causes(error: &Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push(format!("caused by: {cause}"));
        source = cause.source();
    }
    causes
}

/// From the most specific family to the most general one.
fn exit_code(error: &Error) -> u8 {
    let families: [(bool, u8); 11] = [
        (error.is_workflow_failed(), WORKFLOW_FAILED),
        (error.is_input(), INPUT),
        (error.is_file(), LOCAL_FILE),
        (error.is_auth(), CREDENTIALS),
        (error.is_forbidden(), PERMISSION),
        (error.is_not_found(), NOT_FOUND),
        (error.is_throttled(), THROTTLED),
        (error.is_network() || error.is_credential_unavailable(), NETWORK),
        (error.is_validation() || error.is_invalid_state(), REFUSED),
        (error.status().is_some() || error.is_decode(), SERVICE),
        (matches!(error.stage(), Stage::Download | Stage::Upload), NETWORK),
    ];
    families.iter().find(|(is_one, _)| *is_one).map_or(UNEXPECTED, |(_, code)| *code)
}
