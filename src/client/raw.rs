//! What progenitor makes of the spec's operations.
//!
//! A raw call goes through `Client::raw` and `Client::raw_stream`, which have examples.

#![allow(missing_docs, unreachable_pub, unused_imports, clippy::all, clippy::missing_errors_doc)]
#![cfg_attr(not(feature = "unstable-raw"), allow(dead_code))]

use crate::model::generated as types;

include!(concat!(env!("OUT_DIR"), "/raw.rs"));
