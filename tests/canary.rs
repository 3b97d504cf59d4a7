//! Nothing that opens a door is printed. Runs, calls and credentials fail in every way; secrets,
//! tokens, assertions and SAS signatures are texts that are then looked for in everything that
//! anybody could print, and in what all crates log.

mod blocks;
mod bytes;
mod calls;
mod failure;
mod found;
mod issuers;
mod labels;
mod proofs;
mod runs;
mod service;
mod tokens;
mod transfers;

use crate::support::{
    printed,
    search::{self, CANARY},
};

/// What must never be seen. Each begins with a word that nothing else holds.
pub(crate) const SECRET: &str = "kestrel-secret-b0e1";
pub(crate) const TOKEN: &str = "kestrel-token.c2f3.d4a5";
pub(crate) const SIGNATURE: &str = "kestrelSignature7e8f";
