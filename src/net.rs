//! What all HTTP clients of ours have in common, and which URLs they may give something secret.

use std::time::Duration;

use url::{Host, Url};

use crate::error::{Error, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// Sets up an HTTP client that talks to the host of `base`.
///
/// Redirects are not followed: a token or a signature would go along. Nothing is repeated behind our
/// back: only what `retry` allows is.
pub(crate) fn http_client(
    base: &Url,
    settings: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
) -> Result<reqwest::Client> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("hardware-dashboard/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never());
    // Where both are built in, reqwest would take the other one.
    #[cfg(feature = "rustls")]
    {
        builder = builder.tls_backend_rustls();
    }
    if is_loopback(base) {
        // A proxy is another machine, and what is asked of this one goes in clear.
        builder = builder.no_proxy();
    }
    settings(builder)
        .build()
        .map_err(|error| Error::input("the HTTP client could not be set up").with_source(error))
}

/// Whether nobody on the way can read along: https, or http to this machine.
pub(crate) fn is_private(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(url),
        _ => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether the URL names an address that no router passes on, as the metadata service of Azure has.
pub(crate) fn is_link_local(url: &Url) -> bool {
    url.scheme() == "http"
        && matches!(url.host(), Some(Host::Ipv4(address)) if address.is_link_local())
}
