//! What a call came to, as it stands in a snapshot.

use hardware_dashboard::{Error, Result};
use serde_json::{Value, json};

use crate::{replay::Replay, support::predicates};

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
    json!({
        "text": error.to_string().replace(&host, "HOST"),
        "stage": error.stage().to_string(),
        "status": error.status().map(|status| status.as_u16()),
        "code": error.code(),
        "validation_errors": error.validation_errors(),
        "retry_after": error.retry_after().map(|pause| format!("{pause:?}")),
        "hint": error.hint(),
        "predicates": predicates(error),
    })
}
