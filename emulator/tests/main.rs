//! The emulator as its clients see it.

mod assertions;
mod support;

mod labels;
mod lists;
mod preprod;
mod products;
mod refusals;
mod sharing;
mod signing;
mod token;
mod workflow;
