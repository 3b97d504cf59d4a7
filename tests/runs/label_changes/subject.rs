//! A label at an emulator, what is to be changed of it, and what must come of that.

use std::{collections::BTreeSet, time::Duration};

use hardware_dashboard::{
    Error, ShippingLabelHandler,
    model::{
        AudienceChange, DriverMetadata, NewHardwareIdTarget, ShippingLabelId, ShippingLabelUpdate,
        Targeting, WorkflowState,
    },
    workflow::{LabelChange, Outcome, Run, cancel_label, revise_label},
};
use hardware_dashboard_emulator::Clock;

use crate::{
    runs::{
        has_acted,
        orders::{Order, World},
    },
    support::{self, often},
};

const CHID: &str = "346511cf-ccee-5c6d-8ee9-3c70fc7aae83";
const AUDIENCE: &str = "e82b6c17-45d9-4a3e-9c70-f1a6b3d8250e";

/// Longer than a cancellation takes to show, and than the workflow of an update.
const LATER: Duration = Duration::from_secs(3 * 24 * 3600);

/// What is done to a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Update,
    Cancel,
}

impl Change {
    pub(super) fn operation(self) -> &'static str {
        match self {
            Self::Update => "updateShippingLabel",
            Self::Cancel => "cancelShippingLabel",
        }
    }
}

/// A label that can be changed: published, or waiting for approval.
pub(super) struct Subject {
    pub(super) change: Change,
    pub(super) world: World,
    pub(super) label: ShippingLabelId,
    /// What the driver metadata allows as targets: the label has all of them at first.
    ids: Vec<NewHardwareIdTarget>,
}

impl Subject {
    pub(super) async fn new(change: Change) -> Self {
        let approval = match change {
            Change::Update => Duration::from_secs(60),
            Change::Cancel => 10 * LATER,
        };
        let builder = support::emulator().clock(Clock::stepped()).approval(approval);
        let world = World::with(Order::Publish, builder.step_duration(Duration::from_secs(60)));
        let world = world.await;
        let (product, submission) = world.before.expect("it is signed");
        let order = match change {
            Change::Update => Order::Publish,
            // No further than to the approval.
            Change::Cancel => Order::SignAndPublish,
        };
        let run = Run::publish(world.client(), product, submission, world.shipment(order));
        let outcome = run.expect("the order is good").polling(often()).until_done().await;
        let Ok(Outcome::Shipped { label, .. }) = outcome else { panic!("{outcome:?}") };
        let submission = world.client().product(product).submission(submission);
        let metadata: DriverMetadata = submission.driver_metadata().await.expect("there is some");
        let ids = metadata.hardware_ids().targets();
        assert!(!ids.is_empty(), "one is to go");
        Self { change, world, label, ids }
    }

    pub(super) fn handler(&self) -> ShippingLabelHandler {
        let (product, submission) = self.world.before.expect("it is signed");
        self.world.client().product(product).submission(submission).shipping_label(self.label)
    }

    /// One hardware id goes, a CHID and an audience come.
    pub(super) fn update(&self) -> ShippingLabelUpdate {
        ShippingLabelUpdate::new()
            .remove_hardware_ids(self.ids.first().cloned())
            .add_chids([CHID.parse().expect("a GUID")])
            .audiences(AudienceChange::Replace(vec![AUDIENCE.into()]))
    }

    pub(super) async fn make(&self) -> Result<LabelChange, Error> {
        let (label, polling) = (self.handler(), &self.world.polling);
        match self.change {
            Change::Update => revise_label(&label, &self.update(), polling).await,
            Change::Cancel => cancel_label(&label, polling).await,
        }
    }

    /// Exactly what is wanted is at the service.
    pub(super) async fn check(&self, what: &str) {
        self.world.emulator.clear_faults();
        self.world.emulator.clock().advance(LATER);
        let seen = self.handler().get().await.expect("it can be read");
        let targeting = seen.targeting.expect("its targets are told");
        let state = seen.workflow_status.and_then(|status| status.state);
        match self.change {
            Change::Update => {
                assert_eq!(state, Some(WorkflowState::Completed), "{what}");
                self.check_targets(&targeting, &self.ids[1..], &[CHID], &[AUDIENCE], what);
            }
            Change::Cancel => {
                assert_eq!(state, Some(WorkflowState::Failed), "{what}");
                self.check_targets(&targeting, &self.ids, &[], &[], what);
            }
        }
        assert_eq!(self.world.emulator.spec_violations(), Vec::<String>::new(), "{what}");
    }

    fn check_targets(
        &self,
        shown: &Targeting,
        ids: &[NewHardwareIdTarget],
        chids: &[&str],
        audiences: &[&str],
        what: &str,
    ) {
        let found = shown.hardware_ids.as_deref().unwrap_or_default();
        assert_eq!(found.len(), ids.len(), "{what}: {found:#?}");
        let found: BTreeSet<_> = found.iter().filter_map(|id| id.pnp_string.as_deref()).collect();
        let wanted = ids.iter().map(|id| id.pnp_string.as_str()).collect();
        assert_eq!(found, wanted, "{what}");
        let found = shown.chids.iter().flatten().filter_map(|target| target.chid.as_ref());
        assert_eq!(found.map(|chid| chid.as_str()).collect::<Vec<_>>(), chids, "{what}");
        let found = shown.restricted_to_audiences.iter().flatten();
        assert_eq!(found.map(|id| id.as_str()).collect::<Vec<_>>(), audiences, "{what}");
    }

    /// How many calls have changed the label, if no fault took the refusal of one away.
    pub(super) fn acted(&self) -> usize {
        let exchanges = self.world.emulator.exchanges();
        let calls = exchanges.iter();
        let calls = calls.filter(|call| call.operation() == Some(self.change.operation()));
        calls.filter(|call| has_acted(call)).count()
    }
}
