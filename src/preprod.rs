//! Preproduction signing: a package signed for test machines.

mod body;

use std::{path::Path, time::Duration};

use futures_util::TryStreamExt;

use self::body::FileBody;
use crate::{
    blob::ByteStream,
    client::{Client, Operation, Raw, json_fault},
    error::{Error, Result, Stage},
    model::{PreprodAsset, PreprodAssetId, PreprodPackage, PreprodPackageId},
};

/// A line slower than this is taken for stalled.
const SLOWEST_BYTES_PER_SECOND: u64 = 16 * 1024;

/// Preproduction packages. See [`Client::preprod`].
#[derive(Clone, Debug)]
pub struct PreprodHandler {
    client: Client,
}

impl PreprodHandler {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Submits the package in this file. Never sent twice by itself.
    ///
    /// # Errors
    ///
    /// Fails as every call does, and when the file cannot be read.
    pub async fn submit(&self, package: &Path) -> Result<PreprodPackage> {
        let length = FileBody::open(package).await?.length();
        let time = Duration::from_secs(150 + length / SLOWEST_BYTES_PER_SECOND);
        let send = |raw: Raw| async move {
            // Opened for each attempt: the one before may have read from it.
            let body = FileBody::open(package).await;
            let body = body.map_err(|error| progenitor_client::Error::Custom(error.to_string()))?;
            raw.submit_preprod_package(reqwest::Body::wrap(body)).await
        };
        let fault = json_fault::<PreprodPackage>;
        self.client.transfer(Operation::SUBMIT_PREPROD_PACKAGE, Some(time), fault, send).await
    }

    /// One package.
    #[must_use]
    pub fn package(&self, id: PreprodPackageId) -> PreprodPackageHandler {
        PreprodPackageHandler { client: self.client.clone(), id }
    }
}

/// One preproduction package. See [`PreprodHandler::package`].
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
        self.client.call(Operation::GET_PREPROD_PACKAGE, send).await
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
    /// Fails as every call does; an item of the stream fails when the connection breaks.
    pub async fn download(&self, asset: &PreprodAssetId) -> Result<ByteStream> {
        let id = &self.id;
        let operation = Operation::DOWNLOAD_PREPROD_ASSET;
        let send = |raw: Raw| async move { raw.download_preprod_asset(id, asset).await };
        match self.client.transfer(operation, None, |_| String::new(), send).await {
            Ok(stream) => {
                let broken = move |source| {
                    Error::network(Stage::Api(operation.id), "the Hardware dashboard API", source)
                        .of_a_read()
                };
                Ok(Box::pin(stream.into_inner().map_err(broken)))
            }
            Err(error) => match error.location() {
                Some(elsewhere) => self.client.blobs().stream(elsewhere).await,
                None => Err(error),
            },
        }
    }
}
