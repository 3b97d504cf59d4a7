//! Each operation as one call of a client.

use std::path::{Path, PathBuf};

use bytes::BytesMut;
use futures_util::{StreamExt as _, TryStreamExt as _};
use hardware_dashboard::{
    Client, List, Result,
    model::{
        NewHardwareIdTarget, NewProduct, NewShippingLabel, NewSubmission, NewTargeting,
        PreprodAssetId, PreprodPackageId, ProductId, PublisherId, PublishingSpecifications,
        ShippingLabelId, SubmissionId,
    },
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::support::OS_CODE;

/// What the calls work on.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) product: ProductId,
    pub(crate) submission: SubmissionId,
    /// A label that can be cancelled.
    pub(crate) label: ShippingLabelId,
    /// A label that can be changed.
    pub(crate) shared: ShippingLabelId,
    /// What a label may target.
    pub(crate) device: NewHardwareIdTarget,
    pub(crate) publisher: PublisherId,
    pub(crate) preprod: PreprodPackageId,
    pub(crate) asset: PreprodAssetId,
    pub(crate) package: PathBuf,
}

impl Target {
    /// Ids of nothing, for a server that does not look at them.
    pub(crate) fn anywhere(package: &Path) -> Self {
        Self {
            product: ProductId::new(1),
            submission: SubmissionId::new(2),
            label: ShippingLabelId::new(3),
            shared: ShippingLabelId::new(4),
            device: NewHardwareIdTarget::new("bundle", "echo.inf", OS_CODE, "root\\echo"),
            publisher: PublisherId::from(5),
            preprod: "package".parse().expect("an id"),
            asset: "asset".parse().expect("an id"),
            package: package.to_owned(),
        }
    }
}

/// A label that offers the driver to whoever looks for it.
pub(crate) fn to_windows_update(device: &NewHardwareIdTarget) -> NewShippingLabel {
    let targeting = NewTargeting::new([device.clone()]);
    NewShippingLabel::windows_update("Retail", targeting, PublishingSpecifications::manual())
}

/// Makes the call; of a list the first page, of a download all of it.
///
/// # Panics
///
/// When the specification has an operation that nobody calls here.
pub(crate) async fn make(operation: &str, client: &Client, at: &Target) -> Result<()> {
    let product = client.product(at.product);
    let submission = product.submission(at.submission);
    let package = client.preprod().package(at.preprod.clone());
    match operation {
        "listProducts" => first(client.products().list()).await,
        "createProduct" => {
            let new = NewProduct::attestation("Echo", vec![OS_CODE.into()]);
            client.products().create(&new).await.map(drop)
        }
        "getProduct" => product.get().await.map(drop),
        "updateProduct" => product.update(&body(json!({ "productName": "Echo 2" }))).await,
        "listSubmissions" => first(product.submissions().list()).await,
        "createSubmission" => {
            product.submissions().create(&NewSubmission::initial("Echo")).await.map(drop)
        }
        "getSubmission" => submission.get().await.map(drop),
        "updateSubmission" => submission.rename("Echo 2").await,
        "commitSubmission" => submission.commit().await,
        "createPublisherMetadata" => submission.create_publisher_metadata().await,
        "getPartnerSubmission" => {
            let found = client.partner_submission(at.publisher, at.product, at.submission);
            found.await.map(drop)
        }
        "listShippingLabels" => first(submission.shipping_labels().list()).await,
        "createShippingLabel" => {
            submission.shipping_labels().create(&to_windows_update(&at.device)).await.map(drop)
        }
        "getShippingLabel" => submission.shipping_label(at.label).get().await.map(drop),
        "updateShippingLabel" => {
            let audiences = json!({ "targeting": { "restrictedToAudiences": ["everybody"] } });
            submission.shipping_label(at.shared).update_exactly(&body(audiences)).await
        }
        "cancelShippingLabel" => submission.shipping_label(at.label).cancel().await,
        "listAudiences" => first(client.audiences().list()).await,
        "submitPreprodPackage" => client.preprod().submit(&at.package).await.map(drop),
        "getPreprodPackage" => package.get().await.map(drop),
        "listPreprodAssets" => package.assets().await.map(drop),
        "getPreprodAsset" => package.asset(&at.asset).await.map(drop),
        "downloadPreprodAsset" => {
            package.content(&at.asset).await?.try_collect::<BytesMut>().await.map(drop)
        }
        other => panic!("nobody calls {other}: add it here"),
    }
}

async fn first<T: Send + Unpin + 'static>(mut list: List<T>) -> Result<()> {
    list.next().await.transpose().map(drop)
}

fn body<T: DeserializeOwned>(json: Value) -> T {
    serde_json::from_value(json).expect("it fits the spec")
}
