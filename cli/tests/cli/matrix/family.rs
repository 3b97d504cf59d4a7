//! The families of failures, by their exit codes.

/// Why a command can fail, as the README's table of exit codes has it. Interrupted commands are
/// looked at in a terminal, and an unexpected failure cannot be brought about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Input = 2,
    Credentials = 3,
    Permission = 4,
    NotFound = 5,
    Refused = 6,
    Throttled = 7,
    WorkflowFailed = 8,
    StillRunning = 9,
    LocalFile = 10,
    Network = 11,
    Service = 12,
}

/// What a command must be able to, in order to fail in some way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ability {
    /// Every command reads its arguments, and writes to stdout at least.
    Any,
    Ask,
    Name,
    Write,
    Wait,
}

impl Family {
    pub(super) const ALL: [Self; 11] = [
        Self::Input,
        Self::Credentials,
        Self::Permission,
        Self::NotFound,
        Self::Refused,
        Self::Throttled,
        Self::WorkflowFailed,
        Self::StillRunning,
        Self::LocalFile,
        Self::Network,
        Self::Service,
    ];

    pub(super) fn code(self) -> i32 {
        self as i32
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Input => "bad arguments",
            Self::Credentials => "credentials",
            Self::Permission => "permission",
            Self::NotFound => "not found",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
            Self::WorkflowFailed => "workflow failed",
            Self::StillRunning => "still running",
            Self::LocalFile => "local file",
            Self::Network => "network",
            Self::Service => "service in trouble",
        }
    }

    /// Whether the command fails so soon and before it has done anything.
    pub(super) fn is_early(self) -> bool {
        match self.needs() {
            Ability::Wait | Ability::Write => false,
            _ => !matches!(self, Self::Network | Self::Service),
        }
    }

    pub(super) fn needs(self) -> Ability {
        match self {
            Self::Input | Self::LocalFile => Ability::Any,
            Self::Credentials
            | Self::Permission
            | Self::Throttled
            | Self::Network
            | Self::Service => Ability::Ask,
            Self::NotFound => Ability::Name,
            Self::Refused => Ability::Write,
            Self::WorkflowFailed | Self::StillRunning => Ability::Wait,
        }
    }
}

impl Ability {
    pub(super) const ALL: [Self; 5] = [Self::Any, Self::Ask, Self::Name, Self::Write, Self::Wait];

    /// The letter for its absence in the table, and what that means.
    pub(super) fn absence(self) -> (char, &'static str) {
        match self {
            Self::Any => ('-', "is left out of nothing"),
            Self::Ask => ('a', "asks no service"),
            Self::Name => ('n', "names nothing that could be missing"),
            Self::Write => ('r', "only reads, or sends nothing: there is nothing to refuse"),
            Self::Wait => ('w', "waits for no workflow"),
        }
    }
}
