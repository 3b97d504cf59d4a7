//! The library's integration tests, in one binary: what the service sends comes to be what we say.
#![expect(clippy::print_stdout, reason = "what was tried is told to whoever asks to see it")]

mod auth;
mod calls;
mod canary;
mod contract;
mod documentation;
mod faults;
mod generated;
mod http;
mod open_values;
mod recorded;
mod replay;
mod requests;
mod round_trip;
mod runs;
mod schemas;
mod sending;
mod snapshot;
mod spec;
mod support;
mod tokens;
mod transfers;
