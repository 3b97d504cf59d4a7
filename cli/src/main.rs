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
            _ = tokio::signal::ctrl_c() => INTERRUPTED.into(),
        }
    });
    // A thread that still reads a file must not keep the program.
    runtime.shutdown_background();
    code
}

async fn run(args: Args) -> Result<ExitCode, Failure> {
    match args.command {
        Command::Sign(sign) => commands::sign::run(*sign).await,
        Command::Schema(schema) => commands::schema::run(&schema),
    }
}
