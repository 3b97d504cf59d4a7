//! What an error says of itself.

use hardware_dashboard::Error;

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

/// The names of the predicates that hold.
pub(crate) fn predicates(error: &Error) -> Vec<&'static str> {
    PREDICATES.iter().filter(|(_, holds)| holds(error)).map(|(name, _)| *name).collect()
}
