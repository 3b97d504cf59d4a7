//! What GitHub Actions shows beside the log.

use std::{
    env,
    fs::OpenOptions,
    io::{self, Write},
};

use super::printable;

/// Whether the program runs on GitHub Actions.
fn is_here() -> bool {
    env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true")
}

/// Marks the run with an annotation. The runner reads those from stderr as well, so that stdout
/// stays data.
pub(super) fn annotate(level: &str, message: &str, hint: Option<&str>) {
    if is_here() {
        let _ = writeln!(io::stderr(), "{}", annotation(level, message, hint));
    }
}

fn annotation(level: &str, message: &str, hint: Option<&str>) -> String {
    let message = printable(message);
    let text = match hint {
        Some(hint) => format!("{message}\nhint: {}", printable(hint)),
        None => message,
    };
    format!("::{level} title=hwdash::{}", escaped(&text))
}

/// As the runner undoes it.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A line that the runner does not take for a command: what the service says could look like one.
pub(super) fn defused(line: &str) -> String {
    if !is_here() { line.to_owned() } else { without_commands(line) }
}

fn without_commands(line: &str) -> String {
    let line = line.replace("##[", "#\u{FFFD}[");
    match line.trim_start().strip_prefix("::") {
        Some(rest) => format!("\u{FFFD}:{rest}"),
        None => line,
    }
}

/// Adds to the summary of the step, where there is one. That it cannot be written is no reason to
/// fail.
pub(super) fn summarise(markdown: &str) {
    let Some(file) = env::var_os("GITHUB_STEP_SUMMARY").filter(|_| is_here()) else { return };
    if let Ok(mut file) = OpenOptions::new().append(true).create(true).open(file) {
        let _ = writeln!(file, "{markdown}");
    }
}

/// A text that Markdown takes as it is.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in printable(text).chars() {
        match c {
            '<' => plain.push_str("&lt;"),
            '&' => plain.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' => plain.extend(['\\', c]),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_is_one_line_and_the_runner_undoes_it() {
        assert_eq!(
            annotation("error", "100% of :: it\n::stop-commands::x", Some("Try again.")),
            "::error title=hwdash::100%25 of :: it\u{FFFD}::stop-commands::x%0Ahint: Try again."
        );
    }

    #[test]
    fn the_service_gives_the_runner_no_commands() {
        for line in ["::add-mask::x", "  ::set-env name=A::b", "x ##[error] y"] {
            let shown = without_commands(line);
            assert!(!shown.trim_start().starts_with("::") && !shown.contains("##["), "{shown}");
        }
        assert_eq!(without_commands("a::b # c"), "a::b # c");
    }

    #[test]
    fn markdown_shows_what_was_said() {
        assert_eq!(plain("a|b <c> `d` *e*"), r"a\|b &lt;c> \`d\` \*e\*");
    }
}
