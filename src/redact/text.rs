//! Texts of others, made safe to print: what a service or a server says may hold a SAS URL, a token
//! or a secret that it was sent.
//!
//! A text is taken as words with gaps between them. Queries are shown by allow-list. Outside of them
//! the names of secrets are looked for, whatever their case, and tokens by how they begin.

mod escapes;
mod word;

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;

use self::word::{Awaited, is_ordinary};
use super::HIDDEN;

/// A part of a secret that is shorter than this gives nothing away, and may be a word.
const SHORTEST_PART: usize = 16;

/// A text of somebody else that is safe to print.
pub(crate) fn text(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { scan(text, word::safe) }
}

/// The same in place, which costs a text that holds no secret next to nothing.
pub(crate) fn make_safe(text: &mut String) {
    if !is_plain(text) {
        *text = scan(text, word::safe);
    }
}

/// Whether the text holds nothing by which a secret can be known: no mark behind a name, no escape, no
/// beginning of a token and no "bearer", whose letters `_` and `-` may part.
fn is_plain(text: &str) -> bool {
    const BEARER: &[u8] = b"bearer";
    let is_sign = |byte: &u8| matches!(byte, b':' | b'=' | b'%' | b'\\' | b'_' | b'-' | b'J');
    let is_bearer = |part: &[u8]| part.eq_ignore_ascii_case(BEARER);
    !text.as_bytes().iter().any(is_sign) && !text.as_bytes().windows(BEARER.len()).any(is_bearer)
}

/// The text in a field of JSON, safe to print: the name may say that it is a secret.
pub(crate) fn field(name: &str, value: &str) -> String {
    if word::is_secret(name) { HIDDEN.to_owned() } else { text(value) }
}

/// A text of somebody who was sent this secret and may send it back in any place.
pub(crate) fn without(said: &str, secret: &SecretString) -> String {
    let secret = secret.expose_secret().trim();
    if secret.is_empty() {
        return text(said);
    }
    // The signature of an assertion opens what the whole assertion does.
    let parts = secret.split('.').filter(|part| part.len() >= SHORTEST_PART);
    let safe = std::iter::once(secret).chain(parts).fold(said.to_owned(), |said, part| {
        let of_a_form: String = form_urlencoded::byte_serialize(part.as_bytes()).collect();
        let of_a_url = of_a_form.replace('+', "%20");
        said.replace(part, HIDDEN).replace(&of_a_form, HIDDEN).replace(&of_a_url, HIDDEN)
    });
    text(&safe)
}

/// Whether there is something to hide in a part of a URL.
pub(super) fn opens_a_door(part: &str) -> bool {
    word::plain(part) != part
}

/// Puts together what `safe` makes of each word; what comes after the name of a secret is hidden.
fn scan(text: &str, safe: fn(&str) -> Cow<'_, str>) -> String {
    let mut printed = String::with_capacity(text.len());
    let (mut rest, mut awaited) = (text, Awaited::Nothing);
    while !rest.is_empty() {
        let (gap, after) = rest.split_at(length(rest, |text, at, c| !is_break(text, at, c)));
        printed.push_str(gap);
        if awaited.is_value()
            && let Some(value) = quoted(gap, after)
        {
            printed.push_str(HIDDEN);
            (rest, awaited) = (&after[value..], Awaited::Nothing);
            continue;
        }
        let (word, after) = after.split_at(length(after, is_break));
        let (before, value) = awaited.value(word);
        printed.push_str(before);
        match value {
            Some(value) if awaited.is_strict() || !is_ordinary(value) => {
                printed.push_str(HIDDEN);
                awaited = Awaited::Nothing;
            }
            _ => {
                printed.push_str(&safe(&word[before.len()..]));
                awaited = awaited.after(word);
            }
        }
        rest = after;
    }
    printed
}

/// How far it is to the first character that is meant.
fn length(text: &str, meant: impl Fn(&str, usize, char) -> bool) -> usize {
    text.char_indices().find(|&(at, c)| meant(text, at, c)).map_or(text.len(), |(at, _)| at)
}

/// Whether a word ends here.
fn is_break(text: &str, at: usize, c: char) -> bool {
    match c {
        '\\' => !escapes::is_json_escape(&text[at..]),
        _ => c.is_whitespace() || "\"'<>`".contains(c),
    }
}

/// How long the value is that a quotation mark at the end of the gap opens. JSON within JSON has
/// backslashes before its marks, and what is in it has more of them.
fn quoted(gap: &str, after: &str) -> Option<usize> {
    let mark = gap.chars().next_back().filter(|c| "\"'`".contains(*c))?;
    let backslashes = |before: &str| before.len() - before.trim_end_matches('\\').len();
    let depth = backslashes(&gap[..gap.len() - mark.len_utf8()]);
    let mut marks = after.match_indices(mark).map(|(at, _)| &after[..at]);
    let value = marks.find(|value| backslashes(value) <= depth);
    Some(value.map_or(after, |value| value.trim_end_matches('\\')).len())
}

#[cfg(test)]
mod tests;
