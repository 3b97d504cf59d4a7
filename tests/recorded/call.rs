//! Makes the call that a recording holds: by a handler where there is one, else by the generated
//! client.

use std::{fmt::Debug, num::NonZeroU32, str::FromStr};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;
use hardware_dashboard::{
    Client, Result, SubmissionHandler,
    model::{
        PreprodAssetId, PreprodPackageId, ProductId, PublisherId, ShippingLabelId, SubmissionId,
    },
    raw::{self, ByteStream},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::replay::{Exchange, Request};

/// Makes the recorded call and gives the decoded value as JSON.
///
/// # Panics
///
/// When there is no way to make it: a recording that no test reads proves nothing.
pub(super) async fn make(client: &Client, exchange: &Exchange) -> Result<Value> {
    let operation = exchange.operation.as_str();
    let of = &Recorded::read(&exchange.request);
    macro_rules! raw {
        ($method:ident($($argument:expr),*)) => {
            decoded(client.raw(operation, |raw| async move {
                raw.$method($($argument),*).await
            }).await)
        };
    }
    match operation {
        "listProducts" => raw!(list_products(of.token(), of.page_size())),
        "createProduct" => decoded(client.products().create(&of.body()).await),
        "getProduct" => decoded(client.product(of.product()).get().await),
        "updateProduct" => raw!(update_product(&of.product(), &of.body())),

        "listSubmissions" => raw!(list_submissions(&of.product(), of.token(), of.page_size())),
        "createSubmission" => {
            decoded(client.product(of.product()).submissions().create(&of.body()).await)
        }
        "getSubmission" => decoded(submission(client, of).get().await),
        "updateSubmission" => {
            raw!(update_submission(&of.product(), &of.submission(), &of.body()))
        }
        "commitSubmission" => decoded(submission(client, of).commit().await),
        "createPublisherMetadata" => {
            raw!(create_publisher_metadata(&of.product(), &of.submission()))
        }
        "getPartnerSubmission" => {
            let publisher: &PublisherId = &of.id("sourcepubliherid");
            let product = &of.id("sourceproductid");
            raw!(get_partner_submission(publisher, product, &of.id("sourcesubmissionid")))
        }

        "listShippingLabels" => raw!(list_shipping_labels(
            &of.product(),
            &of.submission(),
            of.token(),
            of.targeting(),
            of.page_size()
        )),
        "createShippingLabel" => {
            raw!(create_shipping_label(&of.product(), &of.submission(), &of.body()))
        }
        "getShippingLabel" => {
            let (product, submission) = (&of.product(), &of.submission());
            raw!(get_shipping_label(product, submission, &of.label(), of.targeting()))
        }
        "updateShippingLabel" => {
            let (product, submission) = (&of.product(), &of.submission());
            raw!(update_shipping_label(product, submission, &of.label(), &of.body()))
        }
        "cancelShippingLabel" => {
            raw!(cancel_shipping_label(&of.product(), &of.submission(), &of.label()))
        }

        "listAudiences" => raw!(list_audiences(of.token(), of.page_size())),

        "submitPreprodPackage" => raw!(submit_preprod_package(of.bytes())),
        "getPreprodPackage" => raw!(get_preprod_package(&of.package())),
        "listPreprodAssets" => raw!(list_preprod_assets(&of.package())),
        "getPreprodAsset" => raw!(get_preprod_asset(&of.package(), &of.asset())),
        "downloadPreprodAsset" => {
            let (package, asset) = (&of.package(), &of.asset());
            let send =
                |raw: raw::Client| async move { raw.download_preprod_asset(package, asset).await };
            Ok(content(client.raw_stream(operation, send).await?).await)
        }

        other => panic!("no test reads the recordings of {other}: add its call here"),
    }
}

fn submission(client: &Client, of: &Recorded) -> SubmissionHandler {
    client.product(of.product()).submission(of.submission())
}

fn decoded<T: Serialize>(result: Result<T>) -> Result<Value> {
    result.map(|value| serde_json::to_value(value).expect("what was decoded can be encoded"))
}

async fn content(stream: ByteStream) -> Value {
    let bytes: BytesMut = stream.into_inner().try_collect().await.expect("the answer is whole");
    json!({ "bytes": bytes.len(), "base64": BASE64_STANDARD.encode(&bytes) })
}

/// What a recorded request asks for.
struct Recorded {
    segments: Vec<String>,
    query: Vec<(String, String)>,
    body: Option<Value>,
    bytes: Bytes,
}

impl Recorded {
    fn read(request: &Request) -> Self {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        Self {
            segments: path.split('/').map(str::to_owned).collect(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            body: request.body.clone(),
            bytes: request.base64.as_ref().map(|bytes| bytes.0.clone()).unwrap_or_default(),
        }
    }

    /// The id that stands in the path behind this segment.
    fn id<T: FromStr<Err: Debug>>(&self, collection: &str) -> T {
        let mut segments = self.segments.iter().skip_while(|segment| *segment != collection);
        let id = segments.nth(1).unwrap_or_else(|| panic!("the path has no id of {collection}"));
        id.parse().unwrap_or_else(|error| panic!("{id}: {error:?}"))
    }

    fn product(&self) -> ProductId {
        self.id("products")
    }

    fn submission(&self) -> SubmissionId {
        self.id("submissions")
    }

    fn label(&self) -> ShippingLabelId {
        self.id("shippingLabels")
    }

    fn package(&self) -> PreprodPackageId {
        self.id("packages")
    }

    fn asset(&self) -> PreprodAssetId {
        self.id("assets")
    }

    fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn token(&self) -> Option<&str> {
        self.query("continuationToken")
    }

    fn page_size(&self) -> Option<NonZeroU32> {
        self.query("pageSize").map(|size| size.parse().expect("a page size is a number above 0"))
    }

    fn targeting(&self) -> Option<bool> {
        let wanted = self.query("includeTargetingInfo");
        wanted.map(|wanted| wanted.parse().expect("includeTargetingInfo is true or false"))
    }

    /// The body as the object that a program would send.
    fn body<T: DeserializeOwned>(&self) -> T {
        let body = self.body.clone().expect("the recorded request has a JSON body");
        serde_json::from_value(body).expect("the recorded request fits the spec")
    }

    fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }
}
