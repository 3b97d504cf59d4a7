//! Codes of operating systems and their families.

/// Codes before Windows 10, without their prefix `WINDOWS_`.
const EARLIER: [&str; 30] = [
    "ME",
    "98",
    "2000",
    "NT40",
    "XP",
    "XP_IA64",
    "XP_X64",
    "XP_MEDIA_CENTER",
    "2003",
    "2003_IA64",
    "2003_X64",
    "VISTA",
    "VISTA_X64",
    "2008_SERVER",
    "2008_SERVER_IA64",
    "2008_SERVER_X64",
    "HOME_SERVER",
    "7",
    "7_X64",
    "2008_SERVER_R2_IA64",
    "2008_SERVER_R2_X64",
    "SERVER_SOLUTIONS_X64",
    "8",
    "8_X64",
    "8_ARM",
    "8_SERVER_X64",
    "v63",
    "v63_X64",
    "v63_ARM",
    "v63_SERVER_X64",
];

/// Windows 10 and later: the release, and for which of client x86, x64, ARM64 and server x64,
/// ARM64 there is a code.
const RELEASES: [(&str, [bool; 5]); 15] = [
    ("TH1", [true, true, false, true, false]),
    ("TH2", [true, true, false, true, false]),
    ("RS1", [true, true, false, true, false]),
    ("RS2", [true, true, false, false, false]),
    ("RS3", [true, true, true, false, false]),
    ("RS4", [true, true, true, false, false]),
    ("RS5", [true, true, true, true, false]),
    ("19H1", [true, true, true, false, false]),
    ("VB", [true, true, true, false, false]),
    ("FE", [false, false, false, true, true]),
    ("CO", [false, true, true, false, false]),
    ("NI", [false, true, true, false, false]),
    ("GE", [false, true, true, true, true]),
    ("25H2", [false, true, true, false, false]),
    ("26H1", [false, true, true, false, false]),
];

/// What stands between the prefix and the release, in the order of [`RELEASES`].
const KINDS: [&str; 5] = ["", "X64_", "ARM64_", "SERVER_X64_", "SERVER_ARM64_"];

const FAMILIES: [&str; 34] = [
    "WindowsMe",
    "Windows2000",
    "Windows98",
    "WindowsNT40",
    "WindowsXP",
    "WindowsServer2003",
    "WindowsVista",
    "Windows2008Server",
    "WindowsHomeServer",
    "Windows7",
    "Windows2008ServerR2",
    "WindowsServerSolutions",
    "Windows8",
    "Windows8Server",
    "Windows81",
    "Windows81Server",
    "Windows_v100",
    "Windows_v100Server",
    "Windows_v100_RS1",
    "Windows_v100_RS2",
    "Windows_v100_RS3",
    "Windows_v100_RS4",
    "Windows_v100_RS5",
    "Windows_v100_19H1",
    "Windows_v100_VB",
    "Windows_v100_CO",
    "Windows_v100_NI",
    "Windows_v100_GE",
    "Windows_v100Server_RS1",
    "Windows_v100Server_RS2",
    "Windows_v100Server_RS3",
    "Windows_v100Server_RS5",
    "Windows_v100Server_FE",
    "Windows_v100Server_GE",
];

/// Whether signatures can be asked for this code.
pub(crate) fn is_os_code(code: &str) -> bool {
    let Some(rest) = code.strip_prefix("WINDOWS_") else { return false };
    match rest.strip_prefix("v100_").and_then(|rest| rest.strip_suffix("_FULL")) {
        Some(rest) => RELEASES.iter().any(|(release, exists)| {
            KINDS.iter().zip(exists).any(|(kind, exists)| {
                *exists && rest.strip_prefix(kind).is_some_and(|rest| rest == *release)
            })
        }),
        None => EARLIER.contains(&rest),
    }
}

/// Whether the code is one of Windows 10 or later.
pub(crate) fn is_windows_10(code: &str) -> bool {
    code.starts_with("WINDOWS_v100_")
}

/// Whether the code is one of a server.
pub(crate) fn is_server(code: &str) -> bool {
    code.contains("SERVER")
}

/// Whether product types can be given for this family.
pub(crate) fn is_family(code: &str) -> bool {
    FAMILIES.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_carry_an_architecture_but_for_x86() {
        for code in [
            "WINDOWS_v100_RS5_FULL",
            "WINDOWS_v100_X64_GE_FULL",
            "WINDOWS_v100_SERVER_ARM64_FE_FULL",
            "WINDOWS_7_X64",
            "WINDOWS_v63_ARM",
        ] {
            assert!(is_os_code(code), "{code}");
        }
        for code in [
            "WINDOWS_v100_X86_RS5_FULL",
            "WINDOWS_v100_CO_FULL",
            "WINDOWS_v100_X64_GE",
            "WINDOWS_v100_SERVER_X64_CO_FULL",
            "windows_7_x64",
            "",
        ] {
            assert!(!is_os_code(code), "{code}");
        }
    }
}
