//! What is shown: data on stdout, everything else on stderr.

mod bars;
mod events;
mod github;
mod report;
pub(crate) mod table;
mod text;

use std::{
    env,
    io::{self, IsTerminal, Write},
    sync::Arc,
};

use clap::ValueEnum;
use console::Term;
use hardware_dashboard::Reporter;
use serde::Serialize;
use serde_json::{Value, json};

pub(crate) use self::text::{printable, redacted, safe, spoken};
use self::{bars::Bars, events::Events, table::Fields};
use crate::failure::Failure;

/// What is written to stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Tables and sentences, for people
    #[default]
    Human,
    /// One JSON document, with the names of the API
    Json,
    /// A line of JSON for each item of a list, or for each event and then the result
    Ndjson,
}

/// Where a command talks to its user.
#[derive(Clone, Debug)]
pub(crate) struct Console {
    pub(crate) format: Format,
}

impl Console {
    pub(crate) fn new(format: Format) -> Self {
        Self { format }
    }

    /// Who is told how a call or a run goes.
    pub(crate) fn reporter(&self) -> Arc<dyn Reporter> {
        match self.format {
            Format::Ndjson => Arc::new(Events::default()),
            Format::Human => Arc::new(Bars::default()),
            // Whoever reads JSON has no use for it, unless a person is looking on.
            Format::Json if io::stderr().is_terminal() => Arc::new(Bars::default()),
            Format::Json => Arc::new(hardware_dashboard::Silent),
        }
    }

    /// Who is told how a list goes: its stdout holds items only.
    pub(crate) fn list_reporter(&self) -> Arc<dyn Reporter> {
        match self.format {
            Format::Human => self.reporter(),
            _ if io::stderr().is_terminal() => Arc::new(Bars::default()),
            _ => Arc::new(hardware_dashboard::Silent),
        }
    }

    /// Tells a person something that is no data.
    pub(crate) fn say(&self, text: &str) {
        if self.format == Format::Human || io::stderr().is_terminal() {
            line(&printable(text));
        }
    }

    /// Tells of something that is probably not as it was meant.
    pub(crate) fn warn(&self, message: &str, hint: Option<&str>) {
        if self.format == Format::Human {
            line(&format!("{} {}", paint("warning:").yellow().bold(), printable(message)));
            hint.iter().for_each(|hint| line(&format!("hint: {}", printable(hint))));
        } else {
            line(&safe(json!({ "warning": { "message": message, "hint": hint } })).to_string());
        }
        github::annotate("warning", message, hint);
    }

    /// Whether a person reads the data.
    pub(crate) fn is_for_people(&self) -> bool {
        self.format == Format::Human
    }

    /// Shows the result of a command: the document as it came, or its fields to a person.
    pub(crate) fn result<T: Serialize>(
        &self,
        result: &T,
        fields: impl FnOnce() -> Fields,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Human => for_people(&fields().render()),
            Format::Json => data(&document(result)?),
            Format::Ndjson => {
                data(&json!({ "event": "result", "result": value(result)? }).to_string())
            }
        }
    }

    /// Shows the result of a command that gives nothing back; a person sees the sentence.
    pub(crate) fn done<T: Serialize>(&self, result: &T, sentence: &str) -> Result<(), Failure> {
        self.say(sentence);
        summarise(sentence);
        if self.format == Format::Human { Ok(()) } else { self.result(result, Fields::default) }
    }
}

pub(crate) use self::report::{report, summarise};

/// As JSON that opens no door.
pub(crate) fn value<T: Serialize>(of: &T) -> Result<Value, Failure> {
    serde_json::to_value(of).map(safe).map_err(|error| Failure::stdout(error.into()))
}

/// As a document that a person could read, too.
pub(crate) fn document<T: Serialize>(of: &T) -> Result<String, Failure> {
    Ok(format!("{:#}", value(of)?))
}

/// Writes a line to stderr. One that nobody reads is no reason to stop.
pub(crate) fn line(text: &str) {
    let _ = writeln!(io::stderr(), "{}", github::defused(text));
}

/// Writes data to stdout.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{}", text.trim_end_matches('\n'))
        .and_then(|()| stdout.flush())
        .map_err(Failure::stdout)
}

/// Writes what only people read to stdout.
pub(crate) fn for_people(text: &str) -> Result<(), Failure> {
    let lines: Vec<_> = text.lines().map(github::defused).collect();
    data(&lines.join("\n"))
}

/// A text for stderr, in colour where somebody sees it who has nothing against colour.
fn paint(text: &str) -> console::StyledObject<&str> {
    console::style(text).for_stderr()
}

/// How wide the data may be: as `COLUMNS` says, or else as the terminal that shows it.
pub(crate) fn width() -> Option<usize> {
    // Who sets it means it, also where no terminal is.
    let told = env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = Term::stdout();
    let measured = || terminal.size_checked().filter(|_| terminal.is_term());
    told.or_else(|| measured().map(|(_, columns)| columns.into()))
}
