//! `hwdash` as a user meets it: the built program against an emulator, over real sockets.

mod config;
mod doctor;
mod emulator;
mod hwdash;
mod schema;
mod shells;
mod sign;
