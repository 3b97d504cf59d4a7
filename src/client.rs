//! The client, and how it is set up.

mod builder;
mod idle;
mod operation;
#[cfg(feature = "unstable-raw")]
pub mod raw;
#[cfg(not(feature = "unstable-raw"))]
mod raw;
mod throttle;
pub(crate) mod transport;

use std::{future::Future, sync::Arc, time::Duration};

use http::HeaderMap;
use progenitor_client::ResponseValue;
use serde::de::DeserializeOwned;
use uuid::Uuid;

pub use self::builder::ClientBuilder;
pub(crate) use self::operation::Operation;
use self::{
    raw::ByteStream as RawBody,
    transport::{Call, Patience, Transport},
};
use crate::{
    arrived::{Arrived, Made},
    audience::AudiencesHandler,
    blob::Blobs,
    error::{Error, Kind, Result, Stage},
    list::{List, Page},
    model::{ProductId, PublisherId, Submission, SubmissionId},
    preprod::PreprodHandler,
    product::{ProductHandler, ProductsHandler},
    report::Reporter,
    retry::Reach,
};

pub(crate) use self::{
    raw::Client as Raw,
    transport::{RawError, RawResult, json_fault},
};

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
///
/// Its methods give handlers, which make the calls:
///
/// ```no_run
/// use hardware_dashboard::{
///     Client, Result,
///     model::{ProductId, PublisherId, SubmissionId},
/// };
///
/// # async fn example(client: Client) -> Result<()> {
/// let product = client.product(ProductId::new(14631253285588838)).get().await?;
/// println!("{:?}", product.product_name);
///
/// // What a partner has shared, named by the partner's ids.
/// let publisher = PublisherId::new(27258209);
/// let (product, submission) = (ProductId::new(13635057453741329), SubmissionId::new(7));
/// let ours = client.partner_submission(publisher, product, submission).await?;
/// println!("it is our submission {:?} of product {:?}", ours.id, ours.product_id);
/// # Ok(())
/// # }
/// ```
///
/// A run of its own, which support can find by its id and which tells its own reporter:
///
/// ```
/// use std::sync::Arc;
///
/// use hardware_dashboard::{Client, Silent};
/// use uuid::Uuid;
///
/// fn for_a_job(client: &Client, job: Uuid) -> Client {
///     let client = client.with_correlation_id(job).with_reporter(Arc::new(Silent));
///     assert_eq!(client.correlation_id(), job);
///     client
/// }
/// ```
///
/// See also [`ProductsHandler`], [`ProductHandler`], [`AudiencesHandler`] and [`PreprodHandler`].
#[derive(Clone, Debug)]
pub struct Client {
    transport: Arc<Transport>,
    answer_timeout: Duration,
    blobs: Blobs,
    correlation_id: Uuid,
    /// Whether the user chose the correlation id.
    correlation_is_chosen: bool,
    /// The `MS-RequestId` of the only call that is made by it.
    request_id: Option<Uuid>,
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

    /// Where the API is that this client calls: everything up to `/hardware`.
    ///
    /// ```
    /// use hardware_dashboard::{Client, auth::Environment};
    ///
    /// # fn main() -> hardware_dashboard::Result<()> {
    /// let client = Client::builder().credential(Environment::new()).build()?;
    /// assert!(client.api_base_url().starts_with("https://manage.devcenter.microsoft.com/"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn api_base_url(&self) -> &str {
        &self.transport.base_url
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

    /// The same client for one call, whose first attempt carries `request_id`; should there be more
    /// attempts, they count on from it.
    pub(crate) fn for_a_call(&self, request_id: Uuid) -> Self {
        Self { request_id: Some(request_id), ..self.clone() }
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

    /// The audiences that labels can be restricted to.
    #[must_use]
    pub fn audiences(&self) -> AudiencesHandler {
        AudiencesHandler::new(self.clone())
    }

    /// Preproduction packages.
    #[must_use]
    pub fn preprod(&self) -> PreprodHandler {
        PreprodHandler::new(self.clone())
    }

    /// The caller's own ids of a submission that a partner has shared, named by the partner's ids.
    ///
    /// # Errors
    ///
    /// Fails as every call does; [`Error::is_not_found`] when nothing was shared under these ids.
    ///
    /// [`Error::is_not_found`]: crate::Error::is_not_found
    pub async fn partner_submission(
        &self,
        publisher: PublisherId,
        product: ProductId,
        submission: SubmissionId,
    ) -> Result<Submission> {
        let ids = (&publisher, &product, &submission);
        let send = |raw: Raw| async move { raw.get_partner_submission(ids.0, ids.1, ids.2).await };
        self.read(Operation::GET_PARTNER_SUBMISSION, send).await
    }

    /// Makes a call whose answer is JSON or nothing, on the one road.
    pub(crate) async fn call<T, S, F>(&self, operation: Operation, send: S) -> Result<T>
    where
        T: DeserializeOwned,
        S: Fn(Raw) -> F,
        F: Future<Output = RawResult<T>>,
    {
        let answer = self.transport.call(&mut self.asks(operation), json_fault::<T>, send).await?;
        Ok(answer.into_inner())
    }

    /// Reads something.
    pub(crate) async fn read<T, S, F>(&self, operation: Operation, send: S) -> Result<T>
    where
        T: DeserializeOwned + Arrived,
        S: Fn(Raw) -> F,
        F: Future<Output = RawResult<T>>,
    {
        let mut answer = self.call(operation, send).await;
        if let Ok(answer) = &mut answer {
            answer.arrive();
        }
        answer
    }

    /// Makes something, whose id the answer must tell.
    pub(crate) async fn create<T, S, F>(&self, operation: Operation, send: S) -> Result<T>
    where
        T: DeserializeOwned + Made,
        S: Fn(Raw) -> F,
        F: Future<Output = RawResult<T>>,
    {
        self.submit(operation, self.answer_timeout, send).await
    }

    /// The same, where a file is sent along, which may take so long.
    pub(crate) async fn submit<T, S, F>(
        &self,
        operation: Operation,
        time: Duration,
        send: S,
    ) -> Result<T>
    where
        T: DeserializeOwned + Made,
        S: Fn(Raw) -> F,
        F: Future<Output = RawResult<T>>,
    {
        let mut call = Call { patience: Patience::Whole(time), ..self.asks(operation) };
        let made = self.transport.call(&mut call, json_fault::<T>, send).await?;
        let request_id = call.request_id;
        let mut made: T = made.into_inner();
        made.arrive();
        if made.has_id() {
            return Ok(made);
        }
        let message = format!("the answer to {} holds no id", operation.id);
        let error = Error::new(Stage::Api(operation.id), Kind::Decode, message);
        Err(error
            .with_reach(Reach::Acted)
            .with_correlation_id(self.correlation_id)
            .with_request_id(request_id))
    }

    /// How long an answer may be waited for.
    pub(crate) fn answer_timeout(&self) -> Duration {
        self.answer_timeout
    }

    /// Asks for a file, or for the part of it that `headers` name. Gives head and body, and the id of
    /// the request: the body may still break.
    pub(crate) async fn fetch_file<S, F>(
        &self,
        operation: Operation,
        headers: &HeaderMap,
        send: S,
    ) -> Result<(ResponseValue<RawBody>, Uuid)>
    where
        S: Fn(Raw) -> F,
        F: Future<Output = RawResult<RawBody>>,
    {
        let patience = Patience::Head(self.answer_timeout);
        let mut call = Call { patience, headers: Some(headers), ..self.asks(operation) };
        let answer = self.transport.call(&mut call, |_| String::new(), send).await?;
        Ok((answer, call.request_id))
    }

    /// A list whose pages this operation gives.
    pub(crate) fn list<P, S, F>(&self, operation: Operation, send: S) -> List<P::Item>
    where
        P: Page + DeserializeOwned + Send + 'static,
        P::Item: Send + 'static,
        S: Fn(Raw) -> F + Send + Sync + 'static,
        F: Future<Output = RawResult<P>> + Send + 'static,
    {
        let (client, send) = (self.clone(), Arc::new(send));
        List::new(operation.id, move |query| {
            let (client, send) = (client.clone(), send.clone());
            async move {
                let mut call = Call { query: query.as_deref(), ..client.asks(operation) };
                let page = client.transport.call(&mut call, json_fault::<P>, |raw| send(raw));
                Ok(page.await?.into_inner().into_parts())
            }
        })
    }

    fn asks(&self, operation: Operation) -> Call<'_> {
        Call {
            operation,
            correlation_id: self.correlation_id,
            first_request_id: self.request_id,
            request_id: Uuid::nil(),
            query: None,
            headers: None,
            patience: Patience::Whole(self.answer_timeout),
            reporter: &self.reporter,
        }
    }
}

/// The generated client, on the one road: for what the handlers do not say.
#[cfg(feature = "unstable-raw")]
impl Client {
    /// Makes a call by the generated client.
    ///
    /// ```no_run
    /// use hardware_dashboard::{Client, Result};
    ///
    /// # async fn example(client: Client) -> Result<()> {
    /// let send = |raw: hardware_dashboard::raw::Client| async move {
    ///     raw.list_products(None, None).await
    /// };
    /// let page = client.raw("listProducts", send).await?;
    /// println!("{:?}", page.links);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// `send` makes one call; it may be asked for it again.
    ///
    /// # Errors
    ///
    /// Fails as every call does; when `operation_id` is not in the spec; and, without sending
    /// anything, when the call is another one: by its name it is decided how often it may be sent.
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
    /// ```no_run
    /// use futures_util::TryStreamExt;
    /// use hardware_dashboard::{
    ///     Client,
    ///     model::{PreprodAssetId, PreprodPackageId},
    /// };
    ///
    /// # async fn example(
    /// #     client: Client, package: &PreprodPackageId, asset: &PreprodAssetId,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// let send = |raw: hardware_dashboard::raw::Client| async move {
    ///     raw.download_preprod_asset(package, asset).await
    /// };
    /// let mut content = client.raw_stream("downloadPreprodAsset", send).await?.into_inner();
    /// while let Some(chunk) = content.try_next().await? {
    ///     println!("{} bytes", chunk.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Fails as [`raw`](Self::raw) does.
    pub async fn raw_stream<S, F>(&self, operation_id: &str, send: S) -> Result<raw::ByteStream>
    where
        S: Fn(Raw) -> F,
        F: Future<Output = RawResult<raw::ByteStream>>,
    {
        let operation = Operation::find(operation_id)?;
        let (answer, _) = self.fetch_file(operation, &HeaderMap::new(), send).await?;
        Ok(answer.into_inner())
    }
}
