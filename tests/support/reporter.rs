//! Reporters: one that keeps what it is told, and one that acts on it.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hardware_dashboard::{Event, Reporter};

/// What was told, in its order. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<Line>>>);

/// One event: how it looks, and how long it says that nothing happens.
#[derive(Clone, Debug)]
struct Line {
    text: String,
    pause: Option<Duration>,
}

impl Told {
    /// The pauses before a call was made again.
    pub(crate) fn pauses(&self) -> Vec<Duration> {
        self.kept().into_iter().filter_map(|line| line.pause).collect()
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
        let pause = match event {
            Event::Throttled { pause } | Event::Retrying { pause, .. } => Some(*pause),
            _ => None,
        };
        let line = Line { text: format!("{event:?}"), pause };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
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
        (self.0)(event);
    }
}
