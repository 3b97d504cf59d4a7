//! Faults: what an emulator does wrong, on order.

mod act;
mod answer;
mod body;
mod json;
mod script;

use std::fmt;

use serde::{Deserialize, Serialize};

use self::json::Times;
pub(crate) use self::{
    json::{Orders, failures, limit, parse, read},
    script::{Ordered, Script},
};
use crate::{request::BLOB_CALLS, spec::Spec};

/// What stands for every call in [`Fault::on`].
const ANY: &str = "any";

/// How far away the date of a `Retry-After` is at most: ten years, in seconds.
const FARTHEST_DATE: u64 = 10 * 365 * 24 * 60 * 60;

/// The name of a call of the token endpoint.
pub(crate) const TOKEN: &str = "token";

/// A fault on order: which calls it meets, and what happens to them.
///
/// ```
/// use hardware_dashboard_emulator::{Fault, FaultKind, RetryAfter};
///
/// // The second and the third creation of a product are throttled.
/// let throttled = FaultKind::throttled(RetryAfter::Seconds(2));
/// let fault = Fault::on("createProduct", throttled).nth(2).times(2);
/// // The first commit works, and its answer is lost.
/// let lost = Fault::on("commitSubmission", FaultKind::CloseAfterActing);
/// ```
///
/// Each fault counts the calls that it may meet by itself, from the moment it was ordered. Where
/// two faults are due at the same call, the one that was ordered first happens, and the call has
/// passed for the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    on: String,
    #[serde(default = "first")]
    nth: u64,
    #[serde(default)]
    times: Times,
    kind: FaultKind,
}

/// What happens to a call that meets a [`Fault`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultKind {
    /// The connection is closed before the request's body is read; nothing is done.
    CloseBeforeReading,
    /// The call is done, then the connection is closed: the answer is lost.
    CloseAfterActing,
    /// An error answer, in the form that the called part (token endpoint, API, blob store) has.
    Status {
        /// The status, from 400 on.
        status: u16,
        /// The header `Retry-After`; without it there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<RetryAfter>,
        /// Whether the call is done all the same, as by a gateway that loses an answer.
        #[serde(default)]
        after_acting: bool,
        /// The code of the service's own error, such as `RequestInvalidForCurrentState`. With a
        /// code or a message the fault happens to calls of the API only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// The message of the error; without it a plain one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// An HTML page in place of the answer.
    HtmlPage {
        /// The status, from 200 on: some proxies say 200 with their pages.
        status: u16,
        /// Whether the call is done all the same.
        #[serde(default)]
        after_acting: bool,
    },
    /// The answer announces its whole length, but the connection is closed after half of its
    /// body. An answer without a body is lost.
    TruncatedBody,
    /// The answer's body comes in pieces with pauses of real time between them.
    SlowBody {
        /// The length of a piece.
        #[serde(default = "piece_bytes")]
        piece_bytes: usize,
        /// How long each pause is.
        #[serde(default = "pause_milliseconds")]
        pause_milliseconds: u64,
    },
    /// Nothing comes until the client gives up or the emulator stops.
    Stall {
        /// Whether the call is done all the same.
        #[serde(default)]
        after_acting: bool,
    },
    /// From this call on the bearer token that it carries has expired; a new one is good.
    ExpiredToken,
    /// From this call on the SAS URL that it goes to has expired; one that a later answer of the
    /// API names is good.
    ExpiredSas,
}

/// How the header `Retry-After` says when to come back, in real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RetryAfter {
    /// As a number of seconds.
    Seconds(u64),
    /// As the HTTP date that is so many seconds away. It is a date of the wall clock, not of the
    /// emulator's: a client knows only the former.
    Date(u64),
}

/// A fault that can never happen, or a list of faults that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidFault(String);

/// The three parts of an emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Token,
    Api,
    Blob,
}

impl Fault {
    /// A fault that meets the first call from now on of `call`: an operationId of the
    /// specification, `token`, a blob call such as `putBlock` (see
    /// [`Exchange::operation`](crate::Exchange::operation)), or `any` for all of these.
    #[must_use]
    pub fn on(call: impl Into<String>, kind: FaultKind) -> Self {
        Self { on: call.into(), nth: first(), times: Times::default(), kind }
    }

    /// Meets the `nth` call, counted from 1, in place of the first.
    #[must_use]
    pub fn nth(mut self, nth: u64) -> Self {
        self.nth = nth;
        self
    }

    /// Meets so many calls in a row.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Times::Count(times);
        self
    }

    /// Meets all calls that follow, too.
    #[must_use]
    pub fn forever(mut self) -> Self {
        self.times = Times::Forever;
        self
    }

    /// What happens.
    #[must_use]
    pub fn kind(&self) -> &FaultKind {
        &self.kind
    }

    /// Whether the fault may meet a call of this name.
    fn concerns(&self, part: Part, call: &str) -> bool {
        (self.on == ANY || self.on == call) && self.kind.happens_to(part)
    }

    /// Whether the fault meets the call of this number among those it concerns.
    fn meets(&self, number: u64) -> bool {
        let passed = number.checked_sub(self.nth);
        passed.is_some_and(|passed| match self.times {
            Times::Count(times) => passed < times,
            Times::Forever => true,
        })
    }

    /// Whether the fault can happen at all.
    pub(crate) fn check(&self) -> Result<(), InvalidFault> {
        self.check_call()?;
        if self.nth == 0 {
            return Err(InvalidFault::new("`nth` counts calls from 1 on"));
        }
        if self.times == Times::Count(0) {
            return Err(InvalidFault::new("`times` must be 1 or more, or \"forever\""));
        }
        self.kind.check()
    }

    fn check_call(&self) -> Result<(), InvalidFault> {
        if self.on == ANY {
            return Ok(());
        }
        let Some(part) = part_of(&self.on) else {
            return Err(InvalidFault(format!(
                "there is no call `{}`: `on` is an operationId of the specification, `{TOKEN}`, \
                 one of {}, or `{ANY}`",
                self.on,
                BLOB_CALLS.join(", "),
            )));
        };
        if self.kind.happens_to(part) {
            return Ok(());
        }
        if matches!(self.kind, FaultKind::Status { .. }) {
            let on = &self.on;
            let text =
                format!("`{on}` is no operation of the API, which alone has codes of errors");
            return Err(InvalidFault(text));
        }
        Err(InvalidFault(format!(
            "`{}` carries nothing that could expire: tokens expire at the API, SAS URLs at the \
             blob store",
            self.on
        )))
    }
}

impl FaultKind {
    /// An error answer in place of the call, without `Retry-After`.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Status { status, retry_after: None, after_acting: false, code: None, message: None }
    }

    /// An error of the service's own in place of the call: its status, its code and its message.
    #[must_use]
    pub fn error(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Status {
            status,
            retry_after: None,
            after_acting: false,
            code: Some(code.into()),
            message: Some(message.into()),
        }
    }

    /// An error answer although the call is done.
    #[must_use]
    pub fn status_after_acting(status: u16) -> Self {
        Self::Status { status, retry_after: None, after_acting: true, code: None, message: None }
    }

    /// 429 in place of the call, with `Retry-After`.
    #[must_use]
    pub fn throttled(retry_after: RetryAfter) -> Self {
        Self::Status {
            status: 429,
            retry_after: Some(retry_after),
            after_acting: false,
            code: None,
            message: None,
        }
    }

    fn happens_to(&self, part: Part) -> bool {
        match self {
            Self::ExpiredToken
            | Self::Status { code: Some(_), .. }
            | Self::Status { message: Some(_), .. } => part == Part::Api,
            Self::ExpiredSas => part == Part::Blob,
            _ => true,
        }
    }

    fn check(&self) -> Result<(), InvalidFault> {
        match self {
            Self::Status { status, .. } if !(400..600).contains(status) => {
                Err(InvalidFault(format!("{status} is no status of an error: use 400 to 599")))
            }
            Self::HtmlPage { status, .. } if !(200..600).contains(status) => {
                Err(InvalidFault(format!("{status} is no status of a page: use 200 to 599")))
            }
            Self::Status { retry_after: Some(RetryAfter::Date(seconds)), .. }
                if *seconds > FARTHEST_DATE =>
            {
                Err(InvalidFault(format!(
                    "the date in `retryAfter` is {FARTHEST_DATE} seconds (ten years) away at most"
                )))
            }
            Self::SlowBody { piece_bytes: 0, .. } => {
                Err(InvalidFault::new("`pieceBytes` must be 1 or more"))
            }
            _ => Ok(()),
        }
    }
}

/// The part of the emulator that a call of this name goes to.
fn part_of(call: &str) -> Option<Part> {
    // Without its specification no emulator runs, so that nothing can be wrong with the name.
    let is_operation = || Spec::load().is_ok_and(|spec| spec.has(call));
    match call {
        TOKEN => Some(Part::Token),
        _ if BLOB_CALLS.contains(&call) => Some(Part::Blob),
        _ => is_operation().then_some(Part::Api),
    }
}

impl InvalidFault {
    fn new(reason: &str) -> Self {
        Self(reason.to_owned())
    }
}

impl fmt::Display for InvalidFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidFault {}

fn first() -> u64 {
    1
}

fn piece_bytes() -> usize {
    1024
}

fn pause_milliseconds() -> u64 {
    100
}
