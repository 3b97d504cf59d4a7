//! Signatures and tokens in a text of any kind.

use super::REDACTED;

/// The parameters of a SAS URL that open the door or tell who may.
const PARAMETERS: [&str; 5] = ["sig", "skoid", "sktid", "saoid", "suoid"];

/// What no value of a URL's query holds.
const ENDS: [char; 11] = ['&', '"', '\'', '<', '>', '\\', ')', '(', ',', ';', '#'];

/// The text with the signatures of all SAS URLs in it replaced: also where the URL is relative,
/// or is itself a parameter. Of whole URLs [`super::url`] leaves nothing else that is secret.
pub(super) fn without_signatures(text: &str) -> String {
    PARAMETERS.into_iter().fold(text.to_owned(), |text, name| without_values(&text, name))
}

/// Replaces what follows each `name=`, whatever its case and its escapes.
fn without_values(text: &str, name: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut clean = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(found) = lower[done..].find(name) {
        let after = done + found + name.len();
        let value = after + equals(&lower[after..]);
        clean.push_str(&text[done..value]);
        done = value;
        if value > after {
            clean.push_str(REDACTED);
            done += value_length(&lower[value..]);
        }
    }
    clean + &text[done..]
}

/// The length of the equals sign that a text in lower case begins with; 0 if it does not.
fn equals(text: &str) -> usize {
    let written = ["=", "\\u003d", "&#61;", "&#x3d;"];
    let written = written.iter().find(|written| text.starts_with(**written));
    written.map_or_else(|| escape(text, "3d"), |written| written.len())
}

/// How long the value is that a text in lower case begins with.
fn value_length(text: &str) -> usize {
    let mut places = text.char_indices();
    let ends = |(place, c): &(usize, char)| {
        c.is_whitespace() || ENDS.contains(c) || escape(&text[*place..], "26") > 0
    };
    places.find(ends).map_or(text.len(), |(place, _)| place)
}

/// The length of a percent escape at the beginning of a text, itself escaped any number of times:
/// `%3d`, `%253d`, …; 0 if there is none.
fn escape(text: &str, digits: &str) -> usize {
    let Some(mut rest) = text.strip_prefix('%') else { return 0 };
    while let Some(inner) = rest.strip_prefix("25") {
        rest = inner;
    }
    rest.strip_prefix(digits).map_or(0, |after| text.len() - after.len())
}

/// The text with everything replaced that is written like a JSON web token, signed or encrypted.
pub(super) fn without_tokens(text: &str) -> String {
    let in_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(in_token) {
        clean.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !in_token(c)).unwrap_or(rest.len());
        let word = &rest[..end];
        clean.push_str(if is_token(word) { REDACTED } else { word });
        rest = &rest[end..];
    }
    clean + rest
}

/// The header is a JSON object, which begins like this in base64, and so is a signed payload.
fn is_token(word: &str) -> bool {
    word.contains(".eyJ") || word.starts_with("eyJ") && word.matches('.').count() >= 2
}
