//! Progress for people: a line a step, and a bar while bytes move.

use std::sync::{Mutex, MutexGuard, PoisonError};

use console::Term;
use hardware_dashboard::{Direction, Event, Reporter};
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};

use super::{line, printable, spoken};

/// Shows how a run goes.
#[derive(Debug, Default)]
pub(super) struct Bars {
    bar: Mutex<Option<(Direction, ProgressBar)>>,
}

impl Reporter for Bars {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Transfer { direction, done, total } => self.moved(*direction, *done, *total),
            Event::TokenObtained { lifetime } => {
                self.step("token", &format!("obtained, valid for {}", spoken(*lifetime)));
            }
            Event::ProductCreated(id) => self.step("product", &format!("created {id}")),
            Event::SubmissionCreated(id) => self.step("submission", &format!("created {id}")),
            Event::TransferResumed { direction, there, total } => {
                let text = format!("{there} of {total} bytes are there already");
                self.step(name(*direction), &text);
            }
            Event::TransferStalled { direction, idle } => {
                let text = format!("nothing has moved for {}", spoken(*idle));
                self.step(name(*direction), &text);
            }
            Event::Committed => self.step("commit", "sent"),
            Event::CommitUnconfirmed { waited } => {
                let text = format!("accepted {} ago, but shown as pending", spoken(*waited));
                self.step("commit", &text);
            }
            Event::CommitStatus(status) => self.step("commit", status.as_str()),
            Event::Workflow { step, state } => self.step("workflow", &format!("{step}: {state}")),
            Event::Message(message) => self.step("message", message),
            Event::Throttled { pause } => {
                self.step("throttled", &format!("all calls wait {}", spoken(*pause)));
            }
            Event::Retrying { operation, reason, pause } => {
                self.step("retry", &format!("{operation} in {}: {reason}", spoken(*pause)));
            }
            Event::LabelCreated(id) => self.step("label", &format!("created {id}")),
            Event::PackageSubmitted(id) => self.step("package", &format!("submitted {id}")),
            Event::Signing(status) => self.step("signing", status.as_str()),
            Event::Unclear { operation, reason } => {
                self.step("unclear", &format!("{operation} may have been done: {reason}"));
            }
            Event::Adopted { operation, id } => {
                self.step("found", &format!("{operation} has made {id}"));
            }
            _ => {}
        }
    }
}

impl Bars {
    fn step(&self, name: &str, text: &str) {
        let text = format!("{name:>10}  {}", printable(text));
        match &*self.bar() {
            Some((_, bar)) => bar.suspend(|| line(&text)),
            None => line(&text),
        }
    }

    fn moved(&self, direction: Direction, done: u64, total: Option<u64>) {
        let mut shown = self.bar();
        // The bar of a transfer that broke must not go on as that of another one.
        let bar = match shown.take_if(|(drawn, _)| *drawn == direction) {
            Some((_, bar)) => bar,
            None => new_bar(direction, total),
        };
        // It may be known late, or be that of another file by now.
        bar.set_length(total.unwrap_or_default());
        bar.set_position(done);
        if total == Some(done) {
            bar.finish_and_clear();
            drop(shown);
            self.step(name(direction), &format!("{done} bytes"));
        } else {
            *shown = Some((direction, bar));
        }
    }

    fn bar(&self) -> MutexGuard<'_, Option<(Direction, ProgressBar)>> {
        self.bar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn name(direction: Direction) -> &'static str {
    match direction {
        Direction::Upload => "upload",
        Direction::Download => "download",
    }
}

/// All that can be told of a transfer, which takes up to 52 columns beside the bar.
const WIDE: &str = "{prefix:>10}  {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";

const NARROW: &str = "{prefix:>10}  {wide_bar} {percent:>3}%";

/// Draws on a terminal only, and is gone when the transfer is, however that ended.
fn new_bar(direction: Direction, total: Option<u64>) -> ProgressBar {
    let (_, columns) = Term::stderr().size();
    let style = ProgressStyle::with_template(if columns < 72 { NARROW } else { WIDE });
    let bar = ProgressBar::new(total.unwrap_or_default())
        .with_prefix(name(direction))
        .with_finish(ProgressFinish::AndClear);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
