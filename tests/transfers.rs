//! Packages on their way to and from blob storage, over sockets that fail.

mod blocks;
mod disk;
mod download;
mod limits;
mod line;
mod outage;
mod preprod;
mod ranges;
mod service;
mod slow;
mod submit;
mod upload;
mod waiting;
