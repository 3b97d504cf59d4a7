//! No credential is waited for without end.

use std::time::Duration;

use super::{AccessToken, Credential, TokenContext};
use crate::error::{Error, Kind, Result, Stage};

/// How long a credential may take that does not say. Each of ours makes two requests at most, which
/// end after half a minute each; a helper program, or a person at one, may be slower.
pub(super) const USUAL: Duration = Duration::from_secs(120);

/// Fetches a token, or fails when the credential's time is up.
pub(super) async fn fetch(
    credential: &dyn Credential,
    context: &TokenContext,
) -> Result<AccessToken> {
    let deadline = credential.deadline();
    match tokio::time::timeout(deadline, credential.fetch(context)).await {
        Ok(token) => token,
        Err(_) => Err(too_late(deadline)),
    }
}

/// It is not tried again by itself: every call would be held for as long once more.
fn too_late(deadline: Duration) -> Error {
    let message = format!("the credential gave no token within {deadline:?}");
    Error::new(Stage::Token, Kind::TimedOut, message).with_hint(
        "Find out what the credential waits for, or let its `deadline` give it more time.",
    )
}
