//! `hwdash`: has Windows drivers signed by Microsoft's Hardware dashboard.

mod args;
mod cabinet;
mod commands;
mod connection;
mod failure;
mod output;
mod stop;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    args::{Args, Command},
    failure::{Failure, INTERRUPTED},
    stop::StopSignal,
};

fn main() -> ExitCode {
    let args = Args::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            return output::report(&Failure::file("the program could not be started", error));
        }
    };
    let result = runtime.block_on(run(args));
    // A thread that still reads a file must not keep the program.
    runtime.shutdown_background();
    result.unwrap_or_else(|failure| output::report(&failure))
}

async fn run(args: Args) -> Result<ExitCode, Failure> {
    match args.command {
        Command::Sign(sign) => interruptible(commands::sign::run(*sign)).await,
        // Runs until it is interrupted: that is its proper end.
        Command::Emulator(emulator) => commands::emulator::run(emulator).await,
        Command::Schema(schema) => commands::schema::run(&schema),
    }
}

/// Ends the work at Ctrl-C or SIGTERM: what was begun is dropped, and with it every half-written file.
async fn interruptible(
    work: impl Future<Output = Result<ExitCode, Failure>>,
) -> Result<ExitCode, Failure> {
    let stop = StopSignal::listen()
        .map_err(|error| Failure::file("the program could not be started", error))?;
    tokio::select! {
        result = work => result,
        () = stop.heard() => {
            output::line("interrupted");
            output::line("hint: What was made stays at the service; the lines above name it.");
            Ok(INTERRUPTED.into())
        }
    }
}
