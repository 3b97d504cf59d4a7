//! Preproduction signing: a package signed for test machines.

mod asset;
mod body;

use std::{path::Path, time::Duration};

use tokio::io::AsyncWrite;

use self::{asset::Content, body::Package};
use crate::{
    blob::{ByteStream, Check, DownloadOptions, Downloaded, Received, Whole},
    client::{Client, Operation, Raw},
    error::Result,
    model::{PreprodAsset, PreprodAssetId, PreprodPackage, PreprodPackageId},
    submission::signed,
};

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
    /// It may take as long as it moves; when nothing has moved for as long as an answer may take, it is
    /// given up.
    ///
    /// # Errors
    ///
    /// Fails as every call does, when the file cannot be read, and when it changes while it is being
    /// sent: the service has not taken it then.
    ///
    /// [dropped]: crate::handling_errors#a-change-that-may-have-been-applied
    pub async fn submit(&self, package: &Path) -> Result<PreprodPackage> {
        let patience = self.client.answer_timeout();
        let package = Package::open(package, patience, &self.client.blobs())?;
        let file = &package;
        let send = |raw: Raw| async move {
            file.send(|body| async move { raw.submit_preprod_package(body).await }).await
        };
        package
            .watch(self.client.submit(Operation::SUBMIT_PREPROD_PACKAGE, Duration::MAX, send))
            .await
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
/// use std::path::Path;
///
/// use futures_util::TryStreamExt;
/// use hardware_dashboard::{
///     PreprodPackageHandler, Result, blob::DownloadOptions, model::PreprodSigningStatus,
/// };
///
/// # async fn example(package: PreprodPackageHandler) -> Result<()> {
/// if package.get().await?.signing_status == Some(PreprodSigningStatus::Succeeded) {
///     for asset in package.assets().await? {
///         let Some(id) = asset.id else { continue };
///         let target = format!("{id}.zip");
///         let file = package.download(&id, Path::new(&target), &DownloadOptions::default()).await?;
///         println!("{} has the hash that the service tells", file.path.display());
///         println!("{:?}, in pieces:", package.asset(&id).await?.asset_type);
///         let mut content = package.content(&id).await?;
///         while let Some(piece) = content.try_next().await? {
///             println!("{} bytes", piece.len());
///         }
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
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Reads the package and how far its signing is.
    ///
    /// # Errors
    ///
    /// Fails as every call does; [`Error::is_not_found`] when there is no such package.
    ///
    /// [`Error::is_not_found`]: crate::Error::is_not_found
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
    ///
    /// [`Error::is_not_found`]: crate::Error::is_not_found
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
    ///
    /// [`Error::is_not_found`]: crate::Error::is_not_found
    pub async fn asset(&self, asset: &PreprodAssetId) -> Result<PreprodAsset> {
        let id = &self.id;
        let send = |raw: Raw| async move { raw.get_preprod_asset(id, asset).await };
        self.client.call(Operation::GET_PREPROD_ASSET, send).await
    }

    /// Fetches the content of an asset to the file `target`.
    ///
    /// It is held against the hash that the service tells of the asset, unless `options` name one.
    /// Should the service lead elsewhere, that is followed without the token.
    ///
    /// # Errors
    ///
    /// Fails as every call does, when the content is not what the service tells of it, and when the
    /// file cannot be written. There is no file at `target` then but the one that was there before.
    pub async fn download(
        &self,
        asset: &PreprodAssetId,
        target: &Path,
        options: &DownloadOptions,
    ) -> Result<Downloaded> {
        self.fetch(asset, target, options, None).await
    }

    /// The same of an asset that must be a whole zip.
    pub(crate) async fn download_zip(
        &self,
        asset: &PreprodAssetId,
        target: &Path,
        options: &DownloadOptions,
    ) -> Result<Downloaded> {
        self.fetch(asset, target, options, Some(signed::check)).await
    }

    async fn fetch(
        &self,
        asset: &PreprodAssetId,
        target: &Path,
        options: &DownloadOptions,
        check: Option<Check>,
    ) -> Result<Downloaded> {
        let options = self.checked(asset, options).await?;
        let source = self.source(asset, whole(&options));
        self.client.blobs().download(source, target, &options, check).await
    }

    /// Writes the content of an asset to `writer`, in its order.
    ///
    /// # Errors
    ///
    /// As [`download`](Self::download), but what was written before the error cannot be taken back.
    pub async fn download_to<W>(
        &self,
        asset: &PreprodAssetId,
        writer: &mut W,
        options: &DownloadOptions,
    ) -> Result<Received>
    where
        W: AsyncWrite + Unpin + ?Sized,
    {
        let options = self.checked(asset, options).await?;
        let source = self.source(asset, whole(&options));
        self.client.blobs().download_to(source, writer, &options).await
    }

    /// Gives the content of an asset as it arrives, held against nothing.
    ///
    /// # Errors
    ///
    /// Fails as every call does; an item of the stream fails when the connection breaks for good, or
    /// when nothing has come for as long as an answer may take.
    pub async fn content(&self, asset: &PreprodAssetId) -> Result<ByteStream> {
        self.client.blobs().stream(self.source(asset, Whole::End)).await
    }

    fn source(&self, asset: &PreprodAssetId, whole: Whole) -> Content {
        Content::new(self.client.clone(), self.id.clone(), asset.clone(), whole)
    }

    async fn checked(
        &self,
        asset: &PreprodAssetId,
        options: &DownloadOptions,
    ) -> Result<DownloadOptions> {
        if options.has_sha256() {
            return Ok(options.clone());
        }
        let told = asset::sha256(&self.asset(asset).await?)?;
        Ok(told.map_or_else(|| options.clone(), |hash| options.clone().sha256(hash)))
    }
}

fn whole(options: &DownloadOptions) -> Whole {
    if options.has_sha256() { Whole::Hash } else { Whole::End }
}
