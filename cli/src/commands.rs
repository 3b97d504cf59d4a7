//! The commands, one a file.

pub(crate) mod audience;
pub(crate) mod completions;
pub(crate) mod doctor;
pub(crate) mod emulator;
pub(crate) mod follow;
pub(crate) mod label;
pub(crate) mod man;
pub(crate) mod partner;
pub(crate) mod preprod;
pub(crate) mod product;
pub(crate) mod resume;
pub(crate) mod runs;
pub(crate) mod schema;
pub(crate) mod ship;
pub(crate) mod sign;
pub(crate) mod submission;
pub(crate) mod update;
