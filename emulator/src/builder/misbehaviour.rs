//! Setting up what an emulator does wrong.

use std::{io, path::Path};

use super::EmulatorBuilder;
use crate::{
    Fault,
    fault::{self, Orders},
    quota::Limit,
};

impl EmulatorBuilder {
    /// Orders a fault, whose calls are counted from the start.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.settings.faults.push(fault);
        self
    }

    /// Orders what a JSON file says: a fault or a list of them, or an object with the keys
    /// `faults` (a list), `quota` (`{"requestsPerMinute": 60, "retryAfter": false}`, which replaces
    /// that of [`quota`](Self::quota)) and `failures` (a list of `{"step": "scanning",
    /// "messages": ["Malware."], "report": "…"}`, as for [`fail_step`](Self::fail_step)).
    ///
    /// ```json
    /// [
    ///   { "on": "createProduct", "nth": 2, "times": 3,
    ///     "kind": { "status": { "status": 429, "retryAfter": { "seconds": 2 } } } },
    ///   { "on": "commitSubmission", "kind": { "status": { "status": 502, "afterActing": true } } },
    ///   { "on": "getBlob", "times": "forever", "kind": { "slowBody": { "pieceBytes": 4096 } } },
    ///   { "on": "any", "nth": 20, "kind": "closeBeforeReading" }
    /// ]
    /// ```
    ///
    /// `on` and `kind` are needed. `kind` is the name of a [`FaultKind`](crate::FaultKind) with a
    /// small first letter, with its fields below it where it has any.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or holds what is no fault: an unknown name, a field that is not
    /// known.
    pub fn faults_from(mut self, file: impl AsRef<Path>) -> io::Result<Self> {
        let Orders { faults, quota, failures } = fault::read(file.as_ref())?;
        self.settings.faults.extend(faults);
        self.settings.failures.extend(failures);
        Ok(match quota {
            None => self,
            Some(Limit { requests_per_minute, retry_after: true }) => {
                self.quota(requests_per_minute)
            }
            Some(Limit { requests_per_minute, retry_after: false }) => {
                self.quota(requests_per_minute).quota_without_retry_after()
            }
        })
    }

    /// Lets each account make so many requests of the API in a minute of the emulator's clock,
    /// and refuses more with 429 and `Retry-After` in seconds of real time.
    ///
    /// The minute begins with a request; what is refused for its token or for the quota itself
    /// does not count.
    pub fn quota(mut self, requests_per_minute: u32) -> Self {
        self.settings.quota = Some(requests_per_minute);
        self
    }

    /// Leaves `Retry-After` out of what is refused for the quota.
    pub fn quota_without_retry_after(mut self) -> Self {
        self.settings.quota_says_when = false;
        self
    }

    /// Lets every list stop after so many items as if nothing came after them, whatever the size of
    /// its pages: the service was seen to do so after 1,650.
    pub fn lists_end_after(mut self, items: usize) -> Self {
        self.settings.list_end = Some(items);
        self
    }

    /// Lets answers drift within what the service was seen to do: ids as strings, enum values in
    /// other case, dates in three forms, a numeric `currentStep`, null or nothing for an empty
    /// collection, unknown fields, links to odd hosts, no `downloads` in the answer to
    /// createSubmission, no `id` where the self link has it, errors in another shape.
    ///
    /// The state behind is the same. What drifts depends on the seed and on the number of the
    /// answer alone, so that a run in the same order drifts in the same way.
    pub fn drift(mut self, seed: u64) -> Self {
        self.settings.drift = Some(seed);
        self
    }
}

/// Whether all faults can happen.
pub(super) fn check(faults: &[Fault]) -> io::Result<()> {
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
    faults.iter().try_for_each(|fault| fault.check().map_err(invalid))
}
