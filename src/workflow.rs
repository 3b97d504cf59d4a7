//! The documented orders of calls, from a package on disk to the signed one and on to Windows Update.
//!
//! ```no_run
//! use hardware_dashboard::{
//!     Client,
//!     auth::ClientSecret,
//!     model::NewProduct,
//!     workflow::{Outcome, Run, Sign},
//! };
//!
//! # async fn example() -> hardware_dashboard::Result<()> {
//! let client = Client::builder()
//!     .credential(ClientSecret::new("tenant id", "client id", "secret"))
//!     .build()?;
//! let product = NewProduct::attestation("Echo", vec!["WINDOWS_v100_X64_GE_FULL".into()]);
//! let mut run = Run::sign(client, Sign::new(product, "echo.cab", "echo-signed.zip"))?;
//! match run.until_done().await? {
//!     Outcome::Done(file) => println!("{} bytes in {}", file.bytes, file.path.display()),
//!     _ => println!("still running; look again later"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A [`Run`] survives what comes between: lost answers, outages and, with a [`Journal`] on disk, the end
//! of the process. What may have been done once is looked for and never done again.

mod attach;
mod batch;
mod claim;
#[cfg(test)]
mod explore;
mod failure;
mod journal;
mod known;
mod label_change;
mod order;
mod outcome;
mod plan;
mod polling;
mod preflight;
mod preprod;
mod reconcile;
mod run;
mod shipment;
mod sign;
mod state;
mod update;
mod view;
mod watch;

pub use self::{
    attach::Attach,
    batch::{Batch, Summary},
    journal::Journal,
    label_change::{LabelChange, cancel_label, revise_label},
    outcome::{Outcome, Progress},
    polling::Polling,
    preprod::Preprod,
    run::Run,
    shipment::Shipment,
    sign::Sign,
    state::{Reached, RunKind, RunState},
    update::Update,
    watch::Waited,
};
