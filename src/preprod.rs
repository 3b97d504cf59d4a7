//! Preproduction signing: a package signed for test machines.

mod body;

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures_util::TryStreamExt;

use self::body::FileBody;
use crate::{
    blob::ByteStream,
    client::{Client, Operation, Patience, Raw},
    error::{Error, Result, Stage},
    model::{PreprodAsset, PreprodAssetId, PreprodPackage, PreprodPackageId},
};

/// A line slower than this is taken for stalled.
const SLOWEST_BYTES_PER_SECOND: u64 = 16 * 1024;

/// Preproduction packages. See [`Client::preprod`].
///
/// ```no_run
/// use std::path::Path;
///
/// # async fn example(client: hardware_dashboard::Client) -> hardware_dashboard::Result<()> {
/// let preprod = client.preprod();
/// let submitted = preprod.submit(Path::new("echo.cab")).await?;
/// if let Some(id) = submitted.id {
///     println!("{id} is {:?}", preprod.package(id.clone()).get().await?.signing_status);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PreprodHandler {
    client: Client,
}

impl PreprodHandler {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Submits the package in this file. Never sent twice by itself; its future should not be
    /// [dropped].
    ///
    /// # Errors
    ///
    /// Fails as every call does, and when the file cannot be read.
    ///
    /// [dropped]: crate::handling_errors#a-change-that-may-have-been-applied
    pub async fn submit(&self, package: &Path) -> Result<PreprodPackage> {
        let length = FileBody::open(package).await?.length();
        let sending = Duration::from_secs(length / SLOWEST_BYTES_PER_SECOND);
        let patience = Patience::Whole(self.client.answer_timeout().saturating_add(sending));
        // Of the generated client's errors none can carry it.
        let unreadable = Mutex::<Option<Error>>::default();
        let send = |raw: Raw| {
            let unreadable = &unreadable;
            async move {
                // Opened for each attempt: the one before may have read from it.
                let body = FileBody::open(package).await.map_err(|error| {
                    *unreadable.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    progenitor_client::Error::Custom("the package cannot be read".to_owned())
                })?;
                raw.submit_preprod_package(reqwest::Body::wrap(body)).await
            }
        };
        let submitted = self.client.submit(Operation::SUBMIT_PREPROD_PACKAGE, patience, send).await;
        let unreadable = unreadable.into_inner().unwrap_or_else(PoisonError::into_inner);
        submitted.map_err(|error| unreadable.unwrap_or(error))
    }

    /// One package.
    #[must_use]
    pub fn package(&self, id: PreprodPackageId) -> PreprodPackageHandler {
        PreprodPackageHandler { client: self.client.clone(), id }
    }
}

/// One preproduction package. See [`PreprodHandler::package`].
///
/// ```no_run
/// use futures_util::TryStreamExt;
/// use hardware_dashboard::{PreprodPackageHandler, model::PreprodSigningStatus};
/// use tokio::{fs::File, io::AsyncWriteExt};
///
/// # async fn example(package: PreprodPackageHandler) -> Result<(), Box<dyn std::error::Error>> {
/// if package.get().await?.signing_status == Some(PreprodSigningStatus::Succeeded) {
///     for asset in package.assets().await? {
///         let Some(id) = asset.id else { continue };
///         let mut file = File::create(format!("{id}.zip")).await?;
///         let mut content = package.download(&id).await?;
///         while let Some(chunk) = content.try_next().await? {
///             file.write_all(&chunk).await?;
///         }
///         file.flush().await?;
///         println!("expected hash: {:?}", package.asset(&id).await?.content_hash);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PreprodPackageHandler {
    client: Client,
    id: PreprodPackageId,
}

impl PreprodPackageHandler {
    /// Reads the package and how far its signing is.
    ///
    /// # Errors
    ///
    /// Fails as every call does; [`Error::is_not_found`] when there is no such package.
    pub async fn get(&self) -> Result<PreprodPackage> {
        let id = &self.id;
        let send = |raw: Raw| async move { raw.get_preprod_package(id).await };
        self.client.read(Operation::GET_PREPROD_PACKAGE, send).await
    }

    /// Reads what the signing has brought.
    ///
    /// # Errors
    ///
    /// Fails as every call does; [`Error::is_not_found`] when there is no such package.
    pub async fn assets(&self) -> Result<Vec<PreprodAsset>> {
        let id = &self.id;
        let send = |raw: Raw| async move { raw.list_preprod_assets(id).await };
        Ok(self.client.call(Operation::LIST_PREPROD_ASSETS, send).await?.0)
    }

    /// Reads one asset.
    ///
    /// # Errors
    ///
    /// Fails as every call does; [`Error::is_not_found`] when there is no such asset.
    pub async fn asset(&self, asset: &PreprodAssetId) -> Result<PreprodAsset> {
        let id = &self.id;
        let send = |raw: Raw| async move { raw.get_preprod_asset(id, asset).await };
        self.client.call(Operation::GET_PREPROD_ASSET, send).await
    }

    /// Fetches the content of an asset. Compare it with the asset's `content_hash`.
    ///
    /// Should the service lead elsewhere, that is followed without the token.
    ///
    /// # Errors
    ///
    /// Fails as every call does; an item of the stream fails when the connection breaks, or when
    /// nothing comes for the client's [idle time-out](crate::ClientBuilder::idle_timeout).
    pub async fn download(&self, asset: &PreprodAssetId) -> Result<ByteStream> {
        let id = &self.id;
        let operation = Operation::DOWNLOAD_PREPROD_ASSET;
        let send = |raw: Raw| async move { raw.download_preprod_asset(id, asset).await };
        let patience = Patience::Head(self.client.answer_timeout());
        match self.client.transfer(operation, patience, |_| String::new(), send).await {
            Ok((content, request_id)) => {
                let correlation_id = self.client.correlation_id();
                let broken = move |source| {
                    let stage = Stage::Api(operation.id);
                    Error::network(stage, "the Hardware dashboard API", source)
                        .of_a_read()
                        .with_correlation_id(correlation_id)
                        .with_request_id(request_id)
                };
                Ok(Box::pin(content.into_inner().map_err(broken)))
            }
            Err(error) => match error.location() {
                Some(elsewhere) => self.client.blobs().stream(elsewhere).await,
                None => Err(error),
            },
        }
    }
}
