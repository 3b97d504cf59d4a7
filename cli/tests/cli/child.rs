//! Runs of the built program that a test does something to before their end.

use std::{
    io::Read as _,
    process::{Child, ExitStatus, Output},
    time::{Duration, Instant},
};

use hardware_dashboard_emulator::Emulator;

/// How long something may take, on however slow a machine.
const LIMIT: Duration = Duration::from_secs(600);

/// How often it is looked at.
const PAUSE: Duration = Duration::from_millis(10);

/// Waits until the program has made a call so often; fails if it ends before.
pub(crate) async fn until_called(
    child: &mut Child,
    emulator: &Emulator,
    operation: &str,
    times: usize,
) {
    until(child, operation, || emulator.calls(operation) >= times).await;
}

/// Waits until something is so; fails if the program ends before.
pub(crate) async fn until(child: &mut Child, awaited: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        if let Some(status) = child.try_wait().unwrap() {
            panic!("it ended before {awaited}: {}", failure(child, status));
        }
        kill_after(begun, child, awaited);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Waits until the program has ended. What it prints must be little, for nobody reads it before.
pub(crate) async fn until_ended(mut child: Child) -> Output {
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        kill_after(begun, &mut child, "its end");
        tokio::time::sleep(PAUSE).await;
    }
    child.wait_with_output().unwrap()
}

/// Sends a signal to the program.
#[cfg(unix)]
pub(crate) fn signal(child: &Child, signal: &str) {
    let id = child.id().to_string();
    let sent = std::process::Command::new("kill").args([signal, &id]).status().unwrap();
    assert!(sent.success(), "{signal}");
}

fn failure(child: &mut Child, status: ExitStatus) -> String {
    let mut told = String::new();
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_string(&mut told).unwrap();
    }
    format!("{status}\n{told}")
}

fn kill_after(begun: Instant, child: &mut Child, awaited: &str) {
    if begun.elapsed() > LIMIT {
        child.kill().unwrap();
        let status = child.wait().unwrap();
        panic!("it took too long until {awaited}: {}", failure(child, status));
    }
}
