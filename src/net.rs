//! What all HTTP clients of ours have in common, and which URLs they may give something secret.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::ClientBuilder;
use url::{Host, Url};

use crate::error::{Error, Result};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// What the user sets of reqwest's own settings.
#[derive(Clone)]
pub(crate) struct HttpSettings(Arc<dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync>);

impl HttpSettings {
    pub(crate) fn new(
        set: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(set))
    }
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self::new(|builder| builder)
    }
}

impl fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSettings").finish_non_exhaustive()
    }
}

/// The HTTP clients of one account: that for the place it is at, and another one for https when that
/// place is on this machine and sends us elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct HttpClients {
    own: reqwest::Client,
    is_plain: bool,
    user: HttpSettings,
    secure: Arc<OnceLock<reqwest::Client>>,
}

impl HttpClients {
    pub(crate) fn new(base: &Url, user: &HttpSettings) -> Result<Self> {
        Ok(Self {
            own: http_client(base, user)?,
            is_plain: base.scheme() == "http",
            user: user.clone(),
            secure: Arc::default(),
        })
    }

    /// The one that may go to `url`.
    pub(crate) fn to(&self, url: &Url) -> Result<reqwest::Client> {
        if !self.is_plain || url.scheme() == "http" {
            return Ok(self.own.clone());
        }
        if let Some(client) = self.secure.get() {
            return Ok(client.clone());
        }
        let client = http_client(url, &self.user)?;
        Ok(self.secure.get_or_init(|| client).clone())
    }
}

/// Sets up an HTTP client that talks to the host of `base`.
///
/// Whatever the user sets: redirects are not followed, since a token or a signature would go along;
/// nothing is repeated behind our back, only what `retry` allows; and what goes over the wire is not
/// logged, since tokens and secrets do.
pub(crate) fn http_client(base: &Url, user: &HttpSettings) -> Result<reqwest::Client> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("hardware-dashboard/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT);
    // Where both are built in, reqwest would take the other one.
    #[cfg(feature = "rustls")]
    {
        builder = builder.tls_backend_rustls();
    }
    builder = (user.0)(builder)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connection_verbose(false);
    if is_loopback(base) {
        // A proxy is another machine, and what is asked of this one goes in clear.
        builder = builder.no_proxy();
    }
    // Reading the trusted roots is most of a cold start, and over http nobody has to prove anything.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    if base.scheme() == "http" {
        builder = builder.tls_certs_only([]);
    }
    builder
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

pub(crate) fn is_loopback(url: &Url) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    /// Whether TLS has been set up once more after these URLs.
    fn is_secured(base: &str, urls: &[&str]) -> bool {
        let clients = HttpClients::new(&url(base), &HttpSettings::default()).unwrap();
        urls.iter().for_each(|text| {
            clients.to(&url(text)).unwrap();
        });
        clients.secure.get().is_some()
    }

    #[test]
    fn tls_is_set_up_when_it_is_needed_and_once() {
        const HERE: &str = "http://127.0.0.1:8765/v2.0/my";
        const THERE: &str = "https://account.blob.core.windows.net/package";
        assert!(!is_secured(HERE, &[HERE, "http://localhost/blob"]));
        assert!(is_secured(HERE, &[HERE, THERE, THERE]));
        assert!(!is_secured("https://manage.devcenter.microsoft.com", &[THERE, HERE]));
    }
}
