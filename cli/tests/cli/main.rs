//! `hwdash` as a user meets it: the built program against an emulator, over real sockets.

mod config;
mod doctor;
mod emulator;
mod failures;
mod formats;
mod hwdash;
mod input;
mod labels;
mod lists;
mod preprod;
mod products;
mod scene;
mod schema;
mod sharing;
mod shells;
mod sign;
mod submissions;
mod surroundings;
