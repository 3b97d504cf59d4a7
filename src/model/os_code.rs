//! Codes of operating systems.

mod architecture;
mod closest;
mod known;

use std::{borrow::Cow, convert::Infallible, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

pub use self::architecture::Architecture;
use self::known::{KNOWN, SAME_CODES};

/// The code of an operating system, such as `WINDOWS_v100_X64_GE_FULL`.
///
/// The list grows with every Windows release and the service does not publish it through the API, so
/// every text is taken, and a code that this version [does not know](Self::is_known) is no error: at
/// most, something may warn about it and name the [closest](Self::closest) one.
///
/// People may write a friendly name instead: `win10-1809-x86`, `win11-24h2-x64`,
/// `server-2025-arm64`. [`FromStr`] and `From<&str>` make a known friendly name the code that it
/// stands for. Any other text stays as it is, one that only looks like a friendly name too: which
/// release comes next is not for us to say. What the service sends is never changed.
///
/// ```
/// use hardware_dashboard::model::{Architecture, OsCode};
///
/// let code = OsCode::from("win11-24h2-x64");
/// assert_eq!(code.as_str(), "WINDOWS_v100_X64_GE_FULL");
/// assert_eq!(code.release(), Some("GE"));
/// assert_eq!(code.architecture(), Some(Architecture::X64));
/// assert!(code.is_known() && code.supports_attestation());
///
/// let misspelt = OsCode::from("WINDOWS_v100_X64_EG_FULL");
/// assert_eq!(misspelt.closest(), Some(code));
///
/// let server = OsCode::from_friendly("server-2025-arm64").expect("a known name");
/// assert!(server.is_server() && !server.supports_attestation());
/// assert_eq!(server.friendly_name(), Some("server-2025-arm64"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OsCode(Cow<'static, str>);

impl OsCode {
    /// The codes that this version knows, from the oldest release of Windows to the newest.
    ///
    /// ```
    /// use hardware_dashboard::model::OsCode;
    ///
    /// for code in OsCode::known().filter(OsCode::supports_attestation) {
    ///     println!("{code}  {}", code.friendly_name().unwrap_or_default());
    /// }
    /// ```
    pub fn known() -> impl Iterator<Item = Self> {
        KNOWN.iter().map(|(code, _)| Self(Cow::Borrowed(code)))
    }

    /// The code that a friendly name such as `win11-24h2-x64` stands for. Case does not matter, and
    /// `amd64` is another word for `x64`.
    ///
    /// Releases that share their codes with an earlier one are understood: `win10-22h2-x64` is the
    /// code of Windows 10 2004.
    #[must_use]
    pub fn from_friendly(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        let (release, architecture) = name.rsplit_once('-')?;
        let architecture = if architecture == "amd64" { "x64" } else { architecture };
        let same = SAME_CODES.iter().find(|(later, _)| *later == release);
        let release = same.map_or(release, |(_, earlier)| earlier);
        let name = format!("{release}-{architecture}");
        let (code, _) = KNOWN.iter().find(|(_, friendly)| *friendly == name)?;
        Some(Self(Cow::Borrowed(code)))
    }

    /// The friendly name of a known code, such as `win11-24h2-x64`.
    #[must_use]
    pub fn friendly_name(&self) -> Option<&'static str> {
        KNOWN.iter().find(|(code, _)| *code == self.0).map(|(_, name)| *name)
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this version knows the code. One that it does not know may be right all the same.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.friendly_name().is_some()
    }

    /// The known code that was probably meant; `None` when the code is known, or when nothing like it
    /// is.
    #[must_use]
    pub fn closest(&self) -> Option<Self> {
        if self.is_known() {
            return None;
        }
        closest::closest(&self.0).map(|code| Self(Cow::Borrowed(code)))
    }

    /// The release of Windows 10 and later as the code has it, such as `RS5` or `GE`; `None` for
    /// earlier systems, whose codes have no such part, and for texts that are no codes.
    #[must_use]
    pub fn release(&self) -> Option<&str> {
        Some(self.windows_10()?.1)
    }

    /// The architecture; `None` for one that this version does not know, and for texts that are no
    /// codes.
    #[must_use]
    pub fn architecture(&self) -> Option<Architecture> {
        if let Some((system, _)) = self.windows_10() {
            let part = strip_prefix(system, "SERVER").unwrap_or(system).trim_start_matches('_');
            let is_x86 = part.is_empty();
            return if is_x86 { Some(Architecture::X86) } else { Architecture::from_part(part) };
        }
        let (_, part) = self.0.rsplit_once('_').filter(|_| self.is_known())?;
        Some(Architecture::from_part(part).unwrap_or(Architecture::X86))
    }

    /// Whether this is the code of a server.
    #[must_use]
    pub fn is_server(&self) -> bool {
        // The one server whose code does not say so.
        let is_server_2003 = |part: &str| part == "2003";
        self.0.split('_').any(|part| part.eq_ignore_ascii_case("SERVER") || is_server_2003(part))
    }

    /// Whether attestation signing can serve this system: Windows 10 and later, and no server.
    ///
    /// The service accepts the commit of such a submission for a server, and fails it hours later. A
    /// code that this version does not know gets the benefit of the doubt.
    #[must_use]
    pub fn supports_attestation(&self) -> bool {
        !self.is_server() && !self.is_before_windows_10()
    }

    /// The code as the service writes it, whatever it is.
    pub(crate) fn verbatim(code: &str) -> Self {
        Self(Cow::Owned(code.to_owned()))
    }

    /// What a code of Windows 10 and later says before its release, and the release.
    fn windows_10(&self) -> Option<(&str, &str)> {
        let inner = strip_prefix(&self.0, WINDOWS_10)?;
        let (inner, full) = inner.rsplit_once('_')?;
        let (system, release) = inner.rsplit_once('_').unwrap_or(("", inner));
        (full.eq_ignore_ascii_case("FULL") && !release.is_empty()).then_some((system, release))
    }

    /// Whether this is known to be a system before Windows 10 and Windows Server 2016.
    pub(crate) fn is_before_windows_10(&self) -> bool {
        self.is_known() && strip_prefix(&self.0, WINDOWS_10).is_none()
    }
}

const WINDOWS_10: &str = "WINDOWS_v100_";

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

impl From<&str> for OsCode {
    /// A known friendly name becomes its code, and a known code is brought into its usual spelling;
    /// any other text stays as it is.
    fn from(text: &str) -> Self {
        let text = text.trim();
        let known = Self::known().find(|code| code.0.eq_ignore_ascii_case(text));
        known.or_else(|| Self::from_friendly(text)).unwrap_or_else(|| Self::verbatim(text))
    }
}

impl From<String> for OsCode {
    fn from(code: String) -> Self {
        code.as_str().into()
    }
}

impl FromStr for OsCode {
    type Err = Infallible;

    fn from_str(code: &str) -> Result<Self, Infallible> {
        Ok(code.into())
    }
}

impl fmt::Display for OsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for OsCode {
    fn schema_name() -> Cow<'static, str> {
        "OsCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let examples: Vec<_> = KNOWN.iter().map(|(code, _)| code).collect();
        json_schema!({ "type": "string", "examples": examples })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn code(text: &str) -> OsCode {
        serde_json::from_value(text.into()).unwrap()
    }

    #[test]
    fn all_codes_of_the_documentation_are_known_each_with_a_name_of_its_own() {
        let codes: BTreeSet<_> = OsCode::known().collect();
        let names: BTreeSet<_> = codes.iter().filter_map(OsCode::friendly_name).collect();
        assert_eq!((KNOWN.len(), codes.len(), names.len()), (71, 71, 71));
        assert_eq!(codes.iter().filter(|code| code.release().is_some()).count(), 41);
    }

    #[test]
    fn a_friendly_name_says_the_same_as_its_code() {
        for known in OsCode::known() {
            let name = known.friendly_name().unwrap();
            assert_eq!(OsCode::from(name), known, "{name}");
            assert_eq!(OsCode::from(name.to_uppercase().as_str()), known, "{name}");
            assert_eq!(name.starts_with("server-") || name == "home-server-x86", known.is_server());
            let (_, architecture) = name.rsplit_once('-').unwrap();
            assert_eq!(known.architecture().map(Architecture::as_str), Some(architecture));
            assert_eq!(known.closest(), None, "{known} is right as it is");
        }
    }

    #[test]
    fn people_write_codes_in_other_ways() {
        for (text, expected) in [
            ("win11-24h2-x64", "WINDOWS_v100_X64_GE_FULL"),
            ("Server-2025-ARM64", "WINDOWS_v100_SERVER_ARM64_GE_FULL"),
            ("server-2022-x64", "WINDOWS_v100_SERVER_X64_FE_FULL"),
            ("win10-1809-x86", "WINDOWS_v100_RS5_FULL"),
            ("win10-22h2-amd64", "WINDOWS_v100_X64_VB_FULL"),
            ("win11-23h2-arm64", "WINDOWS_v100_ARM64_NI_FULL"),
            ("win81-x64", "WINDOWS_v63_X64"),
            (" windows_V100_x64_ge_full ", "WINDOWS_v100_X64_GE_FULL"),
            // Unknown, whatever it looks like.
            ("win12-27h2-x64", "win12-27h2-x64"),
            ("win10-24h2-x64", "win10-24h2-x64"),
            ("WINDOWS_v100_X64_27H2_FULL", "WINDOWS_v100_X64_27H2_FULL"),
            ("-", "-"),
            ("", ""),
        ] {
            assert_eq!(OsCode::from(text).as_str(), expected, "{text}");
        }
    }

    #[test]
    fn what_the_service_sends_is_kept_as_it_is() {
        for text in ["win11-24h2-x64", "windows_v100_x64_ge_full", "WINDOWS_v200_X64_A_FULL", ""] {
            assert_eq!(serde_json::to_value(code(text)).unwrap(), text);
        }
    }

    #[test]
    fn an_unknown_code_is_read_as_far_as_it_goes() {
        let next = code("WINDOWS_v100_SERVER_ARM64_27H2_FULL");
        assert!(!next.is_known() && next.is_server());
        assert_eq!(
            (next.release(), next.architecture()),
            (Some("27H2"), Some(Architecture::Arm64))
        );
        assert_eq!(code("WINDOWS_v100_RISCV_27H2_FULL").architecture(), None);
        assert_eq!(code("WINDOWS_v100_27H2_FULL").architecture(), Some(Architecture::X86));
        for odd in
            ["", "linux", "WINDOWS_v100_", "WINDOWS_v100_FULL", "WINDOWS_v100__FULL", "ÄÄÄÄÄ"]
        {
            assert_eq!((code(odd).release(), code(odd).architecture()), (None, None), "{odd}");
        }
    }

    #[test]
    fn attestation_is_for_clients_of_windows_10_and_later() {
        for (text, supported) in [
            ("WINDOWS_v100_X64_GE_FULL", true),
            ("WINDOWS_v100_TH1_FULL", true),
            ("WINDOWS_v100_X64_27H2_FULL", true),
            ("something new", true),
            ("WINDOWS_v100_SERVER_X64_GE_FULL", false),
            ("WINDOWS_v100_SERVER_X64_27H2_FULL", false),
            ("WINDOWS_2003_X64", false),
            ("WINDOWS_8_SERVER_X64", false),
            ("WINDOWS_7_X64", false),
            ("WINDOWS_v63", false),
        ] {
            assert_eq!(code(text).supports_attestation(), supported, "{text}");
        }
    }
}
