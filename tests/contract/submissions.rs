//! Operations 5 to 9: from a submission to the signed package.

use std::fs;

use futures_util::TryStreamExt as _;
use hardware_dashboard::{
    Client,
    model::{DownloadType, NewSubmission, Submission, SubmissionType},
};

use super::{
    products,
    subject::{Subject, Submitted},
};
use crate::support;

/// Has a product signed, and tries on the way what is refused at each stage.
pub(super) async fn signed(subject: &Subject) -> Submitted {
    let client = &subject.client;
    let product = products::create(subject).await;
    products::too_early(client, product).await;
    let submissions = client.product(product).submissions();
    let new = NewSubmission::initial("Initial");
    let made = submissions.create(&new).await.expect("a submission can be made");
    let submission = made.id.expect("a submission has an id");
    let submitted = Submitted { product, submission };
    second_submissions(client, submitted).await;
    products::update(client, product).await;
    rename(client, submitted).await;

    let pending = read(client, submitted).await;
    let package = fs::read(&subject.package).expect("the package can be read");
    let url = pending.upload_url().expect("a submission says where to upload");
    support::put(url, package).await;
    submitted.handler(client).commit().await.expect("what was uploaded can be committed");
    committed_once(client, submitted).await;

    let signed = subject.until("the signed package", async || {
        let seen = read(client, submitted).await;
        assert!(!seen.has_failed(), "{seen:?}");
        seen.signed_package_url().is_some().then_some(seen)
    });
    let signed = signed.await;
    let zip = support::fetch(signed.signed_package_url().expect("it was seen")).await;
    assert!(zip.starts_with(b"PK\x03\x04"), "the signed package is a zip");
    submitted
}

/// The driver metadata, which comes after the signed package.
pub(super) async fn metadata(subject: &Subject, client: &Client, of: Submitted) -> Vec<u8> {
    let seen = subject.until("the driver metadata", async || {
        let seen = read(client, of).await;
        seen.download_url(&DownloadType::DriverMetadata).cloned()
    });
    support::fetch(&seen.await).await
}

async fn read(client: &Client, of: Submitted) -> Submission {
    let seen = of.handler(client).get().await.expect("a submission can be read");
    assert_eq!(seen.id, Some(of.submission));
    seen
}

/// A product takes one initial submission, and one for attestation no derived one.
async fn second_submissions(client: &Client, of: Submitted) {
    let submissions = of.product(client).submissions();
    let error = submissions.create(&NewSubmission::initial("Again")).await;
    let error = error.expect_err("there is an initial submission");
    assert!(error.is_invalid_state() && !error.may_have_been_applied(), "{error:?}");
    let error = submissions.create(&NewSubmission::derived("Update")).await;
    let error = error.expect_err("attestation takes no derived submission");
    assert!(error.is_validation() && !error.may_have_been_applied(), "{error:?}");
    let listed: Vec<_> = submissions.list().try_collect().await.expect("they can be listed");
    let seen: Vec<_> = listed.iter().map(|each| (each.id, each.type_.as_ref())).collect();
    assert_eq!(seen, [(Some(of.submission), Some(&SubmissionType::Initial))]);
}

async fn rename(client: &Client, of: Submitted) {
    of.handler(client).rename("Renamed").await.expect("a submission can be renamed");
    assert_eq!(read(client, of).await.name.as_deref(), Some("Renamed"));
}

/// What is committed cannot be committed again, whoever has lost the first answer.
async fn committed_once(client: &Client, of: Submitted) {
    let error = of.handler(client).commit().await.expect_err("it is committed");
    assert!(error.is_invalid_state() && !error.may_have_been_applied(), "{error:?}");
}
