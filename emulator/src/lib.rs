//! Emulator of Microsoft's Hardware dashboard API, its token endpoint and its blob store.
//!
//! It serves all operations of `openapi/hardware-dashboard.yaml` on a port of the loopback
//! interface, keeps what it is given until it stops, and refuses what the service refuses. Every
//! request is checked against the specification, and in debug builds every answer too.
//!
//! ```
//! use std::time::Duration;
//!
//! use hardware_dashboard_emulator::{Clock, Emulator};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let emulator = Emulator::builder().clock(Clock::stepped()).start().await?;
//! // Point a client at these, with the credentials of the emulator's account.
//! assert!(emulator.authority_url().starts_with("http://127.0.0.1:"));
//! assert!(emulator.api_base_url().ends_with("/v2.0/my"));
//! assert!(!emulator.client_secret().is_empty());
//! // A workflow takes minutes on the emulator's clock, and no time at all in a test.
//! emulator.clock().advance(Duration::from_secs(600));
//! assert_eq!(emulator.calls("createProduct"), 0);
//! # Ok(())
//! # }
//! ```
//!
//! A workflow's step takes a minute: for a third of it the step is not started, for a third
//! started, for a third completed. The signed package appears when the last step is completed,
//! the driver metadata when its time is over.
//!
//! It misbehaves on order: see [`Fault`], [`EmulatorBuilder::quota`] and
//! [`EmulatorBuilder::drift`]. What a test does through [`Emulator`], clients in other languages
//! do over its admin endpoint under `/_emulator/`, which the README tells about.

mod account;
mod admin;
mod answer;
mod api;
mod blob;
mod body;
mod builder;
mod clock;
mod codes;
mod drift;
mod emulator;
mod error;
mod exchange;
mod fault;
mod package;
mod processing;
mod proxy;
mod quota;
mod record;
mod request;
mod seed;
mod server;
mod service;
mod spec;
mod state;
mod token;
mod workflow;

pub use account::{Account, Role};
pub use builder::EmulatorBuilder;
pub use clock::Clock;
pub use emulator::Emulator;
pub use exchange::Exchange;
pub use fault::{Fault, FaultKind, InvalidFault, RetryAfter};
pub use proxy::{Proxy, ProxyBuilder};
pub use workflow::Step;

/// The example of the README compiles and runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
