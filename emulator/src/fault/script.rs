//! The faults that are on order, and how far each has come.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Fault, Part, Times};

/// All faults of an emulator, in the order in which they were ordered.
#[derive(Debug, Default)]
pub(crate) struct Script(Mutex<Vec<Ordered>>);

/// A fault on order.
#[derive(Clone, Debug)]
pub(crate) struct Ordered {
    pub(crate) fault: Fault,
    /// How many calls there were that it concerns.
    pub(crate) calls: u64,
    /// How many of these it happened to.
    pub(crate) fired: u64,
}

impl Script {
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        let script = Self::default();
        script.add(faults);
        script
    }

    pub(crate) fn add(&self, faults: Vec<Fault>) {
        let ordered = faults.into_iter().map(|fault| Ordered { fault, calls: 0, fired: 0 });
        self.lock().extend(ordered);
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    pub(crate) fn ordered(&self) -> Vec<Ordered> {
        self.lock().clone()
    }

    /// The faults that did not happen as often as they were to.
    pub(crate) fn unfired(&self) -> Vec<Fault> {
        let ordered = self.lock();
        ordered.iter().filter(|ordered| !ordered.is_spent()).map(|o| o.fault.clone()).collect()
    }

    /// Counts a call; the fault that happens to it, if one does.
    pub(crate) fn meet(&self, part: Part, call: &str) -> Option<Fault> {
        let mut happens = None;
        for ordered in self.lock().iter_mut().filter(|o| o.fault.concerns(part, call)) {
            ordered.calls += 1;
            if happens.is_none() && ordered.fault.meets(ordered.calls) {
                ordered.fired += 1;
                happens = Some(ordered.fault.clone());
            }
        }
        happens
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Ordered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ordered {
    fn is_spent(&self) -> bool {
        match self.fault.times {
            Times::Count(times) => self.fired >= times,
            Times::Forever => self.fired > 0,
        }
    }
}
