//! The steps of preproduction signing.

use std::{fs::File, io::Write, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::Utc;
use futures_util::TryStreamExt;
use md5::Md5;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::{Progress, Run, create::missing, file};
use crate::{
    blob::{ByteStream, Downloaded, corrupt},
    error::{Error, Result},
    model::{PreprodAsset, PreprodAssetType, PreprodPackage, PreprodPackageId},
    preprod::PreprodPackageHandler,
    report::Event,
    workflow::{
        known::{Known, Mutation},
        order::Target,
        signed,
        view::PackageView,
    },
};

const SUBMIT: &str = "submitPreprodPackage";

impl Run {
    /// A package may be submitted again: a spare one hurts nobody, but it is counted.
    pub(super) async fn submit_package(&mut self) -> Result<Progress> {
        self.intend(SUBMIT, |known| {
            known.spare_packages += u32::from(known.package.is_intended());
            known.package.intend(Utc::now(), None);
        })?;
        let submitted = self.client.preprod().submit(self.record.order.package()).await;
        let id = submitted.and_then(|package| package.id.ok_or_else(|| missing("package")));
        if let Some(id) = self.answered(SUBMIT, package_of, id)? {
            self.tell(Event::PackageSubmitted(&id));
        }
        Ok(Progress::Moved)
    }

    fn package(&self) -> Result<PreprodPackageHandler> {
        let id = self.record.known.package.done().ok_or_else(|| missing("package"))?;
        Ok(self.client.preprod().package(id))
    }

    pub(super) async fn read_package(&mut self) -> Result<Progress> {
        let seen = self.package()?.get().await?;
        self.waiting.note_signing(&seen).into_iter().for_each(|event| self.tell(event));
        self.view.package = Some(PackageView::of(&seen));
        self.seen.package = Some(seen);
        Ok(Progress::Moved)
    }

    pub(super) async fn download_asset(&mut self) -> Result<Progress> {
        let package = self.package()?;
        let assets = package.assets().await?;
        let is_wanted = |asset: &&PreprodAsset| {
            asset.asset_type == Some(PreprodAssetType::SignedFilesZip) && asset.id.is_some()
        };
        let Some(asset) = assets.iter().find(is_wanted) else {
            // The list lags behind the status.
            return Ok(self.wait());
        };
        let id = asset.id.as_ref().ok_or_else(|| missing("asset"))?;
        let content = package.download(id).await?;
        let file = save(content, asset, self.target()?).await?;
        self.save("downloadPreprodAsset", &file)?;
        Ok(Progress::Moved)
    }

    /// The service's own words on why it gave up.
    pub(super) fn package_failure(&self) -> Error {
        let nothing = PreprodPackage::default();
        let seen = self.seen.package.as_ref().unwrap_or(&nothing);
        let message = seen.error.as_ref().and_then(|error| error.message.clone());
        let place = "the service failed the preproduction package".to_owned();
        Error::workflow_failed(place, message.into_iter().collect())
            .with_correlation_id(self.client.correlation_id())
            .with_hint("Mend the package and submit it again.")
    }
}

fn package_of(known: &mut Known) -> &mut Mutation<PreprodPackageId> {
    &mut known.package
}

/// Writes an asset to a file beside the target, which gets the name when it is complete and has the
/// hash that the asset tells.
async fn save(
    mut content: ByteStream,
    asset: &PreprodAsset,
    target: &Target,
) -> Result<Downloaded> {
    let path = &target.path;
    let failed = |error| Error::file(format!("{} could not be written", path.display()), error);
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    let (mut sha256, mut md5, mut bytes) = (Sha256::new(), Md5::default(), 0);
    while let Some(chunk) = content.try_next().await? {
        file.write_all(&chunk).map_err(failed)?;
        sha256.update(&chunk);
        md5::Digest::update(&mut md5, &chunk);
        bytes += chunk.len() as u64;
    }
    check_hash(asset, &sha256.finalize())?;
    file.as_file().sync_all().map_err(failed)?;
    signed::check(file.as_file_mut())?;
    let downloaded =
        Downloaded { path: path.clone(), bytes, md5: md5::Digest::finalize(md5).into() };
    if target.overwrite || !path.exists() {
        give_name(file, target).map_err(failed)?;
    } else if !file::is_same(file.path(), path).map_err(failed)? {
        return Err(file::kept(path));
    }
    Ok(downloaded)
}

fn give_name(file: NamedTempFile, target: &Target) -> std::io::Result<File> {
    let named = if target.overwrite {
        file.persist(&target.path)
    } else {
        file.persist_noclobber(&target.path)
    };
    named.map_err(|error| error.error)
}

/// The text form of the hash is not documented: hexadecimal digits and base64 are taken.
fn check_hash(asset: &PreprodAsset, hash: &[u8]) -> Result<()> {
    let Some(told) = asset.content_hash.as_deref().map(str::trim).filter(|told| !told.is_empty())
    else {
        return Ok(());
    };
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    if told.eq_ignore_ascii_case(&hex) || told == BASE64_STANDARD.encode(hash) {
        return Ok(());
    }
    Err(corrupt("its SHA-256 is not the one that the service tells"))
}
