//! What a run makes: products, submissions and shipping labels.

use futures_util::TryStreamExt;
use uuid::Uuid;

use super::{
    Run,
    listed::{self, Broken, Listed},
    mutation::Creation,
};
use crate::{
    client::Client,
    error::{Error, Kind, Result, Stage},
    model::{
        NewProduct, NewShippingLabel, NewSubmission, ProductId, ShippingLabel, ShippingLabelId,
        SubmissionId, SubmissionType,
    },
    report::Event,
    workflow::{
        journal::Record,
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

    async fn list(run: &Run) -> Result<Listed<ProductId>> {
        products_of_this_name(run).await.map_err(|broken| broken.error)
    }

    async fn list_before(run: &Run) -> Result<Option<Vec<ProductId>>> {
        match products_of_this_name(run).await {
            Ok(there) => Ok(there.if_whole()),
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

    /// Another run may take it for its own at the same moment. By its name each then knows the
    /// submission that it makes there.
    fn adopted(record: &mut Record) {
        record.known.product_adopted = true;
        if let Some(submission) = &mut record.order.submission {
            let (mark, ..) = Uuid::new_v4().as_fields();
            submission.name = format!("{} ({mark:08x})", submission.name);
        }
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

    /// Fails when the product has an initial submission that is not of this run: it takes one only.
    async fn list(run: &Run) -> Result<Listed<SubmissionId>> {
        let (wanted, product) = (Self::prepare(run).await?.0, run.product()?);
        // In a product that was found, what has no name may as well be another's.
        let if_untold = !run.record.known.product_adopted;
        let mut is_taken = false;
        let list = run.client.product(product).submissions().list();
        let listed = listed::read(list, |submission| {
            if submission.type_.as_ref().is_some_and(|found| *found != wanted.type_) {
                return None;
            }
            let name = submission.name.as_ref();
            let is_ours = name.map_or(if_untold, |name| *name == wanted.name);
            is_taken |= !is_ours;
            is_ours.then(|| submission.id_or_link())
        });
        let listed = listed.await.map_err(|broken| broken.error)?;
        if is_taken && wanted.type_ == SubmissionType::Initial {
            return Err(not_ours(product));
        }
        Ok(listed)
    }

    /// A product takes one initial submission only, and what this run has made has none yet; one that
    /// it has found may have another's.
    async fn list_before(run: &Run) -> Result<Option<Vec<SubmissionId>>> {
        if Self::prepare(run).await?.0.type_ != SubmissionType::Initial {
            return Ok(Self::list(run).await?.if_whole());
        }
        if run.record.known.product_adopted {
            Self::list(run).await?;
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

    async fn list(run: &Run) -> Result<Listed<ShippingLabelId>> {
        let shipment = run.shipment()?;
        let list = run.submission()?.shipping_labels().list();
        let pick =
            |label: ShippingLabel| may_be(&label, &shipment.label).then(|| label.id_or_link());
        listed::read(list, pick).await.map_err(|broken| broken.error)
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

async fn products_of_this_name(run: &Run) -> Result<Listed<ProductId>, Broken> {
    let name = run.record.order.name_of(Product::OPERATION);
    let list = run.client.products().list();
    listed::read(list, |product| {
        let id = product.id_or_link();
        product.product_name.is_none_or(|found| found == name).then_some(id)
    })
    .await
}

async fn has_submissions(run: &Run, product: ProductId) -> Result<bool> {
    let mut submissions = run.client.product(product).submissions().list();
    Ok(submissions.try_next().await?.is_some())
}

/// Another job has gone on with the product: it was found by one of the two, after the answer to its own
/// createProduct was lost.
fn not_ours(product: ProductId) -> Error {
    let message =
        format!("the product {product} has an initial submission that is not of this run");
    Error::new(Stage::Workflow, Kind::Ambiguous, message).with_hint(
        "Look on the dashboard whose it is: attach to it if it is yours, or begin a new run under \
         another product name.",
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
