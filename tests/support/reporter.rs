//! Reporters: one that keeps what it is told, and one that acts on it.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hardware_dashboard::{Event, Reporter};
use tokio::time::Instant;

use super::printed;

/// What was told, in its order. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<Line>>>);

/// One event: how it looks, when it was told, how long it says that nothing happens, and how much has
/// arrived.
#[derive(Clone, Debug)]
struct Line {
    text: String,
    at: Instant,
    pause: Option<Duration>,
    moved: u64,
}

impl Told {
    /// The pauses before a call was made again.
    pub(crate) fn pauses(&self) -> Vec<Duration> {
        self.kept().into_iter().filter_map(|line| line.pause).collect()
    }

    /// When the pauses end that still go on.
    pub(crate) fn waits(&self) -> Vec<Instant> {
        let ends = self.kept().into_iter().filter_map(|line| Some(line.at + line.pause?));
        ends.filter(|end| *end > Instant::now()).collect()
    }

    /// How much has moved, at most.
    pub(crate) fn moved(&self) -> u64 {
        self.kept().iter().map(|line| line.moved).max().unwrap_or_default()
    }

    /// Everything, as one text.
    pub(crate) fn text(&self) -> String {
        self.kept().into_iter().map(|line| line.text + "\n").collect()
    }

    fn kept(&self) -> Vec<Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Reporter for Told {
    fn event(&self, event: &Event<'_>) {
        log(event);
        let pause = match event {
            Event::Throttled { pause } | Event::Retrying { pause, .. } => Some(*pause),
            _ => None,
        };
        let moved = if let Event::Transfer { done, .. } = event { *done } else { 0 };
        let line = Line { text: format!("{event:?}"), at: Instant::now(), pause, moved };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

/// Logs an event as anybody could print it, so that it is looked through with the rest.
fn log(event: &Event<'_>) {
    tracing::trace!("{event:?} {event:#?}");
    if let Event::Retrying { reason, .. } | Event::Unclear { reason, .. } = event {
        tracing::trace!("{}", printed::error(reason));
    }
}

/// Does something at events.
pub(crate) struct Watch<F>(pub(crate) F);

impl<F> fmt::Debug for Watch<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

impl<F: Fn(&Event<'_>) + Send + Sync> Reporter for Watch<F> {
    fn event(&self, event: &Event<'_>) {
        log(event);
        (self.0)(event);
    }
}
