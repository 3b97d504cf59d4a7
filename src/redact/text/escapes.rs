//! Escapes that a secret can hide behind.

/// How many kinds of escapes may lie upon each other. Repeated ones of one kind count as one.
const DEEPEST: usize = 8;

/// Whether the text begins as JSON writes a character such as `&`: `\u0026`.
pub(super) fn is_json_escape(text: &str) -> bool {
    json_escape(text.as_bytes()).is_some()
}

/// The word behind its escapes, however often it was escaped; `None` when there are none.
pub(super) fn decoded(word: &str) -> Option<String> {
    let mut found = None;
    for _ in 0..DEEPEST {
        let Some(next) = decoded_once(found.as_deref().unwrap_or(word)) else { break };
        found = Some(next);
    }
    found
}

fn decoded_once(word: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::with_capacity(word.len()), word.as_bytes());
    while let Some((first, others)) = rest.split_first() {
        let escape = percent_escape(rest).or_else(|| json_escape(rest));
        let (byte, after) = escape.unwrap_or((*first, others));
        bytes.push(byte);
        rest = after;
    }
    (bytes.len() < word.len()).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

/// `%26`, and `%2526` and so on, which is the same escaped again.
fn percent_escape(text: &[u8]) -> Option<(u8, &[u8])> {
    let mut digits = text.strip_prefix(b"%")?;
    while let Some(inner) = digits.strip_prefix(b"25")
        && hexadecimal(inner).is_some()
    {
        digits = inner;
    }
    hexadecimal(digits)
}

fn json_escape(text: &[u8]) -> Option<(u8, &[u8])> {
    hexadecimal(text.strip_prefix(b"\\u00")?)
}

fn hexadecimal(text: &[u8]) -> Option<(u8, &[u8])> {
    let (digits, rest) = text.split_at_checked(2)?;
    let digits = str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'))?;
    Some((u8::from_str_radix(digits, 16).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_however_often_they_were_made() {
        for (word, behind) in [
            ("a%3Db", Some("a=b")),
            ("a%3db%26", Some("a=b&")),
            ("a%253Db", Some("a=b")),
            ("a%2525253Db", Some("a=b")),
            ("%25%33%44", Some("=")),
            (r"a\u003db", Some("a=b")),
            ("100%", None),
            ("%+1", None),
            ("%é", None),
            ("50%25", Some("50%")),
        ] {
            assert_eq!(decoded(word).as_deref(), behind, "{word}");
        }
    }
}
