//! Fetches a secret from where it is kept.

mod keyring;

use std::{io, path::Path, process::Stdio};

use secrecy::SecretString;
use tokio::process::Command;

use super::{check_secret_file, model::SecretSource, place};
use crate::{failure::Failure, reading};

/// The secret at `source`, which stands in `file`.
pub(crate) async fn read(source: &SecretSource, file: &Path) -> Result<SecretString, Failure> {
    let text = match source {
        SecretSource::File(path) => from_file(&place::resolve(path, file)).await?,
        SecretSource::Command(command) => from_command(command).await?,
        SecretSource::Keyring { service, user } => {
            let (service, user) = (service.clone(), user.clone());
            // The system may ask its user for leave.
            let asked = tokio::task::spawn_blocking(move || keyring::read(&service, &user)).await;
            asked.map_err(|error| Failure::file("the keyring was not asked", error.into()))??
        }
        SecretSource::Stdin => from_stdin().await?,
    };
    match text.trim() {
        "" => Err(Failure::credentials(
            format!("{source} holds no secret"),
            "Put the secret's value there.",
        )),
        secret => Ok(secret.into()),
    }
}

async fn from_file(path: &Path) -> Result<String, Failure> {
    check_secret_file(path)?;
    let read = reading::read(path).await;
    read.map_err(|error| unreadable(&path.display().to_string(), error))
}

async fn from_stdin() -> Result<String, Failure> {
    reading::read(Path::new("-")).await.map_err(|error| unreadable("standard input", error))
}

fn unreadable(place: &str, error: io::Error) -> Failure {
    Failure::file(format!("the secret could not be read from {place}"), error)
}

/// Runs a program, whose stderr is shown: it may ask for something, or say what is wrong.
async fn from_command(command: &[String]) -> Result<String, Failure> {
    let Some((program, args)) = command.split_first() else {
        return Err(Failure::input(
            "the command that is to print the secret is empty",
            "Give the program and its arguments: command = [\"pass\", \"show\", \"hwdash\"].",
        ));
    };
    let mut command = Command::new(program);
    // Standard input may hold something else.
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
    let not_run = |error| {
        Failure::file(format!("{program}, which is to print the secret, could not be run"), error)
    };
    let running = command.spawn().map_err(not_run)?;
    let output = running.wait_with_output().await.map_err(not_run)?;
    if !output.status.success() {
        return Err(Failure::credentials(
            format!("{program}, which is to print the secret, failed ({})", output.status),
            "See what it says above, and run it by itself.",
        ));
    }
    String::from_utf8(output.stdout).map_err(|_| {
        Failure::credentials(
            format!("what {program} prints is no secret: it is not UTF-8"),
            "Let it print the secret's value and nothing else.",
        )
    })
}
