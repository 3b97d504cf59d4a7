//! What is shown: progress and errors on stderr, data on stdout.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hardware_dashboard::{Direction, Event, Reporter};
use indicatif::{ProgressBar, ProgressStyle};

use crate::failure::Failure;

/// Tells of a failure and gives the exit code for it.
pub(crate) fn report(failure: &Failure) -> ExitCode {
    line(&format!("error: {}", printable(&failure.message)));
    for detail in &failure.details {
        line(&format!("  {}", printable(detail)));
    }
    if let Some(hint) = &failure.hint {
        line(&format!("hint: {hint}"));
    }
    failure.code.into()
}

/// Writes a line to stderr. One that nobody reads is no reason to stop.
pub(crate) fn line(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Writes data to stdout. A reader that has gone away is no reason to complain.
pub(crate) fn data(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Shows how a run goes: a line a step, and a bar while bytes move.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    bar: Mutex<Option<(Direction, ProgressBar)>>,
}

impl Reporter for Progress {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Transfer { direction, done, total } => self.moved(*direction, *done, *total),
            Event::TokenObtained { lifetime } => {
                self.step("token", &format!("obtained, valid for {}", spoken(*lifetime)));
            }
            Event::ProductCreated(id) => self.step("product", &format!("created {id}")),
            Event::SubmissionCreated(id) => self.step("submission", &format!("created {id}")),
            Event::Committed => self.step("commit", "sent"),
            Event::CommitStatus(status) => self.step("commit", status.as_str()),
            Event::Workflow { step, state } => self.step("workflow", &format!("{step}: {state}")),
            Event::Message(message) => self.step("message", message),
            Event::Throttled { pause } => {
                self.step("throttled", &format!("all calls wait {}", spoken(*pause)));
            }
            Event::Retrying { operation, reason, pause } => {
                self.step("retry", &format!("{operation} in {}: {reason}", spoken(*pause)));
            }
            _ => {}
        }
    }
}

impl Progress {
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

/// What the service says must not steer the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { '\u{FFFD}' } else { c }).collect()
}

fn name(direction: Direction) -> &'static str {
    match direction {
        Direction::Upload => "upload",
        Direction::Download => "download",
    }
}

/// Draws on a terminal only.
fn new_bar(direction: Direction, total: Option<u64>) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "{prefix:>10}  {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
    );
    let bar = ProgressBar::new(total.unwrap_or_default()).with_prefix(name(direction));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Whole seconds: nobody plans by milliseconds.
fn spoken(time: Duration) -> String {
    humantime::format_duration(Duration::from_secs(time.as_secs_f64().ceil() as u64)).to_string()
}
