//! Operating systems: as the service's codes name them, and as INFs target them.

/// A processor architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Architecture {
    X86,
    X64,
    Ia64,
    Arm,
    Arm64,
}

/// Major and minor version, and build.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Version(u32, u32, u32);

/// The builds of the releases that codes of Windows 10 and later name.
const RELEASES: [(&str, u32); 16] = [
    ("TH1", 10240),
    ("TH2", 10586),
    ("RS1", 14393),
    ("RS2", 15063),
    ("RS3", 16299),
    ("RS4", 17134),
    ("RS5", 17763),
    ("19H1", 18362),
    ("VB", 19041),
    ("MN", 19042),
    ("FE", 20348),
    ("CO", 22000),
    ("NI", 22621),
    ("GE", 26100),
    ("25H2", 26200),
    ("26H1", 28000),
];

/// The Windows that an operating system code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Os {
    architecture: Architecture,
    version: Version,
    server: bool,
}

impl Os {
    /// Reads a code such as `WINDOWS_v100_SERVER_X64_RS5_FULL`; the list of codes is open, and a
    /// release that is not known counts as newer than the others.
    pub(super) fn parse(code: &str) -> Option<Self> {
        let code = code.to_ascii_uppercase();
        let tokens: Vec<&str> = code.strip_prefix("WINDOWS_")?.split('_').collect();
        let architecture = tokens.iter().find_map(|token| match *token {
            "X64" => Some(Architecture::X64),
            "ARM64" => Some(Architecture::Arm64),
            "ARM" => Some(Architecture::Arm),
            "IA64" => Some(Architecture::Ia64),
            _ => None,
        });
        Some(Self {
            architecture: architecture.unwrap_or(Architecture::X86),
            version: version(&tokens),
            server: tokens.contains(&"SERVER"),
        })
    }
}

fn version(tokens: &[&str]) -> Version {
    match tokens.first().copied().unwrap_or_default() {
        "V100" => Version(10, 0, build(tokens)),
        "V63" => Version(6, 3, 0),
        "8" => Version(6, 2, 0),
        "7" => Version(6, 1, 0),
        "2008" if tokens.contains(&"R2") => Version(6, 1, 0),
        "2008" | "VISTA" => Version(6, 0, 0),
        "2003" | "HOME" => Version(5, 2, 0),
        "XP" => Version(5, 1, 0),
        newer if newer.starts_with('V') => Version(u32::MAX, 0, 0),
        _ => Version(5, 0, 0),
    }
}

fn build(tokens: &[&str]) -> u32 {
    let known = |token: &&str| RELEASES.iter().find(|(release, _)| release == token);
    tokens.iter().find_map(known).map_or(u32::MAX, |&(_, build)| build)
}

/// What a decoration such as `NTamd64.10.0...16299` asks of Windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TargetOs {
    pub(crate) architecture: Architecture,
    version: Version,
    server: Option<bool>,
}

impl TargetOs {
    /// What a Models section without decoration asks for.
    pub(super) const UNDECORATED: Self =
        Self { architecture: Architecture::X86, version: Version(0, 0, 0), server: None };

    /// Reads `NT[architecture][.major[.minor[.product type[.suite[.build]]]]]`.
    pub(super) fn parse(decoration: &str) -> Option<Self> {
        let decoration = decoration.to_ascii_lowercase();
        let mut parts = decoration.strip_prefix("nt")?.split('.');
        let architecture = match parts.next()? {
            "" | "x86" => Architecture::X86,
            "amd64" => Architecture::X64,
            "ia64" => Architecture::Ia64,
            "arm" => Architecture::Arm,
            "arm64" => Architecture::Arm64,
            _ => return None,
        };
        let mut number = || parts.next().map_or(Some(0), parse_number);
        let (major, minor) = (number()?, number()?);
        let server = match number()? {
            0 => None,
            1 => Some(false),
            _ => Some(true),
        };
        let _suite = number()?;
        Some(Self { architecture, version: Version(major, minor, number()?), server })
    }

    /// Whether a Models section with this decoration is looked at on `os`.
    pub(super) fn includes(&self, os: &Os) -> bool {
        self.architecture == os.architecture
            && self.version <= os.version
            && self.server.is_none_or(|server| server == os.server)
    }

    /// Of several sections Windows takes the one that asks for most.
    pub(super) fn precedence(&self) -> impl Ord + use<> {
        (self.version, self.server.is_some())
    }
}

/// A decimal or hexadecimal number; nothing counts as zero.
fn parse_number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        _ if text.is_empty() => Some(0),
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}
