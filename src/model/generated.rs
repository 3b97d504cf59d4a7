//! What progenitor makes of the spec's objects.

#![allow(missing_docs, unreachable_pub, unused_qualifications, clippy::all, rustdoc::all)]

include!(concat!(env!("OUT_DIR"), "/types.rs"));
