//! Operations 18 to 22: preproduction signing.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::BytesMut;
use futures_util::TryStreamExt as _;
use hardware_dashboard::model::{PreprodAssetType, PreprodSigningStatus};
use sha2::{Digest as _, Sha256};

use super::subject::Subject;

pub(super) async fn all(subject: &Subject) {
    let preprod = subject.client.preprod();
    let submitted = preprod.submit(&subject.package).await.expect("a package can be submitted");
    let package = preprod.package(submitted.id.expect("a package has an id"));
    let signed = subject.until("the signing", async || {
        let seen = package.get().await.expect("a package can be read");
        let status = seen.signing_status.as_ref()?;
        assert_ne!(*status, PreprodSigningStatus::Failed, "{seen:?}");
        (*status == PreprodSigningStatus::Succeeded).then_some(())
    });
    signed.await;

    let assets = package.assets().await.expect("assets can be listed");
    let is_zip = |asset: &&_| is_signed_files(asset);
    let listed = assets.iter().find(is_zip).expect("signing makes a zip of signed files");
    let id = listed.id.clone().expect("an asset has an id");
    let read = package.asset(&id).await.expect("what is listed can be read");
    assert_eq!(read.content_hash, listed.content_hash);
    let content = package.content(&id).await.expect("an asset can be fetched");
    let content: BytesMut = content.try_collect().await.expect("it comes whole");
    assert!(content.starts_with(b"PK\x03\x04"), "an asset is a zip");
    let told = read.content_hash.expect("an asset tells its hash");
    assert!(is_hash_of(&told, &content), "{told} is not the SHA-256 of what came");

    let error = package.asset(&"other".parse().expect("an id")).await;
    assert!(error.expect_err("there is no such asset").is_not_found());
}

fn is_signed_files(asset: &hardware_dashboard::model::PreprodAsset) -> bool {
    asset.asset_type == Some(PreprodAssetType::SignedFilesZip)
}

/// Whether a text is the SHA-256 of these bytes, in hexadecimal or in base64.
fn is_hash_of(text: &str, bytes: &[u8]) -> bool {
    let hash = Sha256::digest(bytes);
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    text.eq_ignore_ascii_case(&hex) || text == BASE64_STANDARD.encode(hash)
}
