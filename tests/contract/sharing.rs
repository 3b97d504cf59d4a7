//! Operations 10 and 11: what one account shares another sees under ids of its own.

use hardware_dashboard::model::{NewShippingLabel, WorkflowStep};
use serde_json::json;

use super::{
    products,
    subject::{Partner, Subject, Submitted},
    submissions,
};

pub(super) async fn all(subject: &Subject, signed: Submitted) {
    let partner = subject.partner.as_ref().expect("there is an account to share with");
    let error = translate(partner, signed).await.expect_err("nothing was shared yet");
    assert!(error.is_not_found(), "{error:?}");
    share(subject, partner, signed).await;
    let own = translate(partner, signed).await.expect("it was shared");
    assert_ne!((own.product, own.submission), (signed.product, signed.submission));

    let theirs = signed.handler(&partner.client).get().await;
    assert!(theirs.expect_err("these are the ids of another").is_not_found());
    products::too_early(&partner.client, own.product).await;
    let submission = own.handler(&partner.client);
    let error = submission.rename("Mine").await.expect_err("it belongs to another");
    assert!(error.is_forbidden() && !error.may_have_been_applied(), "{error:?}");

    submission.create_publisher_metadata().await.expect("metadata can be asked for");
    let metadata = submissions::metadata(subject, &partner.client, own).await;
    let _: hardware_dashboard::model::DriverMetadata =
        serde_json::from_slice(&metadata).expect("metadata is JSON");
}

async fn share(subject: &Subject, partner: &Partner, signed: Submitted) {
    let label = json!({
        "name": "Shared by the contract test",
        "destination": "anotherPartner",
        "recipientSpecifications": {
            "receiverPublisherId": partner.publisher.to_string(),
            "enforceChidTargeting": false,
        },
    });
    let label: NewShippingLabel = serde_json::from_value(label).expect("it fits the spec");
    let submission = signed.handler(&subject.client);
    let made = submission.shipping_labels().create(&label).await.expect("it can be shared");
    let label = submission.shipping_label(made.id.expect("a label has an id"));
    let shared = subject.until("the end of sharing", async || {
        let seen = label.get().await.expect("a label can be read");
        let status = seen.workflow_status?;
        let at_end = status.current_step == Some(WorkflowStep::FinalizeSharing);
        let state = status.state?;
        assert_ne!(state.as_str(), "failed", "{:?}", status.messages);
        (at_end && state.as_str() == "completed").then_some(())
    });
    shared.await;
}

/// The partner's own ids.
async fn translate(
    partner: &Partner,
    of: Submitted,
) -> Result<Submitted, hardware_dashboard::Error> {
    let found = partner.client.partner_submission(partner.source, of.product, of.submission);
    let found = found.await?;
    Ok(Submitted {
        product: found.product_id.expect("the answer names the product"),
        submission: found.id.expect("and the submission"),
    })
}
