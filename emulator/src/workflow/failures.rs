//! Where workflows fail because the emulator was told so.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Failure, Step};

/// The failures on order. A workflow takes the one it comes to first when it is laid out.
#[derive(Debug, Default)]
pub(crate) struct Failures(Mutex<Vec<Failure>>);

impl Failures {
    pub(crate) fn new(failures: Vec<Failure>) -> Self {
        Self(Mutex::new(failures))
    }

    pub(crate) fn add(&self, failures: Vec<Failure>) {
        self.lock().extend(failures);
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    pub(crate) fn ordered(&self) -> Vec<Failure> {
        self.lock().clone()
    }

    /// Why a workflow with these steps is to fail, if it is.
    pub(crate) fn among(&self, steps: &[Step]) -> Option<Failure> {
        let failures = self.lock();
        let mut found = steps.iter().filter_map(|step| failures.iter().find(|f| f.step == *step));
        found.next().cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Failure>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
