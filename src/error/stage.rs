//! Where in the work something went wrong.

use std::fmt;

/// Where in the work something went wrong.
///
/// ```
/// use hardware_dashboard::{Error, Stage};
///
/// let error = Error::credential_refused("the vault does not know this machine");
/// match error.stage() {
///     Stage::Token => println!("no token: {error}"),
///     Stage::Api(operation) => println!("{operation} failed: {error}"),
///     stage => println!("{stage}: {error}"),
/// }
/// assert_eq!(error.stage().to_string(), "token");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// What the caller gave, before anything was sent.
    Input,
    /// Asking Microsoft Entra ID for a token.
    Token,
    /// Calling this operation of the API, named by its `operationId`.
    Api(&'static str),
    /// Sending the package to blob storage.
    Upload,
    /// Fetching something from blob storage.
    Download,
    /// The service's own work on the submission.
    Workflow,
    /// A file on this machine.
    File,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Input => "input",
            Self::Token => "token",
            Self::Api(operation) => operation,
            Self::Upload => "upload",
            Self::Download => "download",
            Self::Workflow => "workflow",
            Self::File => "file",
        })
    }
}
