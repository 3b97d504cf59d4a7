//! The commands, one a file.

pub(crate) mod emulator;
pub(crate) mod schema;
pub(crate) mod sign;
