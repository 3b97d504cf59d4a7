//! Where a proxy sends to, and nowhere else.

use std::io;

use url::{Host, Url};

/// A base URL that secrets may be sent to.
#[derive(Debug)]
pub(super) struct Upstream(Url);

impl Upstream {
    /// Takes https, and http for this machine alone.
    pub(super) fn parse(text: &str) -> io::Result<Self> {
        let refused = |why: &str| {
            let text = format!("{text} cannot be the upstream: {why}");
            io::Error::new(io::ErrorKind::InvalidInput, text)
        };
        let url = Url::parse(text).map_err(|error| refused(&error.to_string()))?;
        if !(url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url)) {
            return Err(refused("tokens and secrets are sent by https only; give a https:// URL"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("it holds a user name or a password; leave them out"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("it has a query or a fragment; give the base URL alone"));
        }
        Ok(Self(url))
    }

    /// The URL of a path below the base: `path` is empty or begins with a slash.
    ///
    /// Whatever the path holds, the origin is that of the base.
    pub(super) fn join(&self, path: &str, query: Option<&str>) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.0.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::Upstream;

    #[test]
    fn secrets_go_by_https_or_stay_on_this_machine() {
        for url in ["https://a.example/v2.0/my", "http://127.0.0.1:1", "http://localhost/x"] {
            assert!(Upstream::parse(url).is_ok(), "{url}");
        }
        for url in [
            "http://a.example",
            "http://127.0.0.1.a.example",
            "ftp://localhost",
            "https://user:word@a.example",
            "https://a.example/?q",
            "a.example",
        ] {
            assert!(Upstream::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn no_path_leads_to_another_host() {
        let upstream = Upstream::parse("https://a.example/v2.0/my/").unwrap();
        let join = |path| upstream.join(path, None).to_string();
        assert_eq!(join("/hardware/products"), "https://a.example/v2.0/my/hardware/products");
        for path in ["//b.example/x", "/../../..//b.example", "/@b.example", "/\\\\b.example"] {
            assert!(join(path).starts_with("https://a.example/"), "{path}");
        }
        assert_eq!(
            upstream.join("/x%20y", Some("a=%2F")).as_str(),
            "https://a.example/v2.0/my/x%20y?a=%2F"
        );
    }
}
