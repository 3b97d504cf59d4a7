//! Packages on their way to and from blob storage, over sockets that fail.

mod disk;
mod download;
mod preprod;
mod ranges;
mod service;
mod submit;
mod upload;
mod waiting;
