//! What is wrong in the configuration file. Never says a value: it may be a secret.

use std::path::Path;

use crate::failure::Failure;

/// Less alike than this is another word.
const ALIKE: f64 = 0.8;

/// One thing that is wrong, and what to do.
#[derive(Debug)]
pub(super) struct Fault {
    /// The line, counted from 1.
    pub(super) line: usize,
    pub(super) message: String,
    pub(super) hint: String,
}

impl Fault {
    pub(super) fn in_file(self, path: &Path) -> Failure {
        let message = format!("{}, line {}: {}", path.display(), self.line, self.message);
        Failure::input(message, self.hint)
    }
}

/// The line in which the byte stands.
pub(super) fn line(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|byte| *byte == b'\n').count() + 1
}

/// The word that was probably meant.
pub(super) fn closest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = plain(word);
    let alike = known.map(|name| (strsim::jaro_winkler(&word, &plain(name)), name));
    let best = alike.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
    (best.0 >= ALIKE).then_some(best.1)
}

/// In one spelling: other tools write `tenantId` or `tenant_id`.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_spelling_and_a_slip_are_told_from_another_word() {
        let known = ["tenant-id", "client-id", "api-url"];
        for (word, meant) in [
            ("tenantId", Some("tenant-id")),
            ("TENANT_ID", Some("tenant-id")),
            ("cleint-id", Some("client-id")),
            ("colour", None),
        ] {
            assert_eq!(closest(word, known.into_iter()), meant, "{word}");
        }
    }

    #[test]
    fn lines_are_counted_from_one() {
        assert_eq!([0, 1, 2, 3].map(|byte| line("a\nb\n", byte)), [1, 1, 2, 2]);
    }
}
