//! A shipping label and its targets.

use serde_json::Value;

use super::BlobName;
use crate::workflow::Plan;

/// A shipping label.
#[derive(Debug)]
pub(crate) struct Label {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) destination: Destination,
    /// As the request said.
    pub(crate) publishing: Value,
    /// As the request said.
    pub(crate) recipient: Value,
    pub(crate) targets: Targets,
    pub(crate) plan: Plan,
    /// The blob behind `errorReport`, if the plan comes to a failure that has a report.
    pub(crate) report: Option<BlobName>,
}

/// Where a label leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    WindowsUpdate,
    /// The account of the partner, by its place.
    Partner(usize),
}

impl Destination {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::WindowsUpdate => "windowsUpdate",
            Self::Partner(_) => "anotherPartner",
        }
    }
}

/// Which machines get the driver.
#[derive(Clone, Debug, Default)]
pub(crate) struct Targets {
    pub(crate) hardware_ids: Vec<Targeted<HardwareId>>,
    /// CHIDs in lower case, without braces.
    pub(crate) chids: Vec<Targeted<String>>,
    pub(crate) audiences: Vec<Value>,
    pub(crate) in_service: Value,
    pub(crate) co_engineered: Value,
}

/// A hardware id of a driver for one system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HardwareId {
    pub(crate) bundle: String,
    pub(crate) inf: String,
    pub(crate) os_code: String,
    pub(crate) pnp: String,
}

/// A target and what the label's workflow does with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Targeted<T> {
    pub(crate) target: T,
    pub(crate) change: Change,
}

/// What the running workflow, or the one that ran last, does with a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// An earlier workflow added it.
    Kept,
    Add,
    Remove,
}

impl Targets {
    /// Takes over what a finished workflow has done, before another one begins.
    pub(crate) fn take_over(&mut self) {
        take_over(&mut self.hardware_ids);
        take_over(&mut self.chids);
    }
}

fn take_over<T>(targets: &mut Vec<Targeted<T>>) {
    targets.retain(|targeted| targeted.change != Change::Remove);
    for targeted in targets {
        targeted.change = Change::Kept;
    }
}

impl<T: PartialEq> Targeted<T> {
    pub(crate) fn add(targets: &mut Vec<Self>, target: T) {
        match targets.iter_mut().find(|known| known.target == target) {
            // It never went.
            Some(known) if known.change == Change::Remove => known.change = Change::Kept,
            Some(_) => {}
            None => targets.push(Self { target, change: Change::Add }),
        }
    }

    /// Marks a target for removal; whether it is there.
    pub(crate) fn remove(targets: &mut [Self], target: &T) -> bool {
        let found = targets.iter_mut().find(|known| known.target == *target);
        if let Some(found) = found {
            found.change = Change::Remove;
            return true;
        }
        false
    }

    /// What a target's `distributionState` is while the workflow is or is not done; `None` if
    /// the target is gone.
    pub(crate) fn distribution(&self, done: bool) -> Option<&'static str> {
        match (self.change, done) {
            (Change::Kept, _) | (Change::Add, true) => Some("added"),
            (Change::Add, false) => Some("pendingAdd"),
            (Change::Remove, false) => Some("pendingRemove"),
            (Change::Remove, true) => None,
        }
    }
}
