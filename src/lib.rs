#![doc = include_str!("../README.md")]

pub mod auth;
pub mod blob;
mod client;
mod error;
pub mod metadata;
pub mod model;
mod net;
mod product;
mod redact;
mod report;
mod retry;
mod submission;
pub mod workflow;

pub use client::{Client, ClientBuilder};
pub use error::{Error, Result, Stage};
pub use product::{ProductHandler, ProductsHandler};
pub use report::{Direction, Event, Reporter, Silent};
pub use retry::RetryPolicy;
pub use submission::{SubmissionHandler, SubmissionsHandler};

#[cfg(feature = "unstable-raw")]
pub use client::raw;
