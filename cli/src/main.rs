//! `hwdash`: has Windows drivers signed and published by Microsoft's Hardware dashboard.

mod account;
mod args;
mod cabinet;
mod commands;
mod config;
mod connection;
mod failure;
mod input;
mod listing;
mod output;
mod reading;
mod receipt;
mod run;
mod shell;
mod show;
mod stop;
mod targets;
mod waited;

use std::{
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};

use hardware_dashboard_emulator::Emulator;

use crate::{
    args::{Args, Command, Global},
    failure::{Exit, Failure},
    output::Console,
    stop::StopSignal,
};

/// What every command is given.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) console: Console,
    /// The profile that was named.
    pub(crate) profile: Option<String>,
    /// The flags that say for which account this is, as a shell takes them.
    account_flags: String,
    /// The emulator inside this process, if there is one.
    emulator: Arc<Mutex<Option<Emulator>>>,
    /// What an interruption would leave behind.
    under_way: Arc<Mutex<Option<UnderWay>>>,
}

impl App {
    fn new(global: Global, account_flags: String) -> Self {
        Self {
            console: Console::new(global.output),
            profile: global.profile,
            account_flags,
            emulator: Arc::default(),
            under_way: Arc::default(),
        }
    }

    /// A command of this program, for the account that this one is for.
    pub(crate) fn command(&self, words: &str) -> String {
        format!("hwdash {words} {}", self.account_flags).trim_end().to_owned()
    }

    /// Keeps an emulator until the program ends.
    pub(crate) fn keep(&self, emulator: Emulator) {
        *self.emulator.lock().unwrap_or_else(PoisonError::into_inner) = Some(emulator);
    }

    /// Whether there is an emulator, with which all ends that was made.
    pub(crate) fn is_emulated(&self) -> bool {
        self.emulator.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Ends the emulator, whose files would stay if the process ended first.
    async fn stop_emulator(&self) {
        let kept = self.emulator.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(emulator) = kept {
            emulator.stop().await;
        }
    }

    /// Notes what is under way, or that nothing is any more.
    pub(crate) fn set_under_way(&self, what: Option<UnderWay>) {
        *self.under_way.lock().unwrap_or_else(PoisonError::into_inner) = what;
    }

    /// What was under way.
    pub(crate) fn take_under_way(&self) -> Option<UnderWay> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What is under way.
#[derive(Clone, Debug)]
pub(crate) enum UnderWay {
    /// A run that is kept in a journal.
    Run {
        journal: PathBuf,
        /// Whether it was begun by this process.
        is_new: bool,
    },
    /// Waiting for what somebody else has begun; this command goes on with it.
    Watch { next: String },
    /// A call that makes something, of which no answer has come.
    Making {
        /// The command that shows whether it was made.
        look: String,
    },
}

/// How a command ended.
pub(crate) type Ending = Result<Exit, Failure>;

fn main() -> ExitCode {
    let (args, account_flags) = match Args::read() {
        Ok(read) => read,
        Err(failure) => return output::report(&Console::new(args::asked_for()), &failure),
    };
    let app = App::new(args.global, account_flags);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::file("the program could not be started", error);
            return output::report(&app.console, &failure);
        }
    };
    let ending = runtime.block_on(async {
        let ending = perform(&app, args.command).await;
        app.stop_emulator().await;
        ending
    });
    // A thread that still reads a file must not keep the program.
    runtime.shutdown_background();
    match ending {
        Ok(exit) => exit.into(),
        Err(failure) => output::report(&app.console, &failure),
    }
}

async fn perform(app: &App, command: Command) -> Ending {
    // It runs until it is interrupted: that is its proper end.
    let ends_itself = !matches!(command, Command::Emulator(_));
    let work = dispatch(app, command);
    if ends_itself { interruptible(app, work).await } else { work.await }
}

async fn dispatch(app: &App, command: Command) -> Ending {
    match command {
        Command::Sign(sign) => commands::sign::run(app, *sign).await,
        Command::Update(update) => commands::update::run(app, *update).await,
        Command::Publish(publish) => commands::ship::publish(app, *publish).await,
        Command::Share(share) => commands::ship::share(app, *share).await,
        Command::Resume(resume) => commands::resume::run(app, resume).await,
        Command::Runs(runs) => commands::runs::run(app, &runs),
        Command::Wait(wait) => commands::follow::wait(app, wait).await,
        Command::Log(log) => commands::follow::log(app, log).await,
        Command::Product(product) => commands::product::run(app, product).await,
        Command::Submission(submission) => commands::submission::run(app, submission).await,
        Command::Label(label) => commands::label::run(app, label).await,
        Command::Preprod(preprod) => commands::preprod::run(app, preprod).await,
        Command::Audience(audience) => commands::audience::run(app, audience).await,
        Command::Partner(partner) => commands::partner::run(app, partner).await,
        Command::Doctor(doctor) => commands::doctor::run(app, &doctor).await,
        Command::Emulator(emulator) => commands::emulator::run(app, emulator).await,
        Command::Schema(schema) => commands::schema::run(&schema),
        Command::Completions(completions) => commands::completions::run(&completions),
        Command::Man(man) => commands::man::run(&man),
    }
}

/// Ends the work at Ctrl-C or SIGTERM: what was begun is dropped, and with it every half-written file.
async fn interruptible(app: &App, work: impl Future<Output = Ending>) -> Ending {
    let stop = StopSignal::listen()
        .map_err(|error| Failure::file("the program could not be started", error))?;
    tokio::select! {
        ending = work => ending,
        // The work is dropped by now, and with it the lock of its journal.
        () = stop.heard() => Err(run::interrupted(app)),
    }
}
