//! Packages on their way to and from blob storage, over sockets that fail.

mod blocks;
mod child;
mod disk;
mod download;
mod killed;
mod limits;
mod line;
mod outage;
mod pauses;
mod preprod;
mod ranges;
mod service;
mod silence;
mod slow;
mod specials;
mod submit;
mod upload;
mod waiting;

/// What nobody says: the token, and the signature of the SAS URLs of those services that are no emulator.
/// It looks different in a URL.
const TOKEN: &str = "kestrel-token";
const SIGNATURE: &str = "kestrel+7e8f/signature=";

/// A SAS URL at this origin.
fn sas(origin: &str, permissions: &str) -> String {
    let signature: String = url::form_urlencoded::byte_serialize(SIGNATURE.as_bytes()).collect();
    format!("{origin}/blob?sp={permissions}&sig={signature}")
}
