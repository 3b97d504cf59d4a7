//! Errors of the HTTP client, without the URL that they carry.

use super::{Error, Kind, Stage};
use crate::retry::Reach;

impl Error {
    /// `what` is the sentence's subject, such as "the token endpoint login.microsoftonline.com".
    pub(crate) fn network(stage: Stage, what: &str, source: reqwest::Error) -> Self {
        let (kind, reach, message) = if source.is_connect() {
            (Kind::Connect, Reach::NotSent, format!("could not connect to {what}"))
        } else if source.is_builder() {
            (Kind::Input, Reach::Local, format!("the request to {what} could not be built"))
        } else if source.is_timeout() {
            (Kind::TimedOut, Reach::Unknown, format!("{what} did not answer in time"))
        } else {
            (Kind::Interrupted, Reach::Unknown, format!("the connection to {what} broke"))
        };
        // The URL of a blob holds a signature, and the one of a page a continuation token.
        Self::new(stage, kind, message).with_reach(reach).with_source(source.without_url())
    }
}
