//! The steps of preproduction signing.

use super::{Progress, Run, create::missing, file::Origin};
use crate::{
    error::{Error, Result},
    model::{PreprodAsset, PreprodAssetType, PreprodPackage, PreprodPackageId},
    preprod::PreprodPackageHandler,
    report::Event,
    workflow::{
        failure,
        known::{Known, Mutation},
        view::PackageView,
    },
};

const SUBMIT: &str = "submitPreprodPackage";

impl Run {
    /// A package may be submitted again: a spare one hurts nobody, but it is counted.
    pub(super) async fn submit_package(&mut self) -> Result<Progress> {
        let fingerprint = self.fingerprint().await?;
        let client = self.intend(SUBMIT, |known, sending| {
            known.fingerprint = Some(fingerprint);
            known.spare_packages += u32::from(known.package.is_intended());
            known.package.intend(sending, None);
        })?;
        let submitted = client.preprod().submit(self.record.order.package()).await;
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
        let origin = Origin::Preprod(package.clone(), id.clone());
        self.fetch("downloadPreprodAsset", &origin).await
    }

    /// Why the service gave it up.
    pub(super) fn package_failure(&self) -> Error {
        let nothing = PreprodPackage::default();
        let seen = self.seen.package.as_ref().unwrap_or(&nothing);
        match self.package() {
            Ok(package) => failure::of_package(&package, seen),
            Err(error) => error,
        }
    }
}

fn package_of(known: &mut Known) -> &mut Mutation<PreprodPackageId> {
    &mut known.package
}
