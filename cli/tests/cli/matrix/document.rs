//! What a command has printed in all its runs, as one text.

use std::{fmt::Write as _, process::Output};

use crate::hwdash::{FILTERS, shown};

/// A long output is shown by its beginning.
const LINES: usize = 60;

/// Packages and answers bear the time at which they were made, and half files a name of chance.
const MORE_FILTERS: &[(&str, &str)] = &[
    (r" in \d+s: ", " in PAUSE: "),
    (r"\b[0-9a-f]{32}\b", "MD5"),
    (r#"("crc64": ?)"[0-9a-f]{16}""#, "${1}\"CRC64\""),
    (r"\b0x[0-9A-F]{11}\b", "ETAG"),
    (r"\.\w{6}\.part\b", ".RANDOM.part"),
];

#[derive(Debug, Default)]
pub(super) struct Document {
    text: String,
    /// What the run before this one has printed.
    last: String,
}

impl Document {
    pub(super) fn add(&mut self, title: &str, line: &str, output: &Output) {
        let shown = shortened(&shown(output));
        let told = if shown == self.last { "the same\n" } else { &shown };
        write!(self.text, "===== {title} =====\n$ hwdash {line}\n{told}\n").unwrap();
        self.last = shown;
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self { text: self.text + &other.text, ..other }
    }

    pub(super) fn compare(&self, name: &str) {
        insta::with_settings!({
            filters => [FILTERS, MORE_FILTERS].concat(),
            omit_expression => true,
            prepend_module_to_snapshot => false,
        }, {
            insta::assert_snapshot!(name, self.text);
        });
    }
}

fn shortened(told: &str) -> String {
    let mut lines: Vec<_> = told.lines().collect();
    // How often it looked before something was new is chance.
    lines.dedup_by(|a, b| a == b && a.starts_with(r#"{"event":"waiting""#));
    let more = if lines.len() > LINES { "… and more\n" } else { "" };
    lines.truncate(LINES);
    lines.join("\n") + "\n" + more
}
