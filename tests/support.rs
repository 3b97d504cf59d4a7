//! What the tests of whole calls and runs share: clients of an emulator, a package, and what was
//! told on the way.

pub(crate) mod clock;
mod credential;
mod limit;
mod package;
mod predicates;
pub(crate) mod printed;
mod reporter;
mod run;
mod scripted;
pub(crate) mod search;
mod silence;
mod time;

use std::time::Duration;

use hardware_dashboard::{Client, ClientBuilder, RetryPolicy, auth::ClientSecret, model::SafeUrl};
use hardware_dashboard_emulator::{Account, Emulator, EmulatorBuilder};

pub(crate) use self::{
    credential::Given,
    limit::end_when_hung,
    package::{echo_cabinet, write_echo_cabinet, write_kit_package},
    predicates::predicates,
    reporter::{Told, Watch},
    run::{SIGNED, begin, often},
    scripted::{Scripted, reply},
    silence::{Guarded, Overheard, Silent, secrets_of},
    time::pass,
};

/// The OS code that the tests ask signatures for; the sample driver knows it.
pub(crate) const OS_CODE: &str = "WINDOWS_v100_X64_GE_FULL";

/// An emulator that takes packages as the tests make them: nobody has signed these.
pub(crate) fn emulator() -> EmulatorBuilder {
    Emulator::builder().require_signature(false)
}

impl Guarded for Emulator {
    fn secrets(&self) -> Vec<String> {
        self.sas_signatures()
    }
}

impl Guarded for Scripted {
    fn secrets(&self) -> Vec<String> {
        self.requests("").iter().flat_map(|request| secrets_of(request)).collect()
    }
}

/// A client of the emulator's main account that does not wait long.
pub(crate) fn client(emulator: &Emulator) -> ClientBuilder {
    client_of(emulator, emulator.account())
}

/// The same for one of its accounts.
pub(crate) fn client_of(emulator: &Emulator, account: &Account) -> ClientBuilder {
    let secret =
        ClientSecret::new(account.tenant_id(), account.client_id(), account.client_secret());
    Client::builder()
        .api_base_url(emulator.api_base_url())
        .authority_url(emulator.authority_url())
        .credential(secret)
        .retry(impatient())
}

/// Three attempts of calls and transfers, and pauses that nobody notices.
pub(crate) fn impatient() -> RetryPolicy {
    RetryPolicy::default()
        .max_attempts(3)
        .transfer_attempts(3)
        .first_delay(Duration::from_millis(2))
        .throttled_delay(Duration::from_millis(2))
}

/// Ends a test: the emulator kept to the specification, and every fault has happened.
#[track_caller]
pub(crate) fn check(emulator: &Emulator) {
    let violations = emulator.spec_violations();
    assert!(violations.is_empty(), "{violations:#?}");
    let unfired = emulator.unfired_faults();
    assert!(unfired.is_empty(), "these did not happen: {unfired:#?}");
}

/// A client without certificates, the reading of which takes longer than all the rest.
fn plain() -> reqwest::Client {
    reqwest::Client::builder().tls_certs_only([]).build().expect("a client")
}

/// Sends a package to the blob behind a SAS URL, as any other program would.
pub(crate) async fn put(url: &SafeUrl, package: Vec<u8>) {
    let request = plain().put(url.expose());
    let sent = request.header("x-ms-blob-type", "BlockBlob").body(package).send().await;
    assert_eq!(sent.expect("blob storage answers").status(), 201);
}

/// The content of the blob behind a SAS URL.
pub(crate) async fn fetch(url: &SafeUrl) -> Vec<u8> {
    let answer = plain().get(url.expose()).send().await.expect("blob storage answers");
    assert_eq!(answer.status(), 200);
    answer.bytes().await.expect("the blob is whole").to_vec()
}
