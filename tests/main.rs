//! The library's integration tests, in one binary: what the service sends comes to be what we say.

mod auth;
mod generated;
mod open_values;
mod recorded;
mod replay;
mod requests;
mod round_trip;
mod snapshot;
mod spec;
