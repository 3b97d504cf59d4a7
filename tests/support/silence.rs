//! A guard at a server: what opens its doors is said nowhere.

use std::{fmt::Debug, ops::Deref, thread};

use hardware_dashboard::Error;
use url::form_urlencoded::byte_serialize;

use super::{printed, search::Search};

/// Whoever knows what would open its doors.
pub(crate) trait Guarded {
    /// The signatures of its SAS URLs, not encoded, and the tokens that were sent to it.
    fn secrets(&self) -> Vec<String>;
}

/// A server, and all that is logged by any crate on either side while it runs. Reporters and errors go
/// there, too. Fails the test at its end when a secret is found, and when nothing was heard.
#[derive(Debug)]
pub(crate) struct Silent<S: Guarded> {
    server: S,
    search: Search,
}

impl<S: Guarded> Silent<S> {
    /// Listens from now on.
    pub(crate) fn around(server: S) -> Self {
        Self { server, search: Search::start() }
    }

    /// What is wrong with what was said so far.
    pub(crate) fn fault(&mut self) -> Option<String> {
        let secrets = self.server.secrets();
        for secret in &secrets {
            self.search.watch(secret);
            self.search.watch(&byte_serialize(secret.as_bytes()).collect::<String>());
        }
        if let Some(found) = self.search.find(&[], vec![]) {
            return Some(format!("a secret was said:\n{found}"));
        }
        if !self.search.heard_connections() {
            return Some("nothing was logged of the connections".to_owned());
        }
        secrets.is_empty().then(|| "no secret was in play".to_owned())
    }
}

impl<S: Guarded> Deref for Silent<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.server
    }
}

impl<S: Guarded> Drop for Silent<S> {
    fn drop(&mut self) {
        // One failure is enough.
        if !thread::panicking()
            && let Some(fault) = self.fault()
        {
            panic!("{fault}");
        }
    }
}

/// The secrets in a request: a signature in its first line, and a token among its headers.
pub(crate) fn secrets_of(request: &str) -> Vec<String> {
    let mut lines = request.lines();
    let target = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let signatures = url::form_urlencoded::parse(query.as_bytes());
    let signatures = signatures.filter(|(name, _)| name == "sig").map(|(_, sig)| sig.into_owned());
    let headers = lines.take_while(|line| !line.is_empty());
    let tokens = headers.filter_map(|line| line.strip_prefix("authorization: Bearer "));
    signatures.chain(tokens.map(str::to_owned)).collect()
}

/// What a call has come to.
pub(crate) trait Overheard {
    /// Logs it as anybody could print it, so that it is looked through.
    fn overheard(self) -> Self;
}

impl<T: Debug> Overheard for Result<T, Error> {
    fn overheard(self) -> Self {
        match &self {
            Ok(done) => tracing::trace!("{done:?} {done:#?}"),
            Err(error) => tracing::trace!("{}", printed::error(error)),
        }
        self
    }
}
