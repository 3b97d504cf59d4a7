//! The faults, and what is to come of each.

use std::time::Duration;

use hardware_dashboard_emulator::{Fault, FaultKind, RetryAfter};

/// What a call does to the service, by which it is known how often it may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    None,
    /// The same, however often it comes.
    Same,
    /// Something new each time.
    New,
}

impl Effect {
    /// By a line such as `GET /hardware/products`.
    pub(super) fn of_method(line: &str) -> Self {
        match line.split(' ').next() {
            Some("GET") => Self::None,
            Some("PATCH") => Self::Same,
            _ => Self::New,
        }
    }
}

/// A fault, or several, and what is to come of it.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) faults: fn(&str) -> Vec<Fault>,
    pub(super) expected: fn(Effect, &str) -> Expected,
}

/// What a case shall come to.
pub(super) struct Expected {
    /// How often the call is sent.
    pub(super) calls: usize,
    /// How many new tokens are got.
    pub(super) tokens: usize,
    /// How often a pause is announced: before the call is sent again, and after each 429 to all calls.
    pub(super) pauses: usize,
    pub(super) least_pause: Option<Duration>,
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    Done,
    Fails {
        /// The predicates of the error that hold, in their order.
        holds: Vec<&'static str>,
        status: Option<u16>,
        /// In seconds.
        retry_after: Option<u64>,
    },
}

/// Attempts that the client's policy allows.
const ATTEMPTS: usize = 3;
const UNCLEAR: &str = "may_have_been_applied";

impl Case {
    /// Whether the client goes slowly afterwards.
    pub(super) fn is_throttled(&self) -> bool {
        self.name.starts_with("429")
    }

    /// Whether an answer is waited for that does not come.
    pub(super) fn stalls(&self) -> bool {
        self.name.starts_with("a stall")
    }
}

fn done(calls: usize) -> Expected {
    Expected { calls, tokens: 0, pauses: calls - 1, least_pause: None, outcome: Outcome::Done }
}

fn fails(calls: usize, status: Option<u16>, holds: &[&'static str]) -> Expected {
    let outcome = Outcome::Fails { holds: holds.to_vec(), status, retry_after: None };
    Expected { outcome, ..done(calls) }
}

/// The service looked at it and refused it: once is enough, and nothing was done.
fn refused(status: u16, holds: &[&'static str]) -> Expected {
    fails(1, Some(status), holds)
}

/// The answer says nothing of what was done: it is asked again unless that does something new.
fn unclear_once(effect: Effect, status: Option<u16>, holds: &[&'static str]) -> Expected {
    match effect {
        Effect::None | Effect::Same => done(2),
        Effect::New => fails(1, status, &[holds, &[UNCLEAR]].concat()),
    }
}

fn unclear_always(effect: Effect, status: u16) -> Expected {
    match effect {
        Effect::None => fails(ATTEMPTS, Some(status), &[]),
        Effect::Same => fails(ATTEMPTS, Some(status), &[UNCLEAR]),
        Effect::New => fails(1, Some(status), &[UNCLEAR]),
    }
}

/// A throttled call that is told to come back later than anybody waits.
fn told_to_wait() -> Expected {
    let (status, retry_after) = (Some(429), Some(3600));
    let outcome = Outcome::Fails { holds: vec!["is_throttled"], status, retry_after };
    Expected { outcome, pauses: 1, ..done(1) }
}

fn broken(effect: Effect, operation: &str) -> Expected {
    match operation {
        // What came is in the caller's hands already.
        "downloadPreprodAsset" => fails(1, None, &["is_network"]),
        _ => unclear_once(effect, None, &["is_network"]),
    }
}

fn one(on: &str, kind: FaultKind) -> Vec<Fault> {
    vec![Fault::on(on, kind)]
}

fn always(on: &str, kind: FaultKind) -> Vec<Fault> {
    vec![Fault::on(on, kind).forever()]
}

fn page(status: u16) -> FaultKind {
    FaultKind::HtmlPage { status, after_acting: false }
}

fn busy(seconds: u64) -> FaultKind {
    let retry_after = Some(RetryAfter::Seconds(seconds));
    FaultKind::Status { status: 503, retry_after, after_acting: false, code: None, message: None }
}

pub(super) const CASES: &[Case] = &[
    Case { name: "no fault", faults: |_| vec![], expected: |_, _| done(1) },
    Case {
        name: "a token that has expired",
        faults: |on| one(on, FaultKind::ExpiredToken),
        expected: |_, _| Expected { tokens: 1, pauses: 0, ..done(2) },
    },
    Case {
        name: "401 for every token",
        faults: |on| always(on, FaultKind::status(401)),
        expected: |_, _| Expected { tokens: 1, pauses: 0, ..fails(2, Some(401), &["is_auth"]) },
    },
    Case {
        name: "400",
        faults: |on| one(on, FaultKind::status(400)),
        expected: |_, _| refused(400, &["is_validation"]),
    },
    Case {
        name: "403",
        faults: |on| one(on, FaultKind::status(403)),
        expected: |_, _| refused(403, &["is_forbidden"]),
    },
    Case {
        name: "404",
        faults: |on| one(on, FaultKind::status(404)),
        expected: |_, _| refused(404, &["is_not_found"]),
    },
    Case {
        name: "422",
        faults: |on| one(on, FaultKind::status(422)),
        expected: |_, _| refused(422, &["is_validation"]),
    },
    Case {
        name: "429 without Retry-After",
        faults: |on| one(on, FaultKind::status(429)),
        expected: |_, _| done(2),
    },
    Case {
        name: "429 with Retry-After in seconds",
        faults: |on| one(on, FaultKind::throttled(RetryAfter::Seconds(1))),
        expected: |_, _| Expected { least_pause: Some(Duration::from_secs(1)), ..done(2) },
    },
    Case {
        name: "429 with Retry-After as a date",
        faults: |on| one(on, FaultKind::throttled(RetryAfter::Date(3))),
        // A date has no fractions of seconds, and neither has the one it is measured by.
        expected: |_, _| Expected { least_pause: Some(Duration::from_secs(1)), ..done(2) },
    },
    Case {
        name: "429 always",
        faults: |on| always(on, FaultKind::status(429)),
        expected: |_, _| Expected {
            pauses: ATTEMPTS,
            ..fails(ATTEMPTS, Some(429), &["is_throttled"])
        },
    },
    Case {
        name: "429 with an hour to wait",
        faults: |on| one(on, FaultKind::throttled(RetryAfter::Seconds(3600))),
        expected: |_, _| told_to_wait(),
    },
    Case {
        name: "429 with a date an hour away",
        faults: |on| one(on, FaultKind::throttled(RetryAfter::Date(3600))),
        expected: |_, _| told_to_wait(),
    },
    Case {
        name: "500",
        faults: |on| one(on, FaultKind::status(500)),
        expected: |effect, _| unclear_once(effect, Some(500), &[]),
    },
    Case {
        name: "500 always",
        faults: |on| always(on, FaultKind::status(500)),
        expected: |effect, _| unclear_always(effect, 500),
    },
    Case {
        name: "502",
        faults: |on| one(on, FaultKind::status(502)),
        expected: |effect, _| unclear_once(effect, Some(502), &[]),
    },
    Case {
        name: "502 although it was done",
        faults: |on| one(on, FaultKind::status_after_acting(502)),
        expected: |effect, _| unclear_once(effect, Some(502), &[]),
    },
    Case {
        name: "503",
        faults: |on| one(on, FaultKind::status(503)),
        expected: |effect, _| unclear_once(effect, Some(503), &[]),
    },
    Case { name: "503 with Retry-After", faults: |on| one(on, busy(0)), expected: |_, _| done(2) },
    Case {
        name: "500 and then 422",
        faults: |on| {
            vec![
                Fault::on(on, FaultKind::status(500)),
                Fault::on(on, FaultKind::status(422)).nth(2),
            ]
        },
        expected: |effect, _| match effect {
            Effect::None => fails(2, Some(422), &["is_validation"]),
            // The first one may have been done, for all that the second says.
            Effect::Same => fails(2, Some(422), &["is_validation", UNCLEAR]),
            Effect::New => fails(1, Some(500), &[UNCLEAR]),
        },
    },
    Case {
        name: "a page with 200",
        faults: |on| one(on, page(200)),
        expected: |effect, _| match effect {
            Effect::None => fails(1, None, &["is_decode"]),
            _ => fails(1, None, &["is_decode", UNCLEAR]),
        },
    },
    Case {
        name: "a page with 502",
        faults: |on| one(on, page(502)),
        expected: |effect, _| unclear_once(effect, Some(502), &[]),
    },
    Case {
        name: "an answer that breaks off",
        faults: |on| one(on, FaultKind::TruncatedBody),
        expected: broken,
    },
    Case {
        name: "closed before it was read",
        faults: |on| one(on, FaultKind::CloseBeforeReading),
        expected: |effect, _| unclear_once(effect, None, &["is_network"]),
    },
    Case {
        name: "closed after it was done",
        faults: |on| one(on, FaultKind::CloseAfterActing),
        expected: |effect, _| unclear_once(effect, None, &["is_network"]),
    },
    Case {
        name: "a stall before it was done",
        faults: |on| one(on, FaultKind::Stall { after_acting: false }),
        expected: |effect, _| unclear_once(effect, None, &["is_network", "is_timeout"]),
    },
    Case {
        name: "a stall after it was done",
        faults: |on| one(on, FaultKind::Stall { after_acting: true }),
        expected: |effect, _| unclear_once(effect, None, &["is_network", "is_timeout"]),
    },
];
