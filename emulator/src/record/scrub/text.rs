//! Signatures and tokens in a text of any kind.

use super::REDACTED;

/// The parameters of a SAS URL that open the door or tell who may.
const PARAMETERS: [&str; 5] = ["sig", "skoid", "sktid", "saoid", "suoid"];

/// What parts a parameter from its value, and what ends the value beside [`ENDS`]: as it is, and
/// as it stands in a URL that is itself a parameter.
const FORMS: [(&str, &str); 2] = [("=", "&"), ("%3d", "%26")];

/// What no value of a URL's query holds.
const ENDS: [char; 11] = ['&', '"', '\'', '<', '>', '\\', ')', '(', ',', ';', '#'];

/// The text with the signatures of all SAS URLs in it replaced.
pub(super) fn without_signatures(text: &str) -> String {
    let mut text = text.to_owned();
    for parameter in PARAMETERS {
        for (equals, end) in FORMS {
            text = without_values(&text, &format!("{parameter}{equals}"), end);
        }
    }
    text
}

/// Replaces what follows each `key`, whatever its case, up to `end`.
fn without_values(text: &str, key: &str, end: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut clean = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(found) = lower[done..].find(key) {
        let value = done + found + key.len();
        let ends = |c: char| c.is_whitespace() || ENDS.contains(&c);
        let rest = &lower[value..];
        let length = [rest.find(ends), rest.find(end)].into_iter().flatten().min();
        clean.push_str(&text[done..value]);
        clean.push_str(REDACTED);
        done = value + length.unwrap_or(rest.len());
    }
    clean + &text[done..]
}

/// The text with everything replaced that is written like a JSON web token.
pub(super) fn without_tokens(text: &str) -> String {
    let in_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(in_token) {
        clean.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !in_token(c)).unwrap_or(rest.len());
        // Header and payload are JSON objects, which begin like this in base64.
        let word = &rest[..end];
        clean.push_str(if word.contains(".eyJ") { REDACTED } else { word });
        rest = &rest[end..];
    }
    clean + rest
}
