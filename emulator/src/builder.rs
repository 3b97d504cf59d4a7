//! How an emulator is set up.

mod misbehaviour;

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use crate::{
    Account, Clock, Emulator, Fault, Step,
    api::LARGEST_PAGE,
    blob::BlobStore,
    quota::Limit,
    record::{Origin, Recorder},
    seed,
    server::{self, Server},
    service::Service,
    spec::Spec,
    workflow::{Failure, LONGEST_STEP},
};

/// What an emulator was told.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) clock: Clock,
    /// The main account and its partner.
    pub(crate) accounts: [Account; 2],
    pub(crate) step: Duration,
    pub(crate) manual_review: Duration,
    pub(crate) approval: Duration,
    pub(crate) page_size: usize,
    /// After how many items a list stops, if it does before its end.
    pub(crate) list_end: Option<usize>,
    pub(crate) require_signature: bool,
    /// Whether the certificate of every package is registered with its account.
    pub(crate) certificate_registered: bool,
    pub(crate) failures: Vec<Failure>,
    /// What every commit fails with.
    pub(crate) commit_failure: Option<Vec<String>>,
    pub(crate) faults: Vec<Fault>,
    /// How many requests an account may make in a minute, if not any number.
    pub(crate) quota: Option<u32>,
    /// Whether what is refused for the quota is told when to come back.
    pub(crate) quota_says_when: bool,
    /// The seed of the drift, if there is any.
    pub(crate) drift: Option<u64>,
}

/// Sets an emulator up; see [`Emulator::builder`].
#[derive(Clone, Debug)]
#[must_use]
pub struct EmulatorBuilder {
    port: u16,
    seed_products: usize,
    record: Option<PathBuf>,
    settings: Settings,
}

impl EmulatorBuilder {
    pub(crate) fn new() -> Self {
        let settings = Settings {
            clock: Clock::real(),
            accounts: [Account::contoso(), Account::fabrikam()],
            step: Duration::from_secs(60),
            manual_review: Duration::ZERO,
            approval: Duration::from_secs(60),
            page_size: 100,
            list_end: None,
            require_signature: true,
            certificate_registered: true,
            failures: Vec::new(),
            commit_failure: None,
            faults: Vec::new(),
            quota: None,
            quota_says_when: true,
            drift: None,
        };
        Self { port: 0, seed_products: 0, record: None, settings }
    }

    /// Listens on this port of the loopback interface; without it on a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Lives by this clock; without it by the real time.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.settings.clock = clock;
        self
    }

    /// Replaces the main account.
    pub fn account(mut self, account: Account) -> Self {
        self.settings.accounts[0] = account;
        self
    }

    /// Replaces the second account, the one to share with.
    pub fn partner(mut self, account: Account) -> Self {
        self.settings.accounts[1] = account;
        self
    }

    /// Sets how long each step of a workflow takes on the emulator's clock: a minute without this,
    /// and a hundred years at most.
    pub fn step_duration(mut self, step: Duration) -> Self {
        self.settings.step = step.min(LONGEST_STEP);
        self
    }

    /// Sets how long the manual review of a submission takes: no time without this.
    pub fn manual_review(mut self, duration: Duration) -> Self {
        self.settings.manual_review = duration.min(LONGEST_STEP);
        self
    }

    /// Sets how long Microsoft's approval of a shipping label takes: a minute without this.
    pub fn approval(mut self, duration: Duration) -> Self {
        self.settings.approval = duration.min(LONGEST_STEP);
        self
    }

    /// Sets how many items a page of a list holds when the request does not say: 100 without this,
    /// and 1000 at most.
    pub fn page_size(mut self, items: usize) -> Self {
        self.settings.page_size = items.clamp(1, LARGEST_PAGE);
        self
    }

    /// Sets whether a CAB must carry an Authenticode signature: it must without this.
    pub fn require_signature(mut self, required: bool) -> Self {
        self.settings.require_signature = required;
        self
    }

    /// Sets whether the certificate that packages are signed with is registered with the account:
    /// it is without this. If it is not, every commit is refused with `SignatureValidationFailed`.
    pub fn certificate_registered(mut self, registered: bool) -> Self {
        self.settings.certificate_registered = registered;
        self
    }

    /// Lets every commit fail with these messages: `commitStatus` becomes `commitFailed`.
    pub fn fail_commit(mut self, messages: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.settings.commit_failure = Some(messages.into_iter().map(Into::into).collect());
        self
    }

    /// Lets every workflow that comes to `step` fail there with these messages, and with this
    /// text behind `errorReport`.
    pub fn fail_step(
        mut self,
        step: Step,
        messages: impl IntoIterator<Item = impl Into<String>>,
        report: Option<&str>,
    ) -> Self {
        let messages = messages.into_iter().map(Into::into).collect();
        let report = report.map(str::to_owned);
        self.settings.failures.push(Failure { step, messages, report });
        self
    }

    /// Begins with so many made-up products in the main account, the same ones each time: a
    /// quarter of them each has no submission, one to be uploaded to, one that failed, and one
    /// that was signed.
    pub fn seed_products(mut self, products: usize) -> Self {
        self.seed_products = products;
        self
    }

    /// Writes every exchange with the API and the token endpoint into this folder, in the format
    /// of the library's recorded exchanges, without secrets, tokens and SAS signatures.
    ///
    /// Blob transfers are not recorded, and neither are packages for preproduction.
    pub fn record(mut self, folder: impl Into<PathBuf>) -> Self {
        self.record = Some(folder.into());
        self
    }

    #[cfg(test)]
    pub(crate) fn settings(self) -> Settings {
        self.settings
    }

    /// Starts the emulator on the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// A fault can never happen, the port is taken, there is no room for temporary files, or the folder of
    /// [`record`](Self::record) cannot be written to.
    pub async fn start(self) -> io::Result<Emulator> {
        let spec = Spec::load()?;
        misbehaviour::check(&self.settings.faults)?;
        let listener = server::bind(self.port).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let blobs = BlobStore::new(self.settings.clock.clone())?;
        let recorder = self.record.map(|folder| Recorder::create(&folder, Origin::Emulator));
        let service =
            Service::new(self.settings, spec, blobs, origin).recorded_by(recorder.transpose()?);
        seed::products(&service, self.seed_products)?;
        let service = Arc::new(service);
        let server = Server::start(listener, Arc::clone(&service));
        Ok(Emulator::new(service, server))
    }
}

impl Settings {
    /// The quota, if there is one.
    pub(crate) fn limit(&self) -> Option<Limit> {
        let retry_after = self.quota_says_when;
        self.quota.map(|requests_per_minute| Limit { requests_per_minute, retry_after })
    }
}
