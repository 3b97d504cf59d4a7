//! Everything that anybody could print of an error, and what all crates log.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, Once, PoisonError, RwLock, RwLockReadGuard},
    thread::{self, ThreadId},
};

use hardware_dashboard::Error;
use tokio::runtime::{Handle, Id};
use tracing_subscriber::{
    Layer as _, filter::dynamic_filter_fn, fmt::MakeWriter, layer::SubscriberExt as _,
};

/// An error and what it was caused by, as `Display` and `Debug` show them, and what it tells.
pub(crate) fn error(error: &Error) -> String {
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

/// Everybody who listens to what is logged. Other tests run beside, each on its own thread and with its
/// own runtime.
static LISTENERS: RwLock<Vec<Arc<Listener>>> = RwLock::new(Vec::new());

/// Somebody who listens to a thread, and to the other threads of its runtime, such as those that blocking
/// work is done on.
#[derive(Debug)]
struct Listener {
    thread: ThreadId,
    runtime: Option<Id>,
    lines: Mutex<Vec<u8>>,
}

impl Listener {
    fn hears(&self, thread: ThreadId, runtime: Option<Id>) -> bool {
        self.thread == thread || (runtime.is_some() && self.runtime == runtime)
    }
}

fn listeners() -> RwLockReadGuard<'static, Vec<Arc<Listener>>> {
    LISTENERS.read().unwrap_or_else(PoisonError::into_inner)
}

fn runtime() -> Option<Id> {
    Handle::try_current().ok().map(|runtime| runtime.id())
}

/// What all crates say on this thread and on those of its runtime, at the level of traces, through
/// `tracing` and through `log`.
#[derive(Debug)]
pub(crate) struct Logs(Arc<Listener>);

impl Logs {
    pub(crate) fn capture() -> Self {
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
        let (thread, runtime) = (thread::current().id(), runtime());
        let listener = Arc::new(Listener { thread, runtime, lines: Mutex::default() });
        LISTENERS.write().unwrap_or_else(PoisonError::into_inner).push(listener.clone());
        Self(listener)
    }

    /// What was said since this was asked last.
    pub(crate) fn take(&self) -> String {
        let mut lines = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&std::mem::take(&mut *lines)).into_owned()
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        let mut listeners = LISTENERS.write().unwrap_or_else(PoisonError::into_inner);
        listeners.retain(|listener| !Arc::ptr_eq(listener, &self.0));
    }
}

/// Whether anybody listens to this thread.
fn keeps() -> bool {
    let (thread, runtime) = (thread::current().id(), runtime());
    listeners().iter().any(|listener| listener.hears(thread, runtime))
}

fn keep(bytes: &[u8]) {
    let (thread, runtime) = (thread::current().id(), runtime());
    for listener in listeners().iter().filter(|it| it.hears(thread, runtime)) {
        listener.lines.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
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
