//! What is sent: requests are made with what they need, and the rest is set by name.

mod label;
mod label_rules;
mod label_update;
mod product;
mod product_rules;
mod publishing;
mod submission;
mod targeting;

pub use self::label_update::{AudienceChange, ShippingLabelUpdate};
