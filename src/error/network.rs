//! Errors of the HTTP client, without the URL that they carry.

use super::{Error, Kind, Source, Stage};
use crate::retry::Reach;

impl Error {
    /// `what` is the sentence's subject, such as "the token endpoint login.microsoftonline.com".
    pub(crate) fn network(stage: Stage, what: &str, source: reqwest::Error) -> Self {
        if source.is_connect() && is_untrusted(&source) {
            return untrusted(stage, what, source.without_url());
        }
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

/// Nobody was connected to whose certificate is to be believed; the next attempt would see it again.
pub(crate) fn untrusted(stage: Stage, what: &str, source: impl Into<Box<Source>>) -> Error {
    let message = format!("could not connect to {what}: its certificate is not trusted");
    Error::new(stage, Kind::Connect, message).with_source(source).with_hint(
        "Check the clock of this machine. When a proxy on the way opens connections, have its \
         certificate authority trusted (`ClientBuilder::http`).",
    )
}

/// Whether it was a certificate that kept a connection from coming about. No TLS library's errors are
/// known here by their type, and all of them say it so.
pub(crate) fn is_untrusted(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.any(|error| error.to_string().to_ascii_lowercase().contains("certificate"))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_certificate_is_told_from_a_line_that_is_down() {
        let wrapped = |cause: io::Error| {
            Error::new(Stage::Upload, Kind::Connect, "no connection").with_source(cause)
        };
        for said in ["invalid peer certificate: UnknownIssuer", "certificate verify failed"] {
            assert!(is_untrusted(&wrapped(io::Error::new(io::ErrorKind::InvalidData, said))));
        }
        assert!(!is_untrusted(&wrapped(io::ErrorKind::ConnectionRefused.into())));
    }
}
