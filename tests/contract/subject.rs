//! Who is asked: an emulator whose time the test moves, or the live service.

use std::{path::PathBuf, time::Duration};

use hardware_dashboard::{
    Client, ProductHandler, SubmissionHandler,
    model::{OsCode, ProductId, PublisherId, SubmissionId},
};
use hardware_dashboard_emulator::{Clock, Emulator};
use tempfile::TempDir;

use crate::support;

/// How far the emulator's time is moved between two looks.
const STEP: Duration = Duration::from_secs(20);
/// The same for what takes hours: after so many looks no state passes quickly any more.
const LONG_STEP: Duration = Duration::from_secs(20 * 60);
const SHORT_STEPS: u32 = 60;

/// After so many looks nothing will change any more.
const LOOKS: u32 = 600;

/// The service under test, and what it is asked with.
pub(super) struct Subject {
    pub(super) client: Client,
    /// The account that things are shared with, where there is one.
    pub(super) partner: Option<Partner>,
    pub(super) emulator: Option<Emulator>,
    /// A package that the service signs.
    pub(super) package: PathBuf,
    /// What signatures are asked for.
    pub(super) signature: OsCode,
    /// How many items of a list are looked at.
    pub(super) items: usize,
    /// Between two looks at a live service.
    pub(super) pause: Duration,
    /// What removes the package at the end, where it was made for the test.
    pub(super) _folder: Option<TempDir>,
}

/// The second account.
pub(super) struct Partner {
    pub(super) client: Client,
    /// By this number the main account shares with it.
    pub(super) publisher: PublisherId,
    /// By this number it names the main account.
    pub(super) source: PublisherId,
}

/// A submission and the product that it belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Submitted {
    pub(super) product: ProductId,
    pub(super) submission: SubmissionId,
}

impl Submitted {
    pub(super) fn product(self, client: &Client) -> ProductHandler {
        client.product(self.product)
    }

    pub(super) fn handler(self, client: &Client) -> SubmissionHandler {
        client.product(self.product).submission(self.submission)
    }
}

impl Subject {
    /// An emulator with an account of some years.
    pub(super) async fn emulated(drift: Option<u64>) -> Self {
        let mut builder = support::emulator()
            .clock(Clock::stepped())
            // Long enough to be seen, also when some looks show a number for the step.
            .approval(30 * STEP)
            .seed_products(11);
        if let Some(seed) = drift {
            builder = builder.drift(seed);
        }
        let emulator = builder.start().await.expect("the emulator starts");
        let client = |account| support::client_of(&emulator, account).build().expect("a client");
        let folder = tempfile::tempdir().expect("a folder can be made");
        Self {
            client: client(emulator.account()),
            partner: Some(Partner {
                client: client(emulator.partner()),
                publisher: PublisherId::from(emulator.partner().publisher_id()),
                source: PublisherId::from(emulator.account().publisher_id()),
            }),
            package: support::write_echo_cabinet(folder.path()),
            signature: support::OS_CODE.into(),
            items: usize::MAX,
            pause: Duration::ZERO,
            _folder: Some(folder),
            emulator: Some(emulator),
        }
    }

    /// Looks again and again until there is something to see, while the service's time passes.
    ///
    /// # Panics
    ///
    /// When it never comes.
    pub(super) async fn until<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        for number in 0..LOOKS {
            if let Some(seen) = look().await {
                return seen;
            }
            match &self.emulator {
                Some(emulator) if number < SHORT_STEPS => emulator.clock().advance(STEP),
                Some(emulator) => emulator.clock().advance(LONG_STEP),
                None => tokio::time::sleep(self.pause).await,
            }
        }
        panic!("{what} never came");
    }
}
