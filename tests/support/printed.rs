//! Everything that anybody could print of an error, and what all crates log.

use std::{
    cell::RefCell,
    io::{self, Write},
    sync::{Arc, Once, PoisonError, RwLock},
};

use hardware_dashboard::Error;
use tokio::runtime::{Handle, Id};
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

thread_local! {
    /// What this thread logs, when it is kept: other tests run beside.
    static LINES: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// What the other threads of a runtime log, such as those that blocking work is done on. A test has a
/// runtime of its own.
static POOLS: RwLock<Vec<(Id, Vec<u8>)>> = RwLock::new(Vec::new());

fn runtime() -> Option<Id> {
    Handle::try_current().ok().map(|runtime| runtime.id())
}

/// What all crates say on this thread and on those of its runtime, at the level of traces, through
/// `tracing` and through `log`.
pub(super) struct Logs {
    runtime: Option<Id>,
}

impl Logs {
    pub(super) fn capture() -> Self {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            log::set_logger(&Lines).expect("no other test sets a logger");
            log::set_max_level(log::LevelFilter::Trace);
            // One for all threads, which asks each time: what a thread without a subscriber once
            // found to be of no interest would stay so for this one.
            let layer = tracing_subscriber::fmt::layer()
                .with_ansi(false)
                .with_writer(Arc::new(Lines))
                .with_filter(dynamic_filter_fn(|_, _| keeps()));
            let subscriber = tracing_subscriber::registry().with(layer);
            tracing::subscriber::set_global_default(subscriber).expect("no other test sets one");
        });
        LINES.set(Some(Vec::new()));
        let runtime = runtime();
        let mut pools = POOLS.write().unwrap_or_else(PoisonError::into_inner);
        pools.extend(runtime.map(|id| (id, Vec::new())));
        Self { runtime }
    }

    /// What was said since this was asked last.
    pub(super) fn take(&self) -> String {
        let mut lines = LINES.replace(Some(Vec::new())).unwrap_or_default();
        let mut pools = POOLS.write().unwrap_or_else(PoisonError::into_inner);
        let own = pools.iter_mut().filter(|(id, _)| Some(*id) == self.runtime);
        own.for_each(|(_, others)| lines.append(others));
        String::from_utf8_lossy(&lines).into_owned()
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        let mut pools = POOLS.write().unwrap_or_else(PoisonError::into_inner);
        pools.retain(|(id, _)| Some(*id) != self.runtime);
    }
}

fn keeps() -> bool {
    if LINES.with_borrow(Option::is_some) {
        return true;
    }
    let Some(runtime) = runtime() else { return false };
    let pools = POOLS.read().unwrap_or_else(PoisonError::into_inner);
    pools.iter().any(|(id, _)| *id == runtime)
}

/// Keeps it with what this thread logs, or else with what its runtime does.
fn keep(bytes: &[u8]) {
    let is_own = LINES.with_borrow_mut(|lines| match lines {
        Some(lines) => {
            lines.extend(bytes);
            true
        }
        None => false,
    });
    if !is_own {
        let (runtime, mut pools) =
            (runtime(), POOLS.write().unwrap_or_else(PoisonError::into_inner));
        let own = pools.iter_mut().filter(|(id, _)| Some(*id) == runtime);
        own.for_each(|(_, lines)| lines.extend(bytes));
    }
}

struct Lines;

impl Write for &Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        keep(bytes);
        Ok(bytes.len())
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
        keeps()
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            let line = format!("{} {} {}\n", record.level(), record.target(), record.args());
            keep(line.as_bytes());
        }
    }

    fn flush(&self) {}
}
