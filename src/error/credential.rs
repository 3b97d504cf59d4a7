//! What a credential fails with, also one that is not ours.

use std::time::Duration;

use super::{Error, Kind, Source, Stage};
use crate::retry::Reach;

impl Error {
    /// For a [`Credential`](crate::auth::Credential) of your own: there is nothing here that it could
    /// work with, so that a [`Chain`](crate::auth::Chain) tries the next one.
    ///
    /// ```
    /// use hardware_dashboard::Error;
    ///
    /// let error = Error::credential_absent("there is no token in /run/token");
    /// assert!(error.is_credential_absent() && error.is_auth());
    /// ```
    #[must_use]
    pub fn credential_absent(message: impl Into<String>) -> Self {
        Self::new(Stage::Token, Kind::Absent, message).with_reach(Reach::Refused)
    }

    /// For a [`Credential`](crate::auth::Credential) of your own: it was refused, for good.
    ///
    /// ```
    /// use hardware_dashboard::Error;
    ///
    /// let error = Error::credential_refused("the vault says that this machine is unknown");
    /// assert!(error.is_auth() && !error.is_credential_absent());
    /// ```
    #[must_use]
    pub fn credential_refused(message: impl Into<String>) -> Self {
        Self::new(Stage::Token, Kind::Status, message).with_reach(Reach::Refused)
    }

    /// For a [`Credential`](crate::auth::Credential) of your own: whoever gives its token cannot do so
    /// now, and will again. It is asked again as the client's [`RetryPolicy`](crate::RetryPolicy)
    /// says, not before `retry_after`.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use hardware_dashboard::Error;
    ///
    /// let wait = Duration::from_secs(20);
    /// let error = Error::credential_unavailable("the vault is being updated", Some(wait));
    /// assert!(error.is_credential_unavailable() && !error.is_auth());
    /// assert_eq!(error.retry_after(), Some(wait));
    /// ```
    #[must_use]
    pub fn credential_unavailable(
        message: impl Into<String>,
        retry_after: Option<Duration>,
    ) -> Self {
        let error = Self::new(Stage::Token, Kind::Unavailable, message);
        let mut error = error.with_reach(Reach::TurnedAway);
        error.0.wait = retry_after;
        error
    }

    /// The same error with what lies behind it. It must not hold a secret: it is printed.
    ///
    /// ```
    /// use std::{error::Error as _, io};
    ///
    /// use hardware_dashboard::Error;
    ///
    /// let error = Error::credential_absent("there is no token in /run/token")
    ///     .caused_by(io::Error::from(io::ErrorKind::NotFound));
    /// assert!(error.source().is_some());
    /// ```
    #[must_use]
    pub fn caused_by(self, source: impl Into<Box<Source>>) -> Self {
        self.with_source(source)
    }

    /// The credential was not tried: there is nothing here that it could work with.
    #[must_use]
    pub fn is_credential_absent(&self) -> bool {
        self.kind() == Kind::Absent
    }

    /// Whoever gives the tokens has none at the moment.
    #[must_use]
    pub fn is_credential_unavailable(&self) -> bool {
        self.kind() == Kind::Unavailable
    }

    /// The same answer of a server that uses its status for what passes by itself.
    pub(crate) fn passing(mut self, wait: Option<Duration>) -> Self {
        if let Some(answer) = &mut self.0.answer {
            answer.retry_after = answer.retry_after.max(wait);
        }
        self.with_reach(Reach::TurnedAway)
    }

    /// The same error for somebody else who waited for the same thing.
    pub(crate) fn share(&self) -> Self {
        Self(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_says_that_the_service_may_have_acted_whatever_else_it_says() {
        let refused = || Error::credential_refused("refused");
        for error in [refused(), refused().with_hint("Ask the vault's owner.")] {
            let clear = error.hint();
            let hint = error.after_an_unclear_attempt().hint();
            assert_eq!(
                hint.strip_prefix(&clear).map(|rest| rest.contains("may have acted")),
                Some(true)
            );
        }
    }
}
