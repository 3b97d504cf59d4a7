//! Whole runs against the emulator, through everything that goes wrong on the way.

mod batch;
mod claims;
mod cut_lists;
mod drops;
mod label_changes;
pub(crate) mod matrix;
pub(crate) mod orders;
mod outcomes;
mod package;
mod pairs;
mod request_ids;
mod resumed;
mod rivals;
mod shell;
mod unclear;
mod versions;
mod watched;

use std::time::Duration;

use futures_util::TryStreamExt as _;
use hardware_dashboard::workflow::{Outcome, Run};
use hardware_dashboard_emulator::{Emulator, EmulatorBuilder, Exchange, Fault, FaultKind};
use tempfile::TempDir;

use crate::support::{self, SIGNED};

/// An emulator whose workflows take milliseconds.
fn quick() -> EmulatorBuilder {
    support::emulator().step_duration(Duration::from_millis(2))
}

/// Whether a call has done what it asked for, if the service took it: faults hide refusals.
fn has_acted(call: &Exchange) -> bool {
    match call.fault().map(Fault::kind) {
        None | Some(FaultKind::SlowBody { .. }) => {
            call.status().is_some_and(|status| (200..300).contains(&status))
        }
        Some(FaultKind::CloseAfterActing | FaultKind::TruncatedBody) => true,
        Some(
            FaultKind::Status { after_acting, .. }
            | FaultKind::HtmlPage { after_acting, .. }
            | FaultKind::Stall { after_acting },
        ) => *after_acting,
        Some(_) => false,
    }
}

/// An emulator, and a run against it.
struct Running {
    emulator: Emulator,
    run: Run,
    folder: TempDir,
}

impl Running {
    async fn with(builder: EmulatorBuilder) -> Self {
        let emulator = builder.start().await.expect("the emulator starts");
        let client = support::client(&emulator).build().expect("a client");
        let folder = tempfile::tempdir().expect("a folder can be made");
        Self { run: support::begin(client, folder.path()), emulator, folder }
    }

    async fn meeting(call: &str, kind: FaultKind) -> Self {
        Self::with(quick().fault(Fault::on(call, kind))).await
    }

    /// How many products and submissions the service has.
    async fn made(&self) -> (usize, usize) {
        let client = support::client(&self.emulator).build().expect("a client");
        let products: Vec<_> = client.products().list().try_collect().await.expect("a list");
        let mut submissions = 0;
        for product in &products {
            let id = product.id.expect("a product has an id");
            let list = client.product(id).submissions().list();
            submissions += list.try_collect::<Vec<_>>().await.expect("a list").len();
        }
        (products.len(), submissions)
    }

    /// Goes on until the signed package is on disk, made by one product and one submission.
    async fn succeeds(&mut self, what: &str) {
        let outcome = self.run.until_done().await;
        let Ok(Outcome::Done(file)) = outcome else { panic!("{what}: {outcome:?}") };
        assert_eq!(file.path, self.folder.path().join(SIGNED), "{what}");
        let content = std::fs::read(&file.path).expect("the signed package is on disk");
        assert!(content.starts_with(b"PK\x03\x04"), "{what}");
        assert_eq!(self.made().await, (1, 1), "{what}");
        support::check(&self.emulator);
    }
}
