//! Where a proxy sends to, and nowhere else.

use std::io;

use percent_encoding::percent_decode_str;
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

    /// The URL of a path below the base: `path` is empty or begins with a slash. `None` if it
    /// would lead out of the base, here or at a server that decodes it once more.
    ///
    /// Whatever the path holds, the origin is that of the base.
    pub(super) fn join(&self, path: &str, query: Option<&str>) -> Option<Url> {
        let base = self.0.path().trim_end_matches('/');
        let mut url = self.0.clone();
        url.set_path(&format!("{base}{path}"));
        url.set_query(query);
        let below = url.path().strip_prefix(base)?;
        (below.starts_with('/') && !climbs(path)).then_some(url)
    }
}

/// Whether a segment of a path is `.` or `..` in any encoding.
fn climbs(path: &str) -> bool {
    let is_dots = |segment: &str| matches!(segment, "." | "..");
    if path.split(['/', '\\']).any(is_dots) {
        return true;
    }
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    decoded != path && climbs(&decoded)
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
        let join = |path, query| upstream.join(path, query).map(String::from);
        let base = "https://a.example/v2.0/my";
        for path in ["/hardware/products", "//b.example/x", "/@b.example", "/%252e%20y..z"] {
            assert_eq!(join(path, Some("a=%2F")), Some(format!("{base}{path}?a=%2F")));
        }
        assert_eq!(join("/\\\\b.example", None), Some(format!("{base}///b.example")));
    }

    #[test]
    fn no_path_leads_out_of_the_base() {
        let api = Upstream::parse("https://a.example/v2.0/my").unwrap();
        let authority = Upstream::parse("https://a.example").unwrap();
        for path in [
            "/../other",
            "/%2e%2e/other",
            "/.%2E/other",
            "/%252e%252e/other",
            "/x/%2e%2e%2fother",
            "/x%5c..%5cother",
            "/x\\..\\other",
            "/x/../hardware",
            "/x/./hardware",
            "/x/%2e",
            "x",
        ] {
            assert_eq!(api.join(path, None), None, "{path}");
        }
        for path in ["/%2e%2e/oauth2/token", "/./oauth2/token"] {
            assert_eq!(authority.join(path, None), None, "{path}");
        }
        let token = authority.join("/tenant/oauth2/token", None).map(String::from);
        assert_eq!(token.as_deref(), Some("https://a.example/tenant/oauth2/token"));
    }
}
