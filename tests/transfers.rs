//! Packages on their way to and from blob storage, over sockets that fail.

mod blocks;
mod child;
mod disk;
mod download;
mod killed;
mod limits;
mod line;
mod outage;
mod preprod;
mod ranges;
mod service;
mod slow;
mod specials;
mod submit;
mod upload;
mod waiting;
