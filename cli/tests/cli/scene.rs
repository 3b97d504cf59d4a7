//! An account with things in it, whose time stands still until a test moves it.

use std::{ffi::OsStr, process::Output, time::Duration};

use hardware_dashboard_emulator::{Clock, Emulator, EmulatorBuilder};
use serde_json::Value;

use crate::hwdash::{Workshop, at, run};

/// Longer than any workflow, and shorter than SAS URLs live.
const WORKFLOW: Duration = Duration::from_secs(30 * 60);

pub(crate) struct Scene {
    pub(crate) workshop: Workshop,
    pub(crate) emulator: Emulator,
}

/// A submission, as the command line names it.
pub(crate) struct Submission {
    pub(crate) product: String,
    pub(crate) submission: String,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(set: impl FnOnce(EmulatorBuilder) -> EmulatorBuilder) -> Self {
        let builder = Emulator::builder().clock(Clock::stepped()).require_signature(false);
        let emulator = set(builder).start().await.unwrap();
        Self { workshop: Workshop::new(), emulator }
    }

    /// Runs `hwdash` for the account.
    pub(crate) async fn hwdash(&self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
        run(at(&mut self.workshop.hwdash(args), &self.emulator)).await
    }

    /// The JSON document that a command which must succeed prints.
    pub(crate) async fn json(&self, args: &[&str]) -> Value {
        let output = self.hwdash(args.iter().copied().chain(["--output", "json"])).await;
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {stderr}");
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    /// Lets the service finish what it is at.
    pub(crate) fn pass(&self) {
        self.emulator.clock().advance(WORKFLOW);
    }

    pub(crate) async fn product(&self) -> String {
        let args = ["product", "create", "--name", "Echo", "--harness", "attestation"];
        let codes = ["--signature", "win11-24h2-x64", "--signature", "win11-24h2-arm64"];
        self.json(&[&args[..], &codes].concat()).await["id"].to_string()
    }

    /// A submission that waits for its package.
    pub(crate) async fn submission(&self) -> Submission {
        let product = self.product().await;
        let args = ["submission", "create", &product, "--name", "Echo 1"];
        let submission = self.json(&args).await["id"].to_string();
        Submission { product, submission }
    }

    /// A submission whose package is being worked on.
    pub(crate) async fn committed(&self) -> Submission {
        let made = self.submission().await;
        self.json(&["submission", "upload", &made.product, &made.submission, "echo.cab"]).await;
        self.json(&["submission", "commit", &made.product, &made.submission]).await;
        made
    }

    pub(crate) async fn signed(&self) -> Submission {
        let made = self.committed().await;
        self.pass();
        made
    }
}

impl Submission {
    /// The arguments of a command about this submission.
    pub(crate) fn args<'a>(&'a self, command: &[&'a str], rest: &[&'a str]) -> Vec<&'a str> {
        [command, &[&self.product, &self.submission], rest].concat()
    }
}
