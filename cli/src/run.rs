//! Runs: kept in journals, done, and gone on with.

mod made;
mod place;

use std::path::{Path, PathBuf};

use hardware_dashboard::{
    Error,
    workflow::{Journal, Outcome, Polling, Run, RunState},
};

use self::made::Made;
use self::place::resume_command;
pub(crate) use self::place::{beside, found, here, journals};
use crate::{
    App, Ending, UnderWay,
    args::{Keeping, Running},
    connection::Connected,
    failure::{Exit, Failure},
    output::summarise,
    receipt,
};

/// A run, and where its journal is.
#[derive(Debug)]
pub(crate) struct Kept {
    run: Run,
    journal: Option<PathBuf>,
    /// The command that goes on with it.
    next: Option<String>,
    /// Whether it was begun by this process.
    is_new: bool,
}

/// Does a new run as the flags say; without `--state` its journal is at `usual`.
pub(crate) async fn perform(
    app: &App,
    connected: &Connected,
    run: Run,
    flags: &Running,
    usual: PathBuf,
) -> Ending {
    let polling = connected.rhythm(&flags.waiting)?;
    let kept = Kept::begin(app, connected, run.polling(polling), &flags.keeping, usual)?;
    kept.finish(app, flags.keeping.no_wait).await
}

impl Kept {
    /// Keeps a new run in a journal from now on: in that which the flags name, or in `usual`.
    fn begin(
        app: &App,
        connected: &Connected,
        run: Run,
        keeping: &Keeping,
        usual: PathBuf,
    ) -> Result<Self, Failure> {
        if connected.is_emulated {
            // It ends with the process, and all that was made with it.
            return Ok(Self { run, journal: None, next: None, is_new: true });
        }
        let path = keeping.state.clone().unwrap_or(usual);
        let journal = Journal::create(&path).map_err(|error| taken(app, &path, error))?;
        Ok(Self::with_journal(app, run.journal(journal)?, path, true))
    }

    /// Goes on with the run of a journal.
    pub(crate) fn resume(
        app: &App,
        connected: &Connected,
        path: &Path,
        polling: Polling,
    ) -> Result<Self, Failure> {
        let journal = Journal::open(path)?;
        let run = Run::resume(connected.client.clone(), journal)?.polling(polling);
        Ok(Self::with_journal(app, run, path.to_owned(), false))
    }

    fn with_journal(app: &App, run: Run, path: PathBuf, is_new: bool) -> Self {
        app.set_under_way(Some(UnderWay::Run { journal: path.clone(), is_new }));
        let next = Some(resume_command(app, &path));
        Self { run, journal: Some(path), next, is_new }
    }

    /// A run that begins nothing, so that there is nothing to keep: this command goes on with it.
    pub(crate) fn watching(app: &App, run: Run, command: String) -> Self {
        app.set_under_way(Some(UnderWay::Watch { next: command.clone() }));
        Self { run, journal: None, next: Some(command), is_new: true }
    }

    /// Does what is left of it, and shows what came of it.
    pub(crate) async fn finish(mut self, app: &App, no_wait: bool) -> Ending {
        let outcome = match no_wait {
            true => self.run.until_handed_over().await,
            false => self.run.until_done().await,
        };
        match outcome {
            Ok(Outcome::HandedOver) => self.handed_over(app),
            Ok(Outcome::PackageWanted { shell }) => self.package_wanted(app, &shell),
            Ok(Outcome::Done(file)) => {
                let made = Made::of(&self.run.state()).with_file(&file);
                self.end(app);
                summarise(&receipt::sentence(&file));
                made.show(app)?;
                Ok(Exit::Done)
            }
            Ok(Outcome::Shipped { file, .. }) => {
                let made = Made::of(&self.run.state());
                let made = file.iter().fold(made, Made::with_file);
                self.end(app);
                summarise(&made.to_string());
                made.show(app)?;
                Ok(Exit::Done)
            }
            Ok(_) => Err(self.still_running()),
            Err(error) => Err(self.failed(app, error)),
        }
    }

    /// What was asked for is done, although the service is not: that is no time-out.
    fn handed_over(self, app: &App) -> Ending {
        let made = Made::of(&self.run.state()).with_journal(self.journal.as_deref());
        made.show(app)?;
        summarise(&format!("handed over: {made}"));
        let next = self.next.unwrap_or_default();
        app.console.say(&format!("the service is at work; go on with: {next}"));
        Ok(Exit::Done)
    }

    /// To come so far is what the command with `--shell` is for; one that goes on comes too early.
    fn package_wanted(self, app: &App, shell: &Path) -> Ending {
        let made = Made::of(&self.run.state()).with_journal(self.journal.as_deref());
        let made = made.with_shell(shell);
        let next = self.next.unwrap_or_default();
        if !self.is_new {
            let message = "the package of the update is not there yet";
            let hint = format!("Make it from {}, then: {next}", shell.display());
            return Err(made.tell(Failure::new(Exit::LocalFile, message, hint)));
        }
        made.show(app)?;
        summarise(&format!("fetched the shell: {made}"));
        app.console.say(&format!("make the package from the shell, then: {next}"));
        Ok(Exit::Done)
    }

    fn still_running(self) -> Failure {
        let made = Made::of(&self.run.state()).with_journal(self.journal.as_deref());
        let hint = match &self.next {
            Some(command) => format!("Go on with: {command}"),
            // It has ended, and all that was made with it.
            None => "The emulator has ended; give it more time by --max-wait.".to_owned(),
        };
        let failure = made.tell(Failure::still_running(&made, hint));
        // What kept the run from going on, where it was not the service's own work.
        match self.run.last_failure() {
            Some(error) => failure
                .with_detail(format!("the last try failed: {error}"))
                .with_fact("reason", error.to_string()),
            None => failure,
        }
    }

    fn failed(self, app: &App, error: Error) -> Failure {
        let state = self.run.state();
        let is_over = error.is_workflow_failed();
        let made = Made::of(&state);
        let mut failure = Failure::from(error);
        if state.has_acted() {
            failure = made.tell(failure.with_detail(format!("ids so far: {made}")));
        }
        if is_over || self.is_untouched() {
            self.end(app);
            return with_log(app, failure, is_over, &state);
        }
        let failure = self.next.iter().fold(failure, |failure, command| {
            failure.with_detail(format!("go on with: {command}"))
        });
        let journal = self.journal.iter().map(|path| path.display().to_string());
        journal.fold(failure, |failure, path| failure.with_fact("journal", path))
    }

    /// Whether to begin it again is as good as to go on. An order that was kept is not thrown away.
    fn is_untouched(&self) -> bool {
        self.is_new && !self.run.state().has_acted()
    }

    /// Nothing is left to be gone on with.
    fn end(self, app: &App) {
        app.set_under_way(None);
        if let Err(error) = self.run.into_journal().remove() {
            app.console.warn(&error.to_string(), Some(&error.hint()));
        }
    }
}

/// The way to all that the service says of what has failed.
fn with_log(app: &App, failure: Failure, is_over: bool, state: &RunState) -> Failure {
    let (true, Some(product), Some(submission)) =
        (is_over, state.product_id(), state.submission_id())
    else {
        return failure;
    };
    let command = match state.label_id() {
        Some(label) => format!("log {product} {submission} {label}"),
        None => format!("log {product} {submission}"),
    };
    failure.with_detail(format!("look again with: {}", app.command(&command)))
}

/// A journal that is there may be of the very run that is begun once more.
fn taken(app: &App, path: &Path, error: Error) -> Failure {
    let failure = Failure::from(error);
    match Journal::inspect(path) {
        Ok(state) if !state.is_in_use() => {
            let command = resume_command(app, path);
            Failure { hint: Some(format!("Go on with its run: {command}")), ..failure }
        }
        _ => failure,
    }
}

/// What an interruption leaves. The run and its lock are gone by now.
pub(crate) fn interrupted(app: &App) -> Failure {
    const WORD: &str = "interrupted";
    let (path, is_new) = match app.take_under_way() {
        Some(UnderWay::Run { journal, is_new }) => (journal, is_new),
        Some(UnderWay::Watch { next }) => {
            return Failure::new(Exit::Interrupted, WORD, format!("Go on with: {next}"));
        }
        _ if app.is_emulated() => {
            let hint = "The emulator has ended, and all that was made with it.";
            return Failure::new(Exit::Interrupted, WORD, hint);
        }
        Some(UnderWay::Making { look }) => {
            let hint = format!("It may have been made all the same: look with {look}");
            return Failure::new(Exit::Interrupted, WORD, hint);
        }
        None => {
            let hint = "A change that was asked for may have been made: look before you try again.";
            return Failure::new(Exit::Interrupted, WORD, hint);
        }
    };
    let is_untouched = is_new && Journal::inspect(&path).is_ok_and(|state| !state.has_acted());
    // That an empty journal stays is no harm.
    if is_untouched && Journal::open(&path).is_ok_and(|journal| journal.remove().is_ok()) {
        return Failure::new(Exit::Interrupted, WORD, "Nothing had been made; begin again.");
    }
    let command = resume_command(app, &path);
    Failure::new(Exit::Interrupted, WORD, format!("Go on with: {command}"))
        .with_fact("journal", path.display().to_string())
}
