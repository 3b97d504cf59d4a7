#![doc = include_str!("../README.md")]

mod arrived;
mod audience;
pub mod auth;
pub mod blob;
mod client;
mod error;
// A page to read; there is nothing in it to compile.
#[cfg(doc)]
pub mod handling_errors;
mod list;
pub mod metadata;
pub mod model;
mod net;
mod preprod;
mod product;
mod redact;
mod report;
mod retry;
mod shipping_label;
mod snapshot;
mod submission;
pub mod workflow;

pub use audience::AudiencesHandler;
pub use client::{Client, ClientBuilder};
pub use error::{Error, Result, Stage};
pub use list::{Continuation, List};
pub use preprod::{PreprodHandler, PreprodPackageHandler};
pub use product::{ProductHandler, ProductsHandler};
pub use report::{Direction, Event, Reporter, Silent};
/// For [`ClientBuilder::http`].
pub use reqwest;
pub use retry::RetryPolicy;
pub use shipping_label::{ShippingLabelHandler, ShippingLabelsHandler};
pub use submission::{SubmissionHandler, SubmissionsHandler};

#[cfg(feature = "unstable-raw")]
pub use client::raw;
