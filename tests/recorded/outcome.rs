//! What a call came to, as it stands in a snapshot.

use hardware_dashboard::{Error, Result};
use serde_json::{Value, json};

use crate::replay::Replay;

type Predicate = (&'static str, fn(&Error) -> bool);

const PREDICATES: &[Predicate] = &[
    ("is_auth", Error::is_auth),
    ("is_connect", Error::is_connect),
    ("is_decode", Error::is_decode),
    ("is_file", Error::is_file),
    ("is_forbidden", Error::is_forbidden),
    ("is_input", Error::is_input),
    ("is_invalid_state", Error::is_invalid_state),
    ("is_network", Error::is_network),
    ("is_not_found", Error::is_not_found),
    ("is_throttled", Error::is_throttled),
    ("is_timeout", Error::is_timeout),
    ("is_validation", Error::is_validation),
    ("is_workflow_failed", Error::is_workflow_failed),
    ("may_have_been_applied", Error::may_have_been_applied),
];

/// The decoded value, or everything that the error tells.
pub(super) fn describe(result: Result<Value>, replay: &Replay) -> Value {
    match result {
        Ok(decoded) => json!({ "decoded": decoded }),
        Err(error) => json!({ "error": told(&error, replay) }),
    }
}

fn told(error: &Error, replay: &Replay) -> Value {
    // The port of the replay is another one in every run.
    let host = replay.origin().replace("http://", "");
    let true_of_it = PREDICATES.iter().filter(|(_, holds)| holds(error));
    json!({
        "text": error.to_string().replace(&host, "HOST"),
        "stage": error.stage().to_string(),
        "status": error.status().map(|status| status.as_u16()),
        "code": error.code(),
        "validation_errors": error.validation_errors(),
        "retry_after": error.retry_after().map(|pause| format!("{pause:?}")),
        "hint": error.hint(),
        "predicates": true_of_it.map(|(name, _)| name).collect::<Vec<_>>(),
    })
}
