//! Makes the call that a recording holds: by its handler, and by the generated client only where the
//! recorded request is one that the handler never sends.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::BytesMut;
use futures_util::TryStreamExt as _;
use hardware_dashboard::{
    Client, Continuation, List, PreprodPackageHandler, Result, ShippingLabelHandler,
    SubmissionHandler,
    blob::ByteStream,
    model::{NewShippingLabel, ShippingLabel, UpdateSubmission},
    raw,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::request::Recorded;
use crate::replay::Exchange;

/// Makes the recorded call and gives the decoded value as JSON.
///
/// # Panics
///
/// When there is no way to make it: a recording that no test reads proves nothing.
pub(super) async fn make(client: &Client, exchange: &Exchange) -> Result<Value> {
    let of = &Recorded::read(&exchange.request);
    match exchange.operation.as_str() {
        "listProducts" => page(client.products().list(), of).await,
        "createProduct" => decoded(client.products().create(&of.body()).await),
        "getProduct" => decoded(client.product(of.product()).get().await),
        "updateProduct" => decoded(client.product(of.product()).update(&of.body()).await),

        "listSubmissions" => page(client.product(of.product()).submissions().list(), of).await,
        "createSubmission" => {
            decoded(client.product(of.product()).submissions().create(&of.body()).await)
        }
        "getSubmission" => decoded(submission(client, of).get().await),
        "updateSubmission" => {
            let UpdateSubmission { name, .. } = of.body();
            decoded(submission(client, of).rename(name).await)
        }
        "commitSubmission" => decoded(submission(client, of).commit().await),
        "createPublisherMetadata" => {
            decoded(submission(client, of).create_publisher_metadata().await)
        }
        "getPartnerSubmission" => {
            let publisher = of.id("sourcepubliherid");
            let product = of.id("sourceproductid");
            let submission = of.id("sourcesubmissionid");
            decoded(client.partner_submission(publisher, product, submission).await)
        }

        "listShippingLabels" => page(submission(client, of).shipping_labels().list(), of).await,
        "createShippingLabel" => {
            let new: NewShippingLabel = of.body();
            if new.check().is_ok() {
                return decoded(submission(client, of).shipping_labels().create(&new).await);
            }
            // The handler refuses what the service refuses here.
            let (product, submission) = (&of.product(), &of.submission());
            let send = |raw: raw::Client| {
                let new = &new;
                async move { raw.create_shipping_label(product, submission, new).await }
            };
            decoded(client.raw::<ShippingLabel, _, _>("createShippingLabel", send).await)
        }
        "getShippingLabel" => shipping_label(client, of).await,
        "updateShippingLabel" => decoded(label(client, of).update_exactly(&of.body()).await),
        "cancelShippingLabel" => decoded(label(client, of).cancel().await),

        "listAudiences" => page(client.audiences().list(), of).await,

        "submitPreprodPackage" => decoded(client.preprod().submit(of.file().path()).await),
        "getPreprodPackage" => decoded(package(client, of).get().await),
        "listPreprodAssets" => decoded(package(client, of).assets().await),
        "getPreprodAsset" => decoded(package(client, of).asset(&of.asset()).await),
        "downloadPreprodAsset" => content(package(client, of).content(&of.asset()).await?).await,

        other => panic!("no test reads the recordings of {other}: add its call here"),
    }
}

fn submission(client: &Client, of: &Recorded) -> SubmissionHandler {
    client.product(of.product()).submission(of.submission())
}

fn label(client: &Client, of: &Recorded) -> ShippingLabelHandler {
    submission(client, of).shipping_label(of.label())
}

fn package(client: &Client, of: &Recorded) -> PreprodPackageHandler {
    client.preprod().package(of.package())
}

/// The handler always asks for the targeting.
async fn shipping_label(client: &Client, of: &Recorded) -> Result<Value> {
    let wanted = of.targeting();
    if wanted == Some(true) {
        return decoded(label(client, of).get().await);
    }
    let ids = &(of.product(), of.submission(), of.label());
    let send = |raw: raw::Client| async move {
        raw.get_shipping_label(&ids.0, &ids.1, &ids.2, wanted).await
    };
    decoded(client.raw("getShippingLabel", send).await)
}

/// The items of the recorded page, and where the list goes on behind it.
async fn page<T>(list: List<T>, of: &Recorded) -> Result<Value>
where
    T: Serialize + Send + Unpin + 'static,
{
    let mut this_page = json!(list.continuation());
    this_page["query"] = json!(of.query());
    let this_page: Continuation =
        serde_json::from_value(this_page).expect("a continuation is read from JSON");
    let mut list = list.resume(this_page);
    let mut items = Vec::new();
    while let Some(item) = list.try_next().await? {
        items.push(item);
        if list.continuation().is_none_or(|next| taken(&next) == 0) {
            break;
        }
    }
    Ok(json!({ "items": items, "continuation": list.continuation() }))
}

/// How many items of the page that a continuation names have been taken: none of a next page.
fn taken(continuation: &Continuation) -> u64 {
    let continuation = serde_json::to_value(continuation).expect("a continuation can be kept");
    continuation["taken"].as_u64().expect("a continuation counts")
}

fn decoded<T: Serialize>(result: Result<T>) -> Result<Value> {
    result.map(|value| serde_json::to_value(value).expect("what was decoded can be encoded"))
}

async fn content(stream: ByteStream) -> Result<Value> {
    let bytes: BytesMut = stream.try_collect().await?;
    Ok(json!({ "bytes": bytes.len(), "base64": BASE64_STANDARD.encode(&bytes) }))
}
