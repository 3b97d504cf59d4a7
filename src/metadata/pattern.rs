//! What a part of a hardware id is compared with.

use wildmatch::WildMatch;

use crate::model::OsCode;

/// A text to compare with, exactly or by wildcards. Case does not matter.
///
/// A plain text is compared exactly, for hardware ids may hold stars themselves:
///
/// ```
/// use hardware_dashboard::metadata::Pattern;
///
/// assert!(Pattern::from("*PNP0501").matches("*pnp0501"));
/// assert!(!Pattern::from("*PNP0501").matches(r"acpi\pnp0501"));
/// assert!(Pattern::glob("*PNP05??").matches(r"acpi\pnp0501"));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern(Repr);

#[derive(Clone, Debug, PartialEq)]
enum Repr {
    Exact(String),
    Glob(WildMatch),
}

impl Pattern {
    /// A pattern in which `*` stands for any characters and `?` for one. There is no way to write
    /// either of them literally; `\` is a letter like any other.
    #[must_use]
    pub fn glob(pattern: &str) -> Self {
        Self(Repr::Glob(WildMatch::new_case_insensitive(pattern)))
    }

    /// Whether the text fits.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        match &self.0 {
            Repr::Exact(exact) => is_same(exact, text),
            Repr::Glob(glob) => glob.matches(text),
        }
    }

    /// A pattern for OS codes, with friendly names understood.
    pub(super) fn of_os_code(self) -> Self {
        match self.0 {
            Repr::Exact(text) => Self(Repr::Exact(OsCode::from(text).as_str().to_owned())),
            glob => Self(glob),
        }
    }
}

fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
        || one.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase))
}

impl From<&str> for Pattern {
    fn from(text: &str) -> Self {
        Self(Repr::Exact(text.to_owned()))
    }
}

impl From<String> for Pattern {
    fn from(text: String) -> Self {
        Self(Repr::Exact(text))
    }
}

impl From<&OsCode> for Pattern {
    fn from(code: &OsCode) -> Self {
        code.as_str().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_matter_and_a_backslash_is_a_letter() {
        for (pattern, text, fits) in [
            (Pattern::from("Echo.INF"), "echo.inf", true),
            (Pattern::from("Übung.inf"), "ÜBUNG.INF", true),
            (Pattern::from("echo"), "echo.inf", false),
            (Pattern::from("*.inf"), "echo.inf", false),
            (Pattern::glob("*.INF"), "echo.inf", true),
            (Pattern::glob(r"usb\vid_*&pid_000?"), r"USB\VID_1209&PID_0001", true),
            (Pattern::glob(r"usb\vid_*&pid_000?"), r"USB\VID_1209&PID_0010", false),
            (Pattern::glob("{ab[c]}"), "{AB[C]}", true),
            (Pattern::glob("*"), "", true),
            (Pattern::glob(""), "a", false),
        ] {
            assert_eq!(pattern.matches(text), fits, "{pattern:?} and {text}");
        }
    }
}
