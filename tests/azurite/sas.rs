//! SAS URLs, signed with the key that Azurite publishes for everybody.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{SecondsFormat, Utc};
use url::Url;

pub(super) const ACCOUNT: &str = "devstoreaccount1";

const KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

const VERSION: &str = "2024-05-04";

/// A URL that opens one blob, as the service names them.
pub(super) fn blob(url: &Url, permissions: &str, lives: Duration) -> Url {
    let end = end(lives);
    let resource = format!("/blob{}", url.path());
    // Permissions, start, end, resource, identifier, address, protocol, version, kind, snapshot,
    // scope, and the five headers that an answer is to have.
    let signed = [permissions, "", &end, &resource, "", "", "", VERSION, "b", "", ""];
    let signature = sign(&[&signed[..], &[""; 5]].concat().join("\n"));
    with_query(url, &[("sv", VERSION), ("se", &end), ("sr", "b"), ("sp", permissions)], &signature)
}

/// A URL by which containers can be made.
pub(super) fn account(url: &Url) -> Url {
    let end = end(Duration::from_secs(3600));
    // Account, permissions, services, types, start, end, address, protocol, version, scope.
    let signed = [ACCOUNT, "rwdlac", "b", "sco", "", &end, "", "", VERSION, ""];
    let signature = sign(&(signed.join("\n") + "\n"));
    let query = [("sv", VERSION), ("se", &end), ("ss", "b"), ("srt", "sco"), ("sp", "rwdlac")];
    with_query(url, &query, &signature)
}

fn with_query(url: &Url, query: &[(&str, &str)], signature: &str) -> Url {
    let mut url = url.clone();
    url.query_pairs_mut().extend_pairs(query).append_pair("sig", signature);
    url
}

fn end(lives: Duration) -> String {
    (Utc::now() + lives).to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn sign(text: &str) -> String {
    let key = BASE64_STANDARD.decode(KEY).expect("it is base64");
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    BASE64_STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}
