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
