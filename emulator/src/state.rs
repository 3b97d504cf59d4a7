//! What an emulator remembers: accounts with their products, submissions and labels.

mod label;
mod preprod;
mod sharing;
mod submission;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use tokio::sync::SetOnce;

pub(crate) use self::{
    label::{Change, Destination, HardwareId, Label, Targeted, Targets},
    preprod::{PreprodAsset, PreprodOutcome, PreprodPackage, PreprodStatus},
    sharing::Share,
    submission::{BlobName, Commit, Outcome, Results, Submission, SubmissionKind, file_extension},
};
use crate::{account::Account, error::ApiError, token::Tokens};

/// Everything an emulator remembers but for the content of blobs.
pub(crate) struct State {
    pub(crate) tokens: Tokens,
    pub(crate) accounts: Vec<AccountState>,
    pub(crate) ids: Ids,
    /// Packages in processing, whose outcome may have to be waited for.
    pub(crate) processing: Vec<Processing>,
    /// Labels that will share a submission with a partner when their workflow is done.
    pub(crate) shares: Vec<Share>,
}

impl State {
    pub(crate) fn new(accounts: &[Account]) -> Self {
        Self {
            tokens: Tokens::default(),
            accounts: accounts.iter().map(|_| AccountState::default()).collect(),
            ids: Ids::default(),
            processing: Vec::new(),
            shares: Vec::new(),
        }
    }

    /// The packages in processing whose outcome begins to show at `now`.
    pub(crate) fn due(&self, now: DateTime<Utc>) -> Vec<Processing> {
        self.processing.iter().filter(|processing| processing.due <= now).cloned().collect()
    }

    /// Ends a processing: whoever waits for it may go on.
    pub(crate) fn processed(&mut self, processing: &Processing) {
        self.processing.retain(|other| !Arc::ptr_eq(&other.done, &processing.done));
        // Only the one task that processes the package sets this, once.
        let _ = processing.done.set(());
    }
}

/// A package in processing.
#[derive(Clone, Debug)]
pub(crate) struct Processing {
    /// From when on answers depend on the outcome.
    pub(crate) due: DateTime<Utc>,
    pub(crate) done: Arc<SetOnce<()>>,
}

/// What belongs to one account.
#[derive(Debug, Default)]
pub(crate) struct AccountState {
    /// By id, which is also the order of creation.
    pub(crate) products: BTreeMap<u64, Product>,
    pub(crate) preprod: HashMap<String, PreprodPackage>,
}

impl AccountState {
    pub(crate) fn product(&mut self, id: u64) -> Result<&mut Product, ApiError> {
        self.products.get_mut(&id).ok_or_else(|| ApiError::not_found("product", &id.to_string()))
    }

    pub(crate) fn submission(
        &mut self,
        product: u64,
        submission: u64,
    ) -> Result<(&Product, &Submission), ApiError> {
        let product = &*self.product(product)?;
        let submission = product.submission(submission)?;
        Ok((product, submission))
    }
}

/// The place of a submission.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) account: usize,
    pub(crate) product: u64,
    pub(crate) submission: u64,
}

/// A product.
#[derive(Debug)]
pub(crate) struct Product {
    pub(crate) id: u64,
    /// What the request that created or changed it said.
    pub(crate) attributes: Map<String, Value>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    /// By id, which is also the order of creation. In boxes, because a map has room for eleven
    /// from its first entry on, and most products have one submission.
    pub(crate) submissions: BTreeMap<u64, Box<Submission>>,
    /// Where it came from, if a partner shared it.
    pub(crate) source: Option<Source>,
    /// What it is called by all who share it, once somebody does.
    pub(crate) shared_id: Option<u64>,
}

/// The partner's names for something that was shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) publisher_id: u64,
    pub(crate) id: u64,
}

impl Product {
    pub(crate) fn text(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn is_true(&self, attribute: &str) -> bool {
        self.attributes.get(attribute) == Some(&Value::Bool(true))
    }

    pub(crate) fn is_attestation(&self) -> bool {
        self.text("testHarness") == "attestation"
    }

    /// The OS codes it asks signatures for.
    pub(crate) fn requested_signatures(&self) -> Vec<String> {
        let codes = self.attributes.get("requestedSignatures").and_then(Value::as_array);
        codes.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    pub(crate) fn initial(&self) -> Option<&Submission> {
        self.submissions
            .values()
            .map(Box::as_ref)
            .find(|submission| submission.kind == SubmissionKind::Initial)
    }

    pub(crate) fn is_committed(&self) -> bool {
        self.initial().is_some_and(|initial| initial.commit.is_some())
    }

    pub(crate) fn is_extension(&self, now: DateTime<Utc>) -> bool {
        let results = self.initial().and_then(|initial| initial.results(now));
        results.is_some_and(|results| results.is_extension)
    }

    pub(crate) fn submission(&self, id: u64) -> Result<&Submission, ApiError> {
        let submission = self.submissions.get(&id).map(Box::as_ref);
        submission.ok_or_else(|| ApiError::not_found("submission", &id.to_string()))
    }

    pub(crate) fn submission_mut(&mut self, id: u64) -> Result<&mut Submission, ApiError> {
        let submission = self.submissions.get_mut(&id).map(Box::as_mut);
        submission.ok_or_else(|| ApiError::not_found("submission", &id.to_string()))
    }
}

/// Gives out ids as large as the service's: a number that lost bits on the way finds nothing.
#[derive(Debug)]
pub(crate) struct Ids {
    product: u64,
    submission: u64,
    label: u64,
}

impl Default for Ids {
    fn default() -> Self {
        Self {
            product: 14_631_253_285_588_838,
            submission: 1_152_921_505_694_213_517,
            label: 1_152_921_504_628_106_561,
        }
    }
}

impl Ids {
    pub(crate) fn product(&mut self) -> u64 {
        next(&mut self.product)
    }

    pub(crate) fn submission(&mut self) -> u64 {
        next(&mut self.submission)
    }

    pub(crate) fn label(&mut self) -> u64 {
        next(&mut self.label)
    }
}

/// All ids are odd: above 2^53 a 64-bit float holds even numbers only.
fn next(id: &mut u64) -> u64 {
    *id += 1_018;
    *id | 1
}
