//! `hwdash` as a user meets it: the built program against an emulator, over real sockets.

mod child;
mod config;
mod doctor;
mod emulator;
mod failures;
mod follow;
mod formats;
mod hwdash;
mod input;
#[cfg(unix)]
mod inside;
#[cfg(unix)]
mod interactive;
mod killed;
mod labels;
#[cfg(unix)]
mod left;
mod lists;
#[cfg(unix)]
mod matrix;
#[cfg(unix)]
mod next;
mod orders;
mod preprod;
mod products;
mod readme;
mod runs;
mod scene;
mod schema;
mod sharing;
mod shells;
mod sign;
mod submissions;
mod surroundings;
#[cfg(unix)]
mod terminal;
mod unread;
