//! Every future and every stream of the handlers can be moved to another thread: a future that cannot
//! does not compile here.

use std::path::Path;

use futures_util::Stream;
use hardware_dashboard::{
    Client, Result,
    blob::{DownloadOptions, UploadOptions},
    model::{
        DownloadType, NewProduct, NewShippingLabel, NewSubmission, ReceiverPublisherId,
        ShippingLabelUpdate, UpdateProduct, UpdateShippingLabel,
    },
    raw,
    workflow::{Run, Sign},
};

use crate::support::Given;

fn sends<T>(_: impl Future<Output = Result<T>> + Send) {}

fn streams(_: impl Stream + Send + Unpin + 'static) {}

fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}

/// Nothing is polled, so nothing is sent.
#[test]
fn every_future_and_stream_is_send() {
    let client = Client::builder().credential(Given("a token")).build().expect("a client");
    is_shared(&client);
    products(&client);
    submissions(&client);
    labels(&client);
    preprod(&client);
    streams(client.audiences().list());
    sends(client.partner_submission(1.into(), 2.into(), 3.into()));
    sends(client.raw("listProducts", |raw: raw::Client| async move {
        raw.list_products(None, None).await
    }));
    let sign = Sign::new(NewProduct::attestation("Echo", vec![]), "echo.cab", "signed.zip");
    if let Ok(mut run) = Run::sign(client, sign) {
        sends(run.poll());
        sends(run.until_done());
    }
}

fn products(client: &Client) {
    let (products, product) = (client.products(), client.product(1.into()));
    is_shared(&products);
    is_shared(&product);
    streams(products.list());
    sends(products.create(&NewProduct::attestation("Echo", vec![])));
    sends(product.get());
    sends(product.update(&UpdateProduct::default()));
}

fn submissions(client: &Client) {
    let product = client.product(1.into());
    let (submissions, submission) = (product.submissions(), product.submission(2.into()));
    is_shared(&submissions);
    is_shared(&submission);
    streams(submissions.list());
    sends(submissions.create(&NewSubmission::initial("Echo")));
    sends(submission.get());
    sends(submission.rename("Echo 2"));
    sends(submission.create_publisher_metadata());
    sends(submission.upload(Path::new("echo.cab"), &UploadOptions::default()));
    sends(submission.commit());
    let (target, options) = (Path::new("echo.zip"), DownloadOptions::default());
    sends(submission.download_signed(target, &options));
    sends(submission.download(&DownloadType::InitialPackage, target, &options));
    sends(submission.download_to(&DownloadType::SignedPackage, &mut Vec::new(), &options));
    sends(submission.driver_metadata());
    sends(submission.error_report());
}

fn labels(client: &Client) {
    let submission = client.product(1.into()).submission(2.into());
    let (labels, label) = (submission.shipping_labels(), submission.shipping_label(3.into()));
    is_shared(&labels);
    is_shared(&label);
    streams(labels.list());
    let partner = ReceiverPublisherId::new(27258209);
    sends(labels.create(&NewShippingLabel::another_partner("For Fabrikam", partner, None)));
    sends(label.get());
    sends(label.update(ShippingLabelUpdate::new()));
    let changes: UpdateShippingLabel =
        serde_json::from_str(r#"{"targeting":{}}"#).expect("it fits");
    sends(label.update_exactly(&changes));
    sends(label.cancel());
}

fn preprod(client: &Client) {
    let preprod = client.preprod();
    let package = preprod.package("package".parse().expect("an id"));
    let asset = "asset".parse().expect("an id");
    is_shared(&preprod);
    is_shared(&package);
    sends(preprod.submit(Path::new("echo.cab")));
    sends(package.get());
    sends(package.assets());
    sends(package.asset(&asset));
    sends(package.content(&asset));
    let (target, options) = (Path::new("asset"), DownloadOptions::default());
    sends(package.download(&asset, target, &options));
    sends(package.download_to(&asset, &mut Vec::new(), &options));
}
