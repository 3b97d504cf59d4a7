//! What is tried with a command.

use hardware_dashboard_emulator::{Fault, FaultKind, RetryAfter};

use super::{
    family::{Ability, Family},
    stage::Stage,
};

/// A command, and how it is brought to do and to suffer what it can.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    success: Trial,
    /// The call that it cannot do without; `None` when it asks no service.
    call: Option<&'static str>,
    /// Arguments that it cannot read.
    bad: &'static str,
    /// Arguments that name a file which makes trouble.
    file: Option<&'static str>,
    refused: Option<Refusal>,
    /// What a workflow fails with; `None` when it waits for none.
    failed: Option<Trial>,
    /// Whether the account that things are shared with runs it, and not their owner.
    pub(super) is_of_partner: bool,
    /// Whether an interruption is its proper end.
    pub(super) ends_by_interruption: bool,
}

/// What must be there, and the arguments of the command.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trial {
    pub(super) stage: Stage,
    pub(super) args: &'static str,
}

/// How the service is brought to refuse a request.
#[derive(Clone, Copy, Debug)]
enum Refusal {
    Real(Trial),
    /// No rule that the emulator knows could be broken: it is told to refuse this call.
    Ordered(&'static str),
}

/// What is done to a command.
#[derive(Clone, Debug)]
pub(super) enum Twist {
    Nothing,
    WrongSecret,
    MissingRole,
    /// The account is that of somebody who has nothing of it.
    OtherAccount,
    Fault(Fault),
    /// Nobody listens at the address of the API.
    Unreachable,
    MissingConfiguration,
    FullStdout,
    /// The time to wait is over at once.
    NoTime,
}

impl Row {
    /// A command that asks the service.
    pub(super) fn asking(
        name: &'static str,
        stage: Stage,
        args: &'static str,
        call: &'static str,
    ) -> Self {
        Self { call: Some(call), ..Self::local(name, stage, args) }
    }

    /// A command that does its work on this machine.
    pub(super) fn local(name: &'static str, stage: Stage, args: &'static str) -> Self {
        Self {
            name,
            success: Trial { stage, args },
            call: None,
            bad: "--colour",
            file: None,
            refused: None,
            failed: None,
            is_of_partner: false,
            ends_by_interruption: false,
        }
    }

    pub(super) fn bad(self, args: &'static str) -> Self {
        Self { bad: args, ..self }
    }

    pub(super) fn file(self, args: &'static str) -> Self {
        Self { file: Some(args), ..self }
    }

    pub(super) fn refused(self, stage: Stage, args: &'static str) -> Self {
        Self { refused: Some(Refusal::Real(Trial { stage, args })), ..self }
    }

    pub(super) fn refused_by_order(self, call: &'static str) -> Self {
        Self { refused: Some(Refusal::Ordered(call)), ..self }
    }

    pub(super) fn failed(self, stage: Stage, args: &'static str) -> Self {
        Self { failed: Some(Trial { stage, args }), ..self }
    }

    pub(super) fn of_partner(self) -> Self {
        Self { is_of_partner: true, ..self }
    }

    pub(super) fn ends_by_interruption(self) -> Self {
        Self { ends_by_interruption: true, ..self }
    }

    pub(super) fn success(&self) -> Trial {
        self.success
    }

    pub(super) fn has(&self, ability: Ability) -> bool {
        match ability {
            Ability::Any => true,
            Ability::Ask => self.call.is_some(),
            Ability::Name => self.call.is_some() && self.success.args.contains('{'),
            Ability::Write => self.refused.is_some(),
            Ability::Wait => self.failed.is_some(),
        }
    }

    /// Whether all is as it was when the command has run.
    pub(super) fn leaves_no_trace(&self) -> bool {
        !self.has(Ability::Write) && !self.has(Ability::Wait)
    }

    /// How the command is brought to fail so, if it can.
    pub(super) fn failing(&self, family: Family) -> Option<(Trial, Twist)> {
        if !self.has(family.needs()) {
            return None;
        }
        let call = self.call.unwrap_or_default();
        let with = |args| Trial { args, ..self.success };
        Some(match family {
            Family::Input => (Trial { stage: Stage::Nothing, args: self.bad }, Twist::Nothing),
            Family::Credentials => (self.success, Twist::WrongSecret),
            Family::Permission => (self.success, Twist::MissingRole),
            Family::NotFound => (self.success, Twist::OtherAccount),
            Family::Refused => match self.refused? {
                Refusal::Real(trial) => (trial, Twist::Nothing),
                Refusal::Ordered(call) => {
                    let refused =
                        FaultKind::error(400, "InvalidInput", "It is not as it should be.");
                    (self.success, Twist::Fault(Fault::on(call, refused)))
                }
            },
            Family::Throttled => {
                // Longer than anybody waits for a call.
                let day = RetryAfter::Seconds(24 * 3600);
                let throttled = Fault::on(call, FaultKind::throttled(day)).forever();
                (self.success, Twist::Fault(throttled))
            }
            Family::WorkflowFailed => (self.failed?, Twist::Nothing),
            Family::StillRunning => (self.success, Twist::NoTime),
            Family::LocalFile => match (self.file, self.call) {
                (Some(args), _) => (with(args), Twist::Nothing),
                (None, Some(_)) => (self.success, Twist::MissingConfiguration),
                (None, None) => (self.success, Twist::FullStdout),
            },
            Family::Network => (self.success, Twist::Unreachable),
            Family::Service => {
                // As a proxy on the way may answer.
                let page = FaultKind::HtmlPage { status: 200, after_acting: false };
                (self.success, Twist::Fault(Fault::on(call, page).forever()))
            }
        })
    }
}
