//! Recorded exchanges and a loopback server that plays them.
//!
//! The files lie in `tests/recordings`; the README there describes their format. A test takes
//! exchanges with [`all`] or [`named`], gives them to [`Replay::start`], points a client at
//! [`Replay::origin`] and ends with [`Replay::finish`], which fails the test when the client sent
//! anything else than what was recorded.

mod check;
mod recording;
mod server;
mod tests;

pub(crate) use recording::{Exchange, Recording, Request, all, named};
pub(crate) use server::Replay;
