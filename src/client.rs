//! The client, and how it is set up.

mod builder;
mod operation;
#[cfg(feature = "unstable-raw")]
pub mod raw;
#[cfg(not(feature = "unstable-raw"))]
mod raw;
mod throttle;
pub(crate) mod transport;

use std::{future::Future, sync::Arc};

use serde::de::DeserializeOwned;
use uuid::Uuid;

pub use self::builder::ClientBuilder;
pub(crate) use self::operation::Operation;
use self::transport::{Call, RawResult, Transport, json_fault};
use crate::{
    blob::Blobs,
    error::Result,
    model::ProductId,
    product::{ProductHandler, ProductsHandler},
    report::Reporter,
};

pub(crate) use self::raw::Client as Raw;

/// A client of the Hardware dashboard API.
///
/// Clones share connections, token and throttle, so make one client and clone it.
///
/// ```
/// use hardware_dashboard::{Client, auth::ClientSecret};
///
/// # fn main() -> hardware_dashboard::Result<()> {
/// let client = Client::builder()
///     .credential(ClientSecret::new("contoso.onmicrosoft.com", "client id", "secret"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    transport: Arc<Transport>,
    blobs: Blobs,
    correlation_id: Uuid,
    /// Whether the user chose the correlation id.
    correlation_is_chosen: bool,
    reporter: Arc<dyn Reporter>,
}

impl Client {
    /// Begins to set up a client.
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// The `MS-CorrelationId` that goes with every call of this client.
    #[must_use]
    pub fn correlation_id(&self) -> Uuid {
        self.correlation_id
    }

    /// The same client for another run: its calls carry `correlation_id`.
    #[must_use]
    pub fn with_correlation_id(&self, correlation_id: Uuid) -> Self {
        Self { correlation_id, correlation_is_chosen: true, ..self.clone() }
    }

    /// The same client for a run, whose calls carry an id of their own unless one was chosen.
    pub(crate) fn for_a_run(&self) -> Self {
        if self.correlation_is_chosen {
            return self.clone();
        }
        Self { correlation_id: Uuid::new_v4(), ..self.clone() }
    }

    /// The same client, whose events go to `reporter`.
    #[must_use]
    pub fn with_reporter(&self, reporter: Arc<dyn Reporter>) -> Self {
        Self { reporter, ..self.clone() }
    }

    pub(crate) fn blobs(&self) -> Blobs {
        self.blobs.with_reporter(self.reporter.clone())
    }

    pub(crate) fn reporter(&self) -> &dyn Reporter {
        &*self.reporter
    }

    /// The products of the account.
    #[must_use]
    pub fn products(&self) -> ProductsHandler {
        ProductsHandler::new(self.clone())
    }

    /// One product.
    #[must_use]
    pub fn product(&self, id: ProductId) -> ProductHandler {
        ProductHandler::new(self.clone(), id)
    }

    /// Makes a call whose answer is JSON or nothing, on the one road.
    pub(crate) async fn call<T, S, F>(&self, operation: Operation, send: S) -> Result<T>
    where
        T: DeserializeOwned,
        S: Fn(Raw) -> F,
        F: Future<Output = RawResult<T>>,
    {
        self.transport.call(self.asks(operation), json_fault::<T>, send).await
    }

    fn asks(&self, operation: Operation) -> Call<'_> {
        Call { operation, correlation_id: self.correlation_id, reporter: self.reporter() }
    }
}

/// For operations that have no handler yet, on the one road all the same.
#[cfg(feature = "unstable-raw")]
impl Client {
    /// Makes a call by the generated client.
    ///
    /// # Errors
    ///
    /// Fails as every call does, and when `operation_id` is not in the spec.
    pub async fn raw<T, S, F>(&self, operation_id: &str, send: S) -> Result<T>
    where
        T: DeserializeOwned,
        S: Fn(Raw) -> F,
        F: Future<Output = RawResult<T>>,
    {
        self.call(Operation::find(operation_id)?, send).await
    }

    /// Makes a call by the generated client whose answer is a stream of bytes.
    ///
    /// # Errors
    ///
    /// Fails as every call does, and when `operation_id` is not in the spec.
    pub async fn raw_stream<S, F>(&self, operation_id: &str, send: S) -> Result<raw::ByteStream>
    where
        S: Fn(Raw) -> F,
        F: Future<Output = RawResult<raw::ByteStream>>,
    {
        let operation = Operation::find(operation_id)?;
        self.transport.call(self.asks(operation), |_| String::new(), send).await
    }
}
