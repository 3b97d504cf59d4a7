//! Audiences: groups of machines that a shipping label can be restricted to.

use crate::{
    client::{Client, Operation, Raw},
    list::List,
    model::Audience,
};

/// The audiences of the account. See [`Client::audiences`].
///
/// ```no_run
/// use futures_util::TryStreamExt;
///
/// # async fn example(client: hardware_dashboard::Client) -> hardware_dashboard::Result<()> {
/// let mut audiences = client.audiences().list();
/// while let Some(audience) = audiences.try_next().await? {
///     println!("{:?} {:?}", audience.id, audience.name);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct AudiencesHandler {
    client: Client,
}

impl AudiencesHandler {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// All audiences, page by page.
    #[must_use]
    pub fn list(&self) -> List<Audience> {
        let send = |raw: Raw| async move { raw.list_audiences(None, None).await };
        self.client.list(Operation::LIST_AUDIENCES, send)
    }
}
