//! Processor architectures.

use std::fmt;

/// The architecture of the processors that an OS code is for.
///
/// ```
/// use hardware_dashboard::model::{Architecture, OsCode};
///
/// let code = OsCode::from("WINDOWS_v100_SERVER_ARM64_GE_FULL");
/// assert_eq!(code.architecture(), Some(Architecture::Arm64));
/// assert_eq!(Architecture::Arm64.as_str(), "arm64");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Architecture {
    /// 32-bit x86. Its codes carry no architecture.
    X86,
    /// 64-bit x86, also called AMD64.
    X64,
    /// 32-bit Arm.
    Arm,
    /// 64-bit Arm.
    Arm64,
    /// Itanium.
    Ia64,
}

impl Architecture {
    /// The name as friendly names have it, such as `arm64`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86 => "x86",
            Self::X64 => "x64",
            Self::Arm => "arm",
            Self::Arm64 => "arm64",
            Self::Ia64 => "ia64",
        }
    }

    /// Reads a part of an OS code.
    pub(super) fn from_part(part: &str) -> Option<Self> {
        let all = [Self::X86, Self::X64, Self::Arm, Self::Arm64, Self::Ia64];
        all.into_iter().find(|each| each.as_str().eq_ignore_ascii_case(part))
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
