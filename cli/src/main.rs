//! `hwdash`: has Windows drivers signed by Microsoft's Hardware dashboard.

mod args;
mod cabinet;
mod commands;
mod connection;
mod failure;
mod output;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    args::{Args, Command},
    failure::{Failure, INTERRUPTED},
};

fn main() -> ExitCode {
    let args = Args::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            return output::report(&Failure::file("the program could not be started", error));
        }
    };
    let code = runtime.block_on(async {
        tokio::select! {
            result = run(args) => match result {
                Ok(code) => code,
                Err(failure) => output::report(&failure),
            },
            // What was begun is dropped, and with it every half-written file.
            () = interrupted() => {
                output::line("interrupted");
                output::line("hint: What was made stays at the service; the lines above name it.");
                INTERRUPTED.into()
            }
        }
    });
    // A thread that still reads a file must not keep the program.
    runtime.shutdown_background();
    code
}

/// Ctrl-C, or the SIGTERM that build machines send.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

async fn run(args: Args) -> Result<ExitCode, Failure> {
    match args.command {
        Command::Sign(sign) => commands::sign::run(sign).await,
    }
}
