//! A running emulator.

use std::{io, sync::Arc};

use crate::{
    Account, Clock, EmulatorBuilder, Exchange, Fault, InvalidFault,
    server::Server,
    service::{API_PATH, Service},
};

/// A running emulator. It stops when this is dropped.
#[derive(Debug)]
pub struct Emulator {
    service: Arc<Service>,
    server: Server,
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

    pub(crate) fn new(service: Arc<Service>, server: Server) -> Self {
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

    /// Orders a fault; its calls are counted from now on.
    ///
    /// # Errors
    ///
    /// The fault can never happen, because there is no such call, for instance.
    pub fn inject(&self, fault: Fault) -> Result<(), InvalidFault> {
        fault.check()?;
        self.service.faults.add(vec![fault]);
        Ok(())
    }

    /// Cancels all faults.
    pub fn clear_faults(&self) {
        self.service.faults.clear();
    }

    /// The faults that did not happen as often as they were to: a test that ordered faults
    /// asserts at its end that there are none. A fault without end must have happened once.
    #[must_use]
    pub fn unfired_faults(&self) -> Vec<Fault> {
        self.service.faults.unfired()
    }

    /// The latest 10,000 requests, in the order in which they came.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.service.log.exchanges()
    }

    /// The signatures of the latest 10,000 SAS URLs that were given out, as they are before they are
    /// percent-encoded: a test looks for them in whatever its client prints, and finds none.
    #[must_use]
    pub fn sas_signatures(&self) -> Vec<String> {
        self.service.blobs.signatures()
    }

    /// Where the emulator's own answers broke the specification: a fault of the emulator, to be
    /// asserted empty at the end of a test. Looked for in debug builds only.
    #[must_use]
    pub fn spec_violations(&self) -> Vec<String> {
        self.service.log.violations()
    }

    /// Stops the emulator, waits until all its connections are closed, and removes its files even
    /// if a package is still being processed.
    pub async fn stop(self) {
        self.server.stop().await;
        self.service.blobs.remove();
    }
}
