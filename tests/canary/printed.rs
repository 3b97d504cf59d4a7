//! Everything that anybody could print of an error, and what all crates log.

use std::{
    cell::Cell,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use hardware_dashboard::Error;
use tracing_subscriber::{
    Layer as _, filter::dynamic_filter_fn, fmt::MakeWriter, layer::SubscriberExt as _,
};

/// An error and what it was caused by, as `Display` and `Debug` show them, and what it tells.
pub(super) fn error(error: &Error) -> String {
    let mut text = format!("{error}\n{error:?}\n{error:#?}\n{}\n", error.hint());
    let told = (error.code(), error.validation_errors(), error.messages(), error.report());
    text.push_str(&format!("{told:?}\n"));
    text.push_str(&serde_json::to_string(error.validation_errors()).expect("they can be encoded"));
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!("{error}\n{error:?}\n{error:#?}\n"));
        cause = error.source();
    }
    text
}

/// Some lines around the first place of a word.
pub(super) fn around(text: &str, word: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    let place = lines.iter().position(|line| line.to_ascii_lowercase().contains(word));
    let place = place.unwrap_or_default();
    lines[place.saturating_sub(2)..lines.len().min(place + 3)].join("\n")
}

thread_local! {
    /// Whether what this thread logs is kept: other tests run beside.
    static KEEPS: Cell<bool> = const { Cell::new(false) };
}

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// What all crates say on this thread, at the level of traces, through `tracing` and through `log`.
pub(super) struct Logs;

impl Logs {
    pub(super) fn capture() -> Self {
        KEEPS.set(true);
        log::set_logger(&Lines).expect("no other test sets a logger");
        log::set_max_level(log::LevelFilter::Trace);
        // One for all threads, which asks each time: what a thread without a subscriber once found to
        // be of no interest would stay so for this one.
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(Arc::new(Lines))
            .with_filter(dynamic_filter_fn(|_, _| KEEPS.get()));
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::set_global_default(subscriber).expect("no other test sets one");
        Self
    }

    pub(super) fn text(&self) -> String {
        let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&lines).into_owned()
    }
}

struct Lines;

impl Write for &Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> &'a Self {
        self
    }
}

impl log::Log for Lines {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        KEEPS.get()
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            let line = format!("{} {} {}\n", record.level(), record.target(), record.args());
            LINES.lock().unwrap_or_else(PoisonError::into_inner).extend(line.into_bytes());
        }
    }

    fn flush(&self) {}
}
