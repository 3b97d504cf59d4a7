//! What is hidden of one word: of the text between two blanks or quotation marks.

use std::borrow::Cow;

use super::{escapes, scan};
use crate::redact::{HIDDEN, SafeUrl, shown};

/// How the names of secrets end, in small letters and without `_` and `-`.
const SECRET_NAMES: &[&str] = &[
    "sig",
    "secret",
    "assertion",
    "token",
    "password",
    "pwd",
    "bearer",
    "accountkey",
    "apikey",
    "credskey",
    "identityheader",
];

/// How every JSON Web Token begins: `{"` in Base64.
const TOKEN_START: &str = "eyJ";

/// Each part of a token is longer.
const SHORTEST_TOKEN: usize = 16;

/// No word of a sentence that stands where a secret could is longer.
const LONGEST_WORD: usize = 16;

/// What a word lets expect of the next one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Awaited {
    Nothing,
    /// The name of a secret was there; with a mark, its value comes.
    Mark,
    /// A value, unless the text goes on: "Bearer authentication", "secret: missing".
    ValueOrWord,
    Value,
}

impl Awaited {
    pub(super) fn is_value(self) -> bool {
        matches!(self, Self::Value | Self::ValueOrWord)
    }

    pub(super) fn is_strict(self) -> bool {
        self == Self::Value
    }

    /// The value in the word, and what is before it.
    pub(super) fn value(self, word: &str) -> (&str, Option<&str>) {
        let value = match self {
            Self::Nothing => return ("", None),
            Self::Mark if !word.starts_with([':', '=']) => return ("", None),
            Self::Mark => word.trim_start_matches(is_opening),
            Self::Value | Self::ValueOrWord => word,
        };
        (&word[..word.len() - value.len()], (!value.is_empty()).then_some(value))
    }

    /// What to expect after this word.
    pub(super) fn after(self, word: &str) -> Self {
        let name = word.trim_end_matches(is_opening);
        let is_named = is_secret(name) || (self == Self::Mark && name.is_empty());
        match &word[name.len()..] {
            _ if !is_named => Self::Nothing,
            "" if is(name, "bearer") => Self::ValueOrWord,
            "" => Self::Mark,
            marks if marks.contains('=') => Self::Value,
            _ => Self::ValueOrWord,
        }
    }
}

fn is_opening(c: char) -> bool {
    ":=[{(".contains(c)
}

/// A word that is safe to print.
pub(super) fn safe(word: &str) -> Cow<'_, str> {
    let Some(start) = url_start(word) else { return plain(word) };
    let (before, url) = word.split_at(start);
    // The value of a parameter, or of a secret, may look like a URL.
    if before.contains('?') || is_secret(before.trim_end_matches(is_opening)) {
        return plain(word);
    }
    format!("{}{}", plain(before), SafeUrl::from(url)).into()
}

/// The same for a word in which there is no URL with a scheme.
pub(super) fn plain(word: &str) -> Cow<'_, str> {
    let safe = unescaped(word);
    let hides = |behind: String| scan(&behind, unescaped) != behind;
    if escapes::decoded(&safe).is_some_and(hides) { HIDDEN.into() } else { safe }
}

fn unescaped(word: &str) -> Cow<'_, str> {
    match word.split_once('?') {
        Some((path, query)) if query.contains('=') => {
            format!("{}?{}", named(path), parameters(query)).into()
        }
        _ if word.contains('&') && word.contains('=') => parameters(word).into(),
        _ => named(word),
    }
}

/// Shows the harmless parameters of a query alone.
fn parameters(query: &str) -> String {
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) => format!("{}={}", named(name), shown(name, value)),
        None => named(pair).into(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// Hides what follows the name of a secret in the same word.
fn named(word: &str) -> Cow<'_, str> {
    let mut marks = word.match_indices(['=', ':']);
    let value = marks.find_map(|(at, mark)| {
        let value = &word[at + 1..];
        let harmless = || value.is_empty() || (mark == ":" && is_ordinary(value));
        (is_secret(&word[..at]) && !harmless()).then_some(at + 1)
    });
    match value {
        Some(value) => format!("{}{HIDDEN}", without_tokens(&word[..value])).into(),
        None => without_tokens(word),
    }
}

/// Hides JSON Web Tokens, whole or cut off.
fn without_tokens(word: &str) -> Cow<'_, str> {
    // Some write the Base64 of a token with the letters of the older alphabet.
    let in_token = |c: char| c.is_ascii_alphanumeric() || "-_.~+/=".contains(c);
    let (mut safe, mut rest) = (String::new(), word);
    while let Some(start) = rest.find(TOKEN_START) {
        let (before, token) = rest.split_at(start);
        let (token, after) = token.split_at(token.find(|c| !in_token(c)).unwrap_or(token.len()));
        safe.push_str(before);
        safe.push_str(if token.len() < SHORTEST_TOKEN { token } else { HIDDEN });
        rest = after;
    }
    if safe.is_empty() { word.into() } else { (safe + rest).into() }
}

fn url_start(word: &str) -> Option<usize> {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let scheme = &word[..word.find("://")?];
    // Behind an escape of JSON there may be a question mark, which a URL takes for a path.
    (!word.contains("\\u00")).then(|| scheme.trim_end_matches(is_scheme).len())
}

/// Whether the text ends with the name of a secret.
pub(super) fn is_secret(text: &str) -> bool {
    SECRET_NAMES.iter().any(|name| is(text, name))
}

fn is(text: &str, name: &str) -> bool {
    let letters = text.bytes().rev().filter(|byte| !b"_-".contains(byte));
    let found = letters.take(name.len()).map(|byte| byte.to_ascii_lowercase());
    found.eq(name.bytes().rev())
}

/// Whether it is a word of a sentence rather than a secret.
pub(super) fn is_ordinary(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '}', ']']);
    let mut letters = word.chars();
    letters.next().is_none_or(char::is_alphabetic)
        && letters.all(char::is_lowercase)
        && word.len() <= LONGEST_WORD
}
