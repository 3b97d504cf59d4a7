//! Types that print nothing that opens a door.

mod text;

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::{Position, Url};

pub(crate) use self::text::{field, make_safe, text, without};

/// Query parameters whose values are known to be harmless. Every other value is hidden: a deny-list
/// would miss the next secret parameter.
const SHOWN: &[&str] = &["comp", "includeTargetingInfo", "pageSize", "se", "sp", "sr", "st", "sv"];

/// A date with its time and zone is not as long; tokens and signatures are longer.
const LONGEST_SHOWN: usize = 32;

const HIDDEN: &str = "REDACTED";

/// A URL that is safe to print: a SAS URL without its signature, a link without its secrets.
///
/// `Debug`, `Display` and `Serialize` show scheme, host and path, and of the query only the names
/// and the values of harmless parameters. [`expose`](Self::expose) gives the whole text.
///
/// ```
/// use hardware_dashboard::model::SafeUrl;
///
/// let url = SafeUrl::from("https://host/echo.cab?sp=rw&sig=c2VjcmV0");
/// assert_eq!(url.to_string(), "https://host/echo.cab?sp=rw&sig=REDACTED");
/// assert!(url.expose().ends_with("sig=c2VjcmV0"));
/// let parsed = url.parse().expect("it is a URL");
/// assert_eq!(parsed.path(), "/echo.cab");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SafeUrl(Box<str>);

impl SafeUrl {
    /// The whole URL, with everything that it can open. Never print or store it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The whole URL, parsed; `None` when the service sent something that is no URL.
    #[must_use]
    pub fn parse(&self) -> Option<Url> {
        let text = self.0.trim();
        // A blank after `https://` was seen in links.
        match text.split_once("://") {
            Some((scheme, rest)) => Url::parse(&format!("{scheme}://{}", rest.trim_start())).ok(),
            None => Url::parse(text).ok(),
        }
    }
}

impl From<&str> for SafeUrl {
    fn from(url: &str) -> Self {
        Self(url.into())
    }
}

impl From<&Url> for SafeUrl {
    fn from(url: &Url) -> Self {
        url.as_str().into()
    }
}

impl fmt::Display for SafeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The service says "none" with an empty text; that it is none has to be seen.
        if self.0.trim().is_empty() {
            return Ok(());
        }
        let Some(mut url) = self.parse() else { return f.write_str(HIDDEN) };
        // Neither fails for a URL with a host; for one without there is no name or password.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        if text::opens_a_door(url.path()) {
            url.set_path(HIDDEN);
        }
        // A URL without a host has no path that can be set, and hosts may be anything in some.
        if text::opens_a_door(&url[..Position::AfterPath]) {
            return f.write_str(HIDDEN);
        }
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        if !pairs.is_empty() {
            let shown = pairs.iter().map(|(name, value)| (name, shown(name, value)));
            url.query_pairs_mut().clear().extend_pairs(shown);
        }
        f.write_str(url.as_str())
    }
}

/// The value of a query parameter as it is printed.
fn shown<'a>(name: &str, value: &'a str) -> &'a str {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-.:_%".contains(c);
    let is_short = value.len() <= LONGEST_SHOWN && value.chars().all(harmless);
    if SHOWN.contains(&name) && is_short { value } else { HIDDEN }
}

impl fmt::Debug for SafeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SafeUrl({self})")
    }
}

impl Serialize for SafeUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SafeUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|url| Self(url.into()))
    }
}

impl JsonSchema for SafeUrl {
    fn schema_name() -> Cow<'static, str> {
        "SafeUrl".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAS: &str = "https://user:pw@acc.blob.core.windows.net/c/initial.cab?sv=2024-05-04&sp=rwl\
        &sig=aGVsbG8%3D&skoid=11111111-2222-3333-4444-555555555555&rscd=attachment#frag";

    #[test]
    fn a_sas_url_prints_no_signature() {
        let url = SafeUrl::from(SAS);
        let json = serde_json::to_string(&url).unwrap();
        for printed in [url.to_string(), format!("{url:?}"), json] {
            for secret in ["aGVsbG8", "pw", "user", "11111111", "frag"] {
                assert!(!printed.contains(secret), "{secret} in {printed}");
            }
            assert!(printed.contains("/c/initial.cab?sv=2024-05-04&sp=rwl&sig=REDACTED"));
        }
        assert_eq!(url.expose(), SAS);
    }

    #[test]
    fn the_names_of_parameters_nobody_has_heard_of_are_shown_without_value() {
        let url = SafeUrl::from("https://host/path?newsecret=abc");
        assert_eq!(url.to_string(), "https://host/path?newsecret=REDACTED");
    }

    #[test]
    fn a_text_that_is_no_url_is_hidden_whole() {
        assert_eq!(SafeUrl::from("sig=abc").to_string(), "REDACTED");
    }

    #[test]
    fn an_empty_text_hides_nothing() {
        assert_eq!(SafeUrl::from("").to_string(), "");
    }

    #[test]
    fn a_blank_inside_is_forgiven() {
        let url =
            SafeUrl::from("https:// manage.devcenter.microsoft.com/v2.0/my/hardware/products");
        assert_eq!(url.parse().unwrap().host_str(), Some("manage.devcenter.microsoft.com"));
        // One in the query is part of it: it may be signed.
        let url = SafeUrl::from("https://h/?rscd=attachment; filename=a.cab");
        assert_eq!(url.parse().unwrap().query(), Some("rscd=attachment;%20filename=a.cab"));
    }
}
