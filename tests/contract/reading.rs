//! What can be asked of any account without changing it.

use std::{collections::BTreeSet, num::NonZeroU32};

use futures_util::{StreamExt as _, TryStreamExt as _};
use hardware_dashboard::{
    Client, Continuation, Error, List,
    model::{PreprodPackageId, Product, ProductId, PublisherId, ShippingLabelId, SubmissionId},
};

use super::subject::Subject;

/// Ids that nobody has.
const NO_PRODUCT: ProductId = ProductId::new(1);
const NO_SUBMISSION: SubmissionId = SubmissionId::new(1);
const NO_LABEL: ShippingLabelId = ShippingLabelId::new(1);

pub(super) async fn all(subject: &Subject) {
    let products = products(subject).await;
    pages(subject, products.len()).await;
    for product in products.iter().take(8) {
        one_product(&subject.client, product).await;
    }
    let audiences: Vec<_> =
        subject.client.audiences().list().try_collect().await.expect("audiences can be listed");
    assert!(audiences.iter().all(|audience| audience.id.is_some()), "{audiences:?}");
    nothing(&subject.client).await;
}

async fn products(subject: &Subject) -> Vec<Product> {
    let list = subject.client.products().list().take(subject.items);
    let products: Vec<_> = list.try_collect().await.expect("products can be listed");
    let ids: BTreeSet<_> = products.iter().filter_map(|product| product.id).collect();
    assert_eq!(ids.len(), products.len(), "each product has an id of its own");
    products
}

/// However large the pages are and wherever a list is left, the same items come in the same order.
async fn pages(subject: &Subject, items: usize) {
    let list = || list_by(&subject.client, 3);
    let whole = ids(list().take(items)).await;
    assert_eq!(whole.len(), items);
    for left in [0, 1, 3, 4].into_iter().filter(|left| *left < items) {
        let mut first = list();
        let mut found = ids((&mut first).take(left)).await;
        let place = first.continuation().expect("the list is not at its end");
        let text = serde_json::to_string(&place).expect("a continuation can be kept");
        let place: Continuation = serde_json::from_str(&text).expect("and read again");
        found.extend(ids(list().resume(place).take(items - left)).await);
        assert_eq!(found, whole, "left after {left}");
    }
}

fn list_by(client: &Client, page: u32) -> List<Product> {
    let page = NonZeroU32::new(page).expect("a page holds something");
    client.products().list().page_size(page)
}

async fn ids(
    list: impl futures_util::Stream<Item = Result<Product, Error>> + Unpin,
) -> Vec<Option<ProductId>> {
    list.map_ok(|product| product.id).try_collect().await.expect("products can be listed")
}

async fn one_product(client: &Client, listed: &Product) {
    let id = listed.id.expect("a product has an id");
    let product = client.product(id).get().await.expect("what is listed can be read");
    assert_eq!((product.id, &product.product_name), (Some(id), &listed.product_name));
    let submissions = client.product(id).submissions().list();
    let submissions: Vec<_> = submissions.try_collect().await.expect("submissions can be listed");
    for listed in submissions.iter().take(2) {
        let submission = listed.id.expect("a submission has an id");
        let handler = client.product(id).submission(submission);
        let read = handler.get().await.expect("what is listed can be read");
        assert_eq!((read.id, read.name.as_ref()), (Some(submission), listed.name.as_ref()));
        let labels: Vec<_> =
            handler.shipping_labels().list().try_collect().await.expect("labels can be listed");
        for listed in labels.iter().take(2) {
            let id = listed.id.expect("a label has an id");
            let label = handler.shipping_label(id).get().await.expect("it can be read");
            assert_eq!((label.id, &label.name), (Some(id), &listed.name));
        }
    }
}

/// What is not there is not found, and nothing was done.
async fn nothing(client: &Client) {
    let product = client.product(NO_PRODUCT);
    let submission = product.submission(NO_SUBMISSION);
    let package: PreprodPackageId = "nobody-has-this".parse().expect("an id");
    let package = client.preprod().package(package);
    let asset = "nor-this".parse().expect("an id");
    let publisher = PublisherId::from(1);
    let errors = [
        product.get().await.expect_err("no such product"),
        product.submissions().list().next().await.expect("an item").expect_err("no such product"),
        submission.get().await.expect_err("no such submission"),
        submission.shipping_label(NO_LABEL).get().await.expect_err("no such label"),
        client
            .partner_submission(publisher, NO_PRODUCT, NO_SUBMISSION)
            .await
            .expect_err("nothing was shared"),
        package.get().await.expect_err("no such package"),
        package.assets().await.expect_err("no such package"),
        package.asset(&asset).await.expect_err("no such package"),
        package.content(&asset).await.err().expect("no such package"),
    ];
    for error in errors {
        assert!(error.is_not_found(), "{error:?}");
        assert!(!error.may_have_been_applied(), "{error:?}");
        assert!(error.correlation_id().is_some() && error.request_id().is_some(), "{error:?}");
    }
}
