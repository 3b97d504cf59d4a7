//! The search for what must never be seen, in every form in which it could be printed.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::printed::Logs;

/// What the secrets of the tests begin with. A backtrace names modules, so it is none of their names.
pub(crate) const CANARY: &str = "kestrel";

/// A part of a key or an assertion of this length stands nowhere by chance.
pub(crate) const PART: usize = 16;

/// Looks through all that is printed by a test, and counts it.
#[derive(Debug)]
pub(crate) struct Search {
    logs: Logs,
    /// All in small letters.
    watched: Vec<String>,
    texts: usize,
    bytes: usize,
    /// Whether the crates that see the most have logged something.
    heard: [bool; 2],
}

impl Search {
    pub(crate) fn start() -> Self {
        let mut watched = vec![CANARY.to_owned()];
        // Base64 looks different at each of three places.
        for before in 0..3 {
            let encoded = STANDARD.encode("~~"[..before].to_owned() + CANARY);
            let (start, end) = ((before * 4).div_ceil(3), (before + CANARY.len()) * 4 / 3);
            watched.push(encoded[start..end].to_lowercase());
        }
        Self { logs: Logs::capture(), watched, texts: 0, bytes: 0, heard: [false; 2] }
    }

    /// Looks for this text, too.
    pub(crate) fn watch(&mut self, secret: &str) {
        self.watched.push(secret.to_lowercase());
    }

    /// Goes through what was seen and logged since the last time. A token that somebody else was
    /// sent meanwhile is looked for part by part.
    #[track_caller]
    pub(crate) fn look(&mut self, at: &str, sent: &[String], seen: Vec<String>) {
        let found = self.find(sent, seen);
        assert!(found.is_none(), "{at}:\n{}", found.unwrap_or_default());
    }

    /// Some lines around the first that was found.
    pub(crate) fn find(&mut self, sent: &[String], mut seen: Vec<String>) -> Option<String> {
        let logged = self.logs.take();
        for (heard, name) in self.heard.iter_mut().zip(["hyper", "hardware_dashboard"]) {
            *heard |= logged.contains(name);
        }
        seen.push(logged);
        let parts = sent.iter().flat_map(|token| token.split('.')).filter(|it| it.len() >= PART);
        let parts: Vec<_> = parts.map(str::to_lowercase).collect();
        self.texts += seen.len();
        self.bytes += seen.iter().map(String::len).sum::<usize>();
        seen.into_iter().map(|text| text.to_lowercase()).find_map(|text| {
            let mut places = self.watched.iter().chain(&parts).filter_map(|it| text.find(it));
            places.next().or_else(|| signature(&text)).map(|place| around(&text, place))
        })
    }

    /// Whether connections were among what was logged, whose crates see every URL.
    pub(crate) fn heard_connections(&self) -> bool {
        self.heard[0]
    }

    /// What was looked through.
    pub(crate) fn end(self) -> String {
        assert_eq!(self.heard, [true; 2], "nothing was logged");
        format!(
            "{} texts and logs of {} bytes, {} forms of secrets",
            self.texts,
            self.bytes,
            self.watched.len()
        )
    }
}

/// Where a URL shows a signature, whoever has made it.
fn signature(text: &str) -> Option<usize> {
    ["sig=", "sig%3d"].iter().find_map(|name| {
        let mut shown = text.match_indices(name);
        let shown = shown.find(|(place, _)| !text[place + name.len()..].starts_with("redacted"));
        shown.map(|(place, _)| place)
    })
}

/// Some lines around a place.
fn around(text: &str, place: usize) -> String {
    let line = text[..place].lines().count();
    let lines: Vec<_> = text.lines().skip(line.saturating_sub(3)).take(6).collect();
    lines.join("\n")
}
