//! Runs that no batch takes together: one could take the other's results for its own.

use std::path::Path;

use hardware_dashboard::{
    Client,
    model::{NewProduct, NewShippingLabel, ProductId, RecipientSpecifications, SubmissionId},
    workflow::{Batch, Journal, Preprod, Run, Shipment, Sign, Update},
};
use tempfile::TempDir;

use super::quick;
use crate::support::{self, OS_CODE, write_echo_cabinet};

const PRODUCT: ProductId = ProductId::new(7);

struct Orders {
    client: Client,
    folder: TempDir,
}

impl Orders {
    async fn new() -> Self {
        let emulator = quick().start().await.expect("the emulator starts");
        let client = support::client(&emulator).build().expect("a client");
        let folder = tempfile::tempdir().expect("a folder can be made");
        write_echo_cabinet(folder.path());
        Self { client, folder }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn sign(&self, name: &str, target: impl AsRef<Path>) -> Run {
        let product = NewProduct::attestation(name, vec![OS_CODE.into()]);
        let order = Sign::new(product, self.path("echo.cab"), self.path("").join(target));
        Run::sign(self.client.clone(), order).expect("the order is good")
    }

    fn update(&self, product: ProductId, name: &str, target: &str) -> Run {
        let order = Update::new(product, name, self.path("echo.cab"), self.path(target));
        Run::update(self.client.clone(), order).expect("the order is good")
    }

    fn share(&self, submission: u64, name: &str) -> Run {
        let receiver = RecipientSpecifications::new(27258209.into());
        let shipment = Shipment::new(NewShippingLabel::another_partner(name, receiver, None));
        let submission = SubmissionId::new(submission);
        Run::share(self.client.clone(), PRODUCT, submission, shipment).expect("the order is good")
    }
}

/// The two may not be in one batch, for this reason.
fn refused(one: Run, other: Run, reason: &str) {
    let mut batch = Batch::new();
    batch.add(one).expect("it is the first");
    let error = batch.add(other).expect_err("they do the same");
    assert!(error.is_input() && error.to_string().contains(reason), "{error}");
    assert_eq!(batch.runs().len(), 1);
}

#[tokio::test]
async fn two_runs_that_make_the_same_are_refused() {
    let orders = Orders::new().await;
    refused(orders.sign("Echo", "1.zip"), orders.sign("Echo", "2.zip"), "a product \"Echo\"");
    let (one, other) =
        (orders.update(PRODUCT, "DUA", "1.zip"), orders.update(PRODUCT, "DUA", "2.zip"));
    refused(one, other, "a submission \"DUA\" of the product 7");
    let label = "a shipping label \"Retail\" of the submission 8";
    refused(orders.share(8, "Retail"), orders.share(8, "Retail"), label);
}

#[tokio::test]
async fn two_runs_that_write_one_file_are_refused() {
    let orders = Orders::new().await;
    refused(orders.sign("Echo 1", "1.zip"), orders.sign("Echo 2", "1.zip"), "1.zip");
    let same = orders.path("").join("../").join(orders.path("").file_name().expect("a name"));
    refused(orders.sign("Echo 1", "1.zip"), orders.sign("Echo 2", same.join("1.zip")), "1.zip");
    let preprod = Preprod::new(orders.path("echo.cab"), orders.path("1.zip"));
    let preprod = Run::preprod(orders.client.clone(), preprod).expect("the order is good");
    refused(orders.sign("Echo 1", "1.zip"), preprod, "1.zip");
    let journal = Journal::create(orders.path("echo.journal")).expect("a journal");
    let kept = orders.sign("Echo 1", "1.zip").journal(journal).expect("it can be written");
    let over = Sign::new(
        NewProduct::attestation("Echo 2", vec![OS_CODE.into()]),
        orders.path("echo.cab"),
        orders.path("echo.journal"),
    );
    let over = Run::sign(orders.client.clone(), over.overwrite(true)).expect("the order is good");
    refused(kept, over, "echo.journal");
}

#[tokio::test]
async fn runs_of_the_same_kind_are_no_rivals() {
    let orders = Orders::new().await;
    let mut batch = Batch::new();
    let other_product = ProductId::new(8);
    for run in [
        orders.sign("Echo 1", "1.zip"),
        orders.sign("Echo 2", "2.zip"),
        orders.update(PRODUCT, "DUA 1", "3.zip"),
        orders.update(PRODUCT, "DUA 2", "4.zip"),
        orders.update(other_product, "DUA 1", "5.zip"),
        orders.share(8, "Retail"),
        orders.share(8, "Partner"),
        orders.share(9, "Retail"),
    ] {
        batch.add(run).expect("it shares nothing with the others");
    }
    assert_eq!(batch.runs().len(), 8);
}
