//! Queries, of which only what is known to be harmless stays.

use super::REDACTED;

/// The query parameters of the API.
const OF_API: [&str; 3] = ["pageSize", "continuationToken", "includeTargetingInfo"];

/// The parameters of a SAS URL that say what it gives, and open nothing.
const OF_SAS: [&str; 11] =
    ["sv", "se", "st", "sr", "sp", "spr", "rscd", "rsct", "rscc", "rsce", "rscl"];

/// What parts two pairs of a query: as it is, in HTML, and in JSON that was not parsed.
const SEPARATORS: [&str; 4] = ["&amp;", "&#38;", "\\u0026", "&"];

/// The longest name of a parameter that is taken for a name.
const LONGEST_NAME: usize = 32;

/// A path with its query, as it was asked for.
pub(super) fn path_and_query(text: &str) -> String {
    match text.split_once('?') {
        Some((path, asked)) => format!("{path}?{}", query(asked, &|name| OF_API.contains(&name))),
        None => text.to_owned(),
    }
}

/// The text with the queries, fragments and credentials of all URLs in it cleaned.
pub(super) fn in_text(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut clean = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(found) = lower[done..].find("://") {
        let scheme_end = done + found + "://".len();
        clean.push_str(&text[done..scheme_end]);
        let rest = &text[scheme_end..];
        let length = if is_web(&lower[..scheme_end]) { length(rest) } else { 0 };
        clean.push_str(&without_scheme(&rest[..length]));
        done = scheme_end + length;
    }
    clean + &text[done..]
}

fn is_web(before: &str) -> bool {
    before.ends_with("http://") || before.ends_with("https://")
}

/// How far a URL goes in a text.
fn length(text: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '`');
    let end = text.find(ends).unwrap_or(text.len());
    // A backslash ends it, unless it escapes what parts two pairs.
    let backslash = text[..end].match_indices('\\').map(|(place, _)| place);
    let mut ending = backslash.filter(|place| !text[*place..].starts_with("\\u0026"));
    ending.next().unwrap_or(end)
}

fn without_scheme(url: &str) -> String {
    let (url, fragment) = match url.split_once('#') {
        // The number of a character in HTML is no fragment.
        Some((before, _)) if !before.ends_with('&') => (before, format!("#{REDACTED}")),
        _ => (url, String::new()),
    };
    let (place, asked) = match url.split_once('?') {
        Some((place, asked)) => (place, Some(asked)),
        None => (url, None),
    };
    let authority = place.split('/').next().unwrap_or_default();
    let place = match authority.rsplit_once('@') {
        Some((user, _)) => format!("{REDACTED}{}", &place[user.len()..]),
        None => place.to_owned(),
    };
    let is_open = |name: &str| OF_SAS.contains(&name) || OF_API.contains(&name);
    match asked {
        Some(asked) => format!("{place}?{}{fragment}", query(asked, &is_open)),
        None => place + &fragment,
    }
}

fn query(mut rest: &str, is_open: &impl Fn(&str) -> bool) -> String {
    let mut clean = String::with_capacity(rest.len());
    loop {
        let separators = SEPARATORS.iter().filter_map(|sep| Some((rest.find(sep)?, *sep)));
        // Of two at one place the first is the longer one.
        let Some((end, separator)) = separators.min_by_key(|(place, _)| *place) else {
            return clean + &pair(rest, is_open);
        };
        clean.extend([&*pair(&rest[..end], is_open), separator]);
        rest = &rest[end + separator.len()..];
    }
}

fn pair(text: &str, is_open: &impl Fn(&str) -> bool) -> String {
    match text.split_once('=') {
        Some((name, _)) if is_open(name) => text.to_owned(),
        Some((name, _)) if is_name(name) => format!("{name}={REDACTED}"),
        _ if text.is_empty() => String::new(),
        _ => REDACTED.to_owned(),
    }
}

fn is_name(text: &str) -> bool {
    let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=LONGEST_NAME).contains(&text.len()) && text.chars().all(of_name)
}
