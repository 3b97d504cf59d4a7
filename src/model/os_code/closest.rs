//! Which known code was probably meant.

use super::known::KNOWN;

/// How far a text may be from the code that it is taken for.
const LIMIT: usize = 4;

/// Writing something that does not belong there is worse than leaving something out.
const UNWANTED: usize = 2;

/// The one known code that a text is closest to, by the code or by its friendly name; `None` when
/// there is none, or more than one.
pub(super) fn closest(text: &str) -> Option<&'static str> {
    let text = text.to_ascii_uppercase();
    let text = parts(&text);
    let distance = |known: &str| distance(&text, &parts(&known.to_ascii_uppercase()));
    let far = KNOWN.iter().map(|(code, name)| (distance(code).min(distance(name)), *code));
    let (least, code) = far.clone().min()?;
    let is_only_one = far.filter(|(distance, _)| *distance == least).count() == 1;
    (least <= LIMIT && is_only_one).then_some(code)
}

/// Without `X86`, which codes do not say and people do.
fn parts(text: &str) -> Vec<&str> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.');
    parts.filter(|part| !part.is_empty() && *part != "X86").collect()
}

/// Parts that both have cost nothing, wherever they stand; the rest is compared letter by letter.
fn distance(text: &[&str], known: &[&str]) -> usize {
    let only = |of: &[&str], other: &[&str]| -> Vec<String> {
        of.iter().filter(|part| !other.contains(part)).map(|part| (*part).to_owned()).collect()
    };
    let (unwanted, missing) = (only(text, known), only(known, text));
    strsim::osa_distance(&unwanted.join("_"), &missing.join("_")) + UNWANTED * unwanted.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_that_was_meant_is_found() {
        for (text, meant) in [
            ("WINDOWS_v100_X64_EG_FULL", "WINDOWS_v100_X64_GE_FULL"),
            ("WINDOWS_v100_GE_X64_FULL", "WINDOWS_v100_X64_GE_FULL"),
            ("WINDOWS_v100_X64_GE", "WINDOWS_v100_X64_GE_FULL"),
            ("WINDOW_v100_ARM64_CO_FULL", "WINDOWS_v100_ARM64_CO_FULL"),
            ("WINDOWS_v10_X64_CO_FULL", "WINDOWS_v100_X64_CO_FULL"),
            ("WINDOWS-v100-x64-ge-full", "WINDOWS_v100_X64_GE_FULL"),
            ("WINDOWS_v100_SEVER_X64_GE_FULL", "WINDOWS_v100_SERVER_X64_GE_FULL"),
            // x86 has no part of its own, and Windows 11 has no x86.
            ("WINDOWS_v100_X86_RS5_FULL", "WINDOWS_v100_RS5_FULL"),
            ("WINDOWS_v100_X86_GE_FULL", "WINDOWS_v100_X64_GE_FULL"),
            ("WINDOWS_v100_GE_FULL", "WINDOWS_v100_X64_GE_FULL"),
            ("WINDOWS_7_X46", "WINDOWS_7_X64"),
            ("win11-24h2-x46", "WINDOWS_v100_X64_GE_FULL"),
            ("win11-24h2", "WINDOWS_v100_X64_GE_FULL"),
            ("server2025-arm64", "WINDOWS_v100_SERVER_ARM64_GE_FULL"),
        ] {
            assert_eq!(closest(text), Some(meant), "{text}");
        }
    }

    #[test]
    fn nothing_is_guessed_where_much_is_wrong_or_several_codes_fit() {
        for text in ["", "linux", "WINDOWS_v100_X64_ZZ_FULL", "WINDOWS", "win12-27h2-x64"] {
            assert_eq!(closest(text), None, "{text}");
        }
    }
}
