//! Packages on their way to and from blob storage, over sockets that fail.

mod disk;
mod download;
mod ranges;
mod service;
mod upload;
mod waiting;
