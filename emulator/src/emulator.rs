//! A running emulator.

use std::{io, sync::Arc};

use tokio::task::JoinHandle;

use crate::{
    Account, Clock, EmulatorBuilder, Exchange,
    service::{API_PATH, Service},
};

/// A running emulator. It stops when this is dropped.
#[derive(Debug)]
pub struct Emulator {
    service: Arc<Service>,
    server: JoinHandle<()>,
}

impl Emulator {
    /// Sets an emulator up.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }

    /// Starts an emulator with the default settings on a free port.
    ///
    /// # Errors
    ///
    /// As for [`EmulatorBuilder::start`].
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    pub(crate) fn new(service: Arc<Service>, server: JoinHandle<()>) -> Self {
        Self { service, server }
    }

    /// The authority of the token endpoint, `http://127.0.0.1:PORT`: a tenant and
    /// `/oauth2/token` or `/oauth2/v2.0/token` follow.
    #[must_use]
    pub fn authority_url(&self) -> &str {
        &self.service.origin
    }

    /// The base URL of the API, `http://127.0.0.1:PORT/v2.0/my`.
    #[must_use]
    pub fn api_base_url(&self) -> String {
        format!("{}{API_PATH}", self.service.origin)
    }

    /// The main account.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.service.settings.accounts[0]
    }

    /// The second account, the one to share with.
    #[must_use]
    pub fn partner(&self) -> &Account {
        &self.service.settings.accounts[1]
    }

    /// The tenant of the main account.
    #[must_use]
    pub fn tenant_id(&self) -> &str {
        self.account().tenant_id()
    }

    /// The application of the main account.
    #[must_use]
    pub fn client_id(&self) -> &str {
        self.account().client_id()
    }

    /// The secret of the main account's application.
    #[must_use]
    pub fn client_secret(&self) -> &str {
        self.account().client_secret()
    }

    /// The clock that the emulator lives by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.service.settings.clock
    }

    /// How often an operation was called, whatever the answer; for the names see
    /// [`Exchange::operation`].
    #[must_use]
    pub fn calls(&self, operation: &str) -> usize {
        self.service.log.calls(operation)
    }

    /// Every request so far, in the order of the answers.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.service.log.exchanges()
    }

    /// Where the emulator's own answers broke the specification: a fault of the emulator, to be
    /// asserted empty at the end of a test. Looked for in debug builds only.
    #[must_use]
    pub fn spec_violations(&self) -> Vec<String> {
        self.service.log.violations()
    }

    /// Stops the emulator and waits until all its connections are closed.
    pub async fn stop(mut self) {
        self.server.abort();
        // The only outcome is the cancellation just asked for.
        let _ = (&mut self.server).await;
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}
