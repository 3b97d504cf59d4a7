//! The emulator as its clients see it.

mod admin;
mod assertions;
mod drift;
mod faults;
mod labels;
mod lists;
mod preprod;
mod products;
mod proxy;
mod quota;
mod recorded;
mod recorder;
mod refusals;
mod seed;
mod sharing;
mod signing;
mod support;
mod token;
mod workflow;
