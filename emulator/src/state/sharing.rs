//! From one account to another.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{AccountState, Destination, Place, Product, Source, State, Submission};
use crate::{
    account::Account,
    workflow::{Progress, StepState},
};

/// A label that shares a submission with a partner.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    pub(crate) from: Place,
    pub(crate) label: u64,
}

impl AccountState {
    /// What a partner shared, by the partner's ids.
    pub(crate) fn shared(
        &self,
        product: Source,
        submission: Source,
    ) -> Option<(&Product, &Submission)> {
        let product = self.products.values().find(|known| known.source == Some(product))?;
        let mut submissions = product.submissions.values();
        let submission = submissions.find(|known| known.source == Some(submission))?;
        Some((product, submission))
    }
}

impl State {
    /// Gives partners what labels have shared by now.
    pub(crate) fn deliver_shares(&mut self, accounts: &[Account], now: DateTime<Utc>) {
        for share in std::mem::take(&mut self.shares) {
            let Some((receiver, progress)) = self.receiver(share, now) else { continue };
            if progress.done {
                self.deliver(share, receiver, accounts, now);
            } else if progress.state != StepState::Failed {
                self.shares.push(share);
            }
        }
    }

    /// The account that is to receive a share, and how far its label is.
    fn receiver(&self, share: Share, now: DateTime<Utc>) -> Option<(usize, Progress<'_>)> {
        let products = &self.accounts[share.from.account].products;
        let submission = products.get(&share.from.product)?.submissions.get(&share.from.submission);
        let label = submission?.labels.get(&share.label)?;
        match label.destination {
            Destination::Partner(receiver) => Some((receiver, label.plan.at(now))),
            Destination::WindowsUpdate => None,
        }
    }

    fn deliver(&mut self, share: Share, receiver: usize, accounts: &[Account], now: DateTime<Utc>) {
        let publisher_id = accounts[share.from.account].publisher_id;
        let Some(given) = self.copies(share.from, publisher_id, now) else { return };
        let (mut product, submission) = given;
        let products = &mut self.accounts[receiver].products;
        let known = products.values_mut().find(|known| known.source == product.source);
        match known {
            Some(known) => known.receive(submission),
            None => {
                product.receive(submission);
                products.insert(product.id, product);
            }
        }
    }

    /// A product and a submission as the receiver gets them, under ids of its own.
    fn copies(
        &mut self,
        from: Place,
        publisher_id: u64,
        now: DateTime<Utc>,
    ) -> Option<(Product, Submission)> {
        let ids = &mut self.ids;
        let product = self.accounts[from.account].products.get_mut(&from.product)?;
        let shared_id = *product.shared_id.get_or_insert_with(|| ids.product());
        let submission = product.submissions.get(&from.submission)?;
        let submission = Submission {
            id: ids.submission(),
            name: submission.name.clone(),
            kind: submission.kind,
            created: now,
            package: submission.package.clone(),
            commit: submission.commit.clone(),
            source: Some(Source { publisher_id, id: submission.id }),
            metadata_requested: None,
            labels: BTreeMap::new(),
        };
        let product = Product {
            id: ids.product(),
            attributes: product.attributes.clone(),
            created: now,
            updated: now,
            submissions: BTreeMap::new(),
            source: Some(Source { publisher_id, id: product.id }),
            shared_id: Some(shared_id),
        };
        Some((product, submission))
    }
}

impl Product {
    /// Adds what a partner shared; what is there already stays under its id.
    fn receive(&mut self, submission: Submission) {
        if !self.submissions.values().any(|known| known.source == submission.source) {
            self.submissions.insert(submission.id, Box::new(submission));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Map, Value};

    use super::*;
    use crate::{
        state::{BlobName, Label, SubmissionKind, Targets},
        workflow::{Failure, Plan, Step},
    };

    const FROM: Place = Place { account: 0, product: 1, submission: 2 };

    /// A state with one label to the partner.
    fn sharing(accounts: &[Account], plan: Plan) -> State {
        let now = DateTime::UNIX_EPOCH;
        let label = Label {
            id: 3,
            name: String::new(),
            destination: Destination::Partner(1),
            publishing: Value::Null,
            recipient: Value::Null,
            targets: Targets::default(),
            plan,
            report: None,
        };
        let submission = Submission {
            id: FROM.submission,
            name: String::new(),
            kind: SubmissionKind::Initial,
            created: now,
            package: BlobName::new(FROM.product, FROM.submission, "Initial", "cab"),
            commit: None,
            source: None,
            metadata_requested: None,
            labels: BTreeMap::from([(label.id, label)]),
        };
        let product = Product {
            id: FROM.product,
            attributes: Map::new(),
            created: now,
            updated: now,
            submissions: BTreeMap::from([(submission.id, Box::new(submission))]),
            source: None,
            shared_id: None,
        };
        let mut state = State::new(accounts);
        state.accounts[FROM.account].products.insert(product.id, product);
        state.shares.push(Share { from: FROM, label: 3 });
        state
    }

    #[test]
    fn a_share_waits_for_its_label_and_is_forgotten_when_that_fails() {
        let accounts = [Account::contoso(), Account::fabrikam()];
        let begun = DateTime::UNIX_EPOCH;
        let end = begun + chrono::TimeDelta::minutes(1);
        for (failure, received) in
            [(None, 1), (Some(Failure::found(Step::ProcessSharing, Vec::new())), 0)]
        {
            let mut plan = Plan::new(begun, [(Step::ProcessSharing, Duration::from_secs(60))]);
            if let Some(failure) = failure {
                plan.fail(failure);
            }
            let mut state = sharing(&accounts, plan);
            state.deliver_shares(&accounts, begun);
            assert_eq!((state.shares.len(), state.accounts[1].products.len()), (1, 0));
            state.deliver_shares(&accounts, end);
            assert_eq!((state.shares.len(), state.accounts[1].products.len()), (0, received));
        }
    }
}
