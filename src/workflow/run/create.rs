//! What a run makes: products, submissions and shipping labels.

use futures_util::TryStreamExt;

use super::{Run, mutation::Creation};
use crate::{
    client::Client,
    error::{Error, Kind, Result, Stage},
    model::{
        NewProduct, NewShippingLabel, NewSubmission, ProductId, ShippingLabel, ShippingLabelId,
        SubmissionId, SubmissionType,
    },
    report::Event,
    workflow::{
        known::{Known, Mutation},
        view::{SubmissionView, View},
    },
};

pub(super) struct Product(NewProduct);
pub(super) struct Submission(NewSubmission);
pub(super) struct Label(NewShippingLabel);

impl Creation for Product {
    type Id = ProductId;
    const OPERATION: &'static str = "createProduct";

    fn slot(known: &mut Known) -> &mut Mutation<ProductId> {
        &mut known.product
    }

    async fn prepare(run: &Run) -> Result<Self> {
        run.record.order.product.clone().map(Self).ok_or_else(|| missing("product"))
    }

    async fn list(run: &Run) -> Result<Vec<Option<ProductId>>> {
        products_of_this_name(run).await.map_err(|broken| broken.error)
    }

    async fn list_before(run: &Run) -> Result<Option<Vec<ProductId>>> {
        match products_of_this_name(run).await {
            Ok(there) => Ok(Some(there.into_iter().flatten().collect())),
            // The lists of large accounts were seen to end so. To make a product must not hang on it.
            Err(Broken { error, in_the_middle: true }) => {
                tracing::warn!(%error, "what is there already could not be listed");
                Ok(None)
            }
            Err(broken) => Err(broken.error),
        }
    }

    /// A product with submissions is somebody else's: this run has made none yet.
    async fn possible(run: &Run, listed: Vec<ProductId>) -> Result<Vec<ProductId>> {
        let mut empty = Vec::new();
        for id in listed {
            if !has_submissions(run, id).await? {
                empty.push(id);
            }
        }
        Ok(empty)
    }

    async fn send(self, _: &mut Run, client: Client) -> Result<ProductId> {
        let made = client.products().create(&self.0).await?;
        made.id.ok_or_else(|| missing("product"))
    }

    fn created(id: ProductId) -> Event<'static> {
        Event::ProductCreated(id)
    }

    fn adopted(known: &mut Known) {
        known.product_adopted = true;
    }
}

impl Creation for Submission {
    type Id = SubmissionId;
    const OPERATION: &'static str = "createSubmission";

    fn slot(known: &mut Known) -> &mut Mutation<SubmissionId> {
        &mut known.submission
    }

    async fn prepare(run: &Run) -> Result<Self> {
        run.record.order.submission.clone().map(Self).ok_or_else(|| missing("submission"))
    }

    async fn list(run: &Run) -> Result<Vec<Option<SubmissionId>>> {
        let wanted = Self::prepare(run).await?.0;
        let mut submissions = run.client.product(run.product()?).submissions().list();
        let mut ids = Vec::new();
        while let Some(submission) = submissions.try_next().await? {
            let has_type = submission.type_.as_ref().is_none_or(|found| *found == wanted.type_);
            if has_type && submission.name.as_ref().is_none_or(|name| *name == wanted.name) {
                ids.push(submission.id_or_link());
            }
        }
        Ok(ids)
    }

    /// A product takes one initial submission only, and what this run has made has none yet.
    async fn list_before(run: &Run) -> Result<Option<Vec<SubmissionId>>> {
        if Self::prepare(run).await?.0.type_ != SubmissionType::Initial {
            return Ok(Some(Self::list(run).await?.into_iter().flatten().collect()));
        }
        let product = run.product()?;
        if run.record.known.product_adopted && has_submissions(run, product).await? {
            return Err(not_ours(product));
        }
        Ok(Some(Vec::new()))
    }

    async fn possible(_: &Run, listed: Vec<SubmissionId>) -> Result<Vec<SubmissionId>> {
        Ok(listed)
    }

    async fn send(self, run: &mut Run, client: Client) -> Result<SubmissionId> {
        let product = run.product()?;
        let made = client.product(product).submissions().create(&self.0).await?;
        let id = made.id.ok_or_else(|| missing("submission"))?;
        // The answer may already say where to upload; if not, the next look does.
        if made.upload_url().is_some() {
            let submission = Some(SubmissionView::of(&made));
            run.view = View { submission, ..View::default() };
            run.seen.submission = Some(made);
        }
        Ok(id)
    }

    fn created(id: SubmissionId) -> Event<'static> {
        Event::SubmissionCreated(id)
    }
}

impl Creation for Label {
    type Id = ShippingLabelId;
    const OPERATION: &'static str = "createShippingLabel";

    fn slot(known: &mut Known) -> &mut Mutation<ShippingLabelId> {
        &mut known.label
    }

    async fn prepare(run: &Run) -> Result<Self> {
        run.new_label().await.map(Self)
    }

    async fn list(run: &Run) -> Result<Vec<Option<ShippingLabelId>>> {
        let shipment = run.shipment()?;
        let mut labels = run.submission()?.shipping_labels().list();
        let mut ids = Vec::new();
        while let Some(label) = labels.try_next().await? {
            if may_be(&label, &shipment.label) {
                ids.push(label.id_or_link());
            }
        }
        Ok(ids)
    }

    async fn possible(_: &Run, listed: Vec<ShippingLabelId>) -> Result<Vec<ShippingLabelId>> {
        Ok(listed)
    }

    async fn send(self, run: &mut Run, client: Client) -> Result<ShippingLabelId> {
        let made = run.submission_by(&client)?.shipping_labels().create(&self.0).await?;
        run.begin_label();
        made.id.ok_or_else(|| missing("shipping label"))
    }

    fn created(id: ShippingLabelId) -> Event<'static> {
        Event::LabelCreated(id)
    }
}

/// A list that could not be read to its end.
struct Broken {
    error: Error,
    /// The service gave up after it had told some of it.
    in_the_middle: bool,
}

async fn products_of_this_name(run: &Run) -> Result<Vec<Option<ProductId>>, Broken> {
    let name = run.record.order.name_of(Product::OPERATION);
    let mut products = run.client.products().list();
    let (mut ids, mut read) = (Vec::new(), 0_u64);
    loop {
        match products.try_next().await {
            Ok(Some(product)) => {
                read += 1;
                let id = product.id_or_link();
                if product.product_name.is_none_or(|found| found == name) {
                    ids.push(id);
                }
            }
            Ok(None) => return Ok(ids),
            Err(error) => {
                let gave_up = error.status().is_some_and(|status| status.is_server_error());
                return Err(Broken { error, in_the_middle: gave_up && read > 0 });
            }
        }
    }
}

async fn has_submissions(run: &Run, product: ProductId) -> Result<bool> {
    let mut submissions = run.client.product(product).submissions().list();
    Ok(submissions.try_next().await?.is_some())
}

/// Another job has gone on with the product that was taken for this run's.
fn not_ours(product: ProductId) -> Error {
    let message = format!(
        "the product {product} was found after the answer of createProduct was lost, and has a \
         submission already, which may be another's"
    );
    Error::new(Stage::Workflow, Kind::Ambiguous, message).with_hint(
        "Look on the dashboard whose it is: attach to its submission if it is yours, or begin a new \
         run under another product name.",
    )
}

/// Whether a label that is listed may have come of this request.
fn may_be(listed: &ShippingLabel, sent: &NewShippingLabel) -> bool {
    let goes_there = listed.destination.as_ref().is_none_or(|found| *found == sent.destination);
    goes_there && listed.name.as_ref().is_none_or(|found| *found == sent.name)
}

/// The journal of a run that was begun here always names what its steps need.
pub(super) fn missing(what: &str) -> Error {
    Error::input(format!("the journal names no {what} for the next step"))
        .with_hint("It was changed by hand; attach to the submission instead.")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::RecipientSpecifications;

    #[test]
    fn a_label_that_leaves_a_field_out_may_be_ours() {
        let sent =
            NewShippingLabel::another_partner("Echo", RecipientSpecifications::new(7.into()), None);
        for (listed, expected) in [
            (json!({ "name": "Echo", "destination": "anotherPartner" }), true),
            (json!({ "name": null, "destination": "anotherPartner" }), true),
            (json!({ "name": "Echo" }), true),
            (json!({}), true),
            (json!({ "name": "Echo", "destination": "windowsUpdate" }), false),
            (json!({ "name": "Other", "destination": null }), false),
        ] {
            let label: ShippingLabel = serde_json::from_value(listed.clone()).unwrap();
            assert_eq!(may_be(&label, &sent), expected, "{listed}");
        }
    }
}
