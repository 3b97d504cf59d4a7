//! The secrets that went by, in every spelling in which an answer may repeat them.

use std::collections::VecDeque;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::form_urlencoded;

use super::REDACTED;

/// The shortest text that is remembered as a secret: a shorter one would stand everywhere.
const SHORTEST: usize = 6;

/// How many secrets are remembered. Each message brings its own again.
const MOST: usize = 64;

/// What RFC 3986 asks to be escaped.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The secrets that were seen last, the latest at the end.
#[derive(Default)]
pub(super) struct Known(VecDeque<Secret>);

struct Secret {
    plain: String,
    spellings: Vec<String>,
}

impl Known {
    pub(super) fn remember(&mut self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        self.0.retain(|known| known.plain != secret);
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(Secret { plain: secret.to_owned(), spellings: spellings(secret) });
    }

    /// The text without any of them.
    pub(super) fn replace(&self, text: &str) -> String {
        let mut spellings: Vec<&str> = self
            .0
            .iter()
            .flat_map(|secret| &secret.spellings)
            .map(String::as_str)
            .filter(|spelling| text.contains(spelling))
            .collect();
        // Of two that begin alike the shorter one would leave the tail of the longer one.
        spellings.sort_by_key(|spelling| std::cmp::Reverse(spelling.len()));
        spellings
            .into_iter()
            .fold(text.to_owned(), |text, spelling| text.replace(spelling, REDACTED))
    }
}

/// As it is, and as it stands in forms, URLs and JSON.
fn spellings(secret: &str) -> Vec<String> {
    let escaped = [
        form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>(),
        utf8_percent_encode(secret, RESERVED).to_string(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
    ];
    let lower = escaped.clone().map(|text| with_lower_escapes(&text));
    let json = serde_json::Value::from(secret).to_string();
    let mut spellings = vec![secret.to_owned(), json.trim_matches('"').to_owned()];
    spellings.extend(escaped.into_iter().chain(lower));
    spellings.sort_unstable();
    spellings.dedup();
    spellings
}

/// `%7E` as `%7e`.
fn with_lower_escapes(text: &str) -> String {
    let mut parts = text.split('%');
    let mut lower = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        lower.extend(["%", &digits.to_ascii_lowercase(), rest]);
    }
    lower
}
