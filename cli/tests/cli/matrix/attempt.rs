//! One run of a command, and what is done to it.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    process::{Command, Output, Stdio},
    time::Duration,
};

use hardware_dashboard_emulator::{Account, Emulator, Role};

use super::{
    row::{Row, Twist},
    stage::Things,
};
use crate::{
    child::{signal, until_ended},
    hwdash::{at, run},
    scene::Scene,
};

/// A step of a workflow shows three states of 20 seconds each. No more than three ticks are between two
/// looks, also when one comes late, so that each state is seen.
const TICK: Duration = Duration::from_secs(6);

/// The calls by which the service is looked at.
const LOOKS: [&str; 3] = ["getSubmission", "getShippingLabel", "getPreprodPackage"];

pub(super) struct Attempt<'a> {
    scene: &'a Scene,
    is_of_partner: bool,
    /// As in the row, and with what the names stand for.
    line: String,
    args: Vec<String>,
    columns: Option<u16>,
}

impl<'a> Attempt<'a> {
    pub(super) fn new(row: &Row, scene: &'a Scene, things: &Things, args: &[&str]) -> Self {
        let words = [row.name].into_iter().chain(args.iter().copied());
        let line = words.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
        let args = things.fill(&line);
        Self { scene, is_of_partner: row.is_of_partner, line, args, columns: None }
    }

    pub(super) fn columns(self, columns: Option<u16>) -> Self {
        Self { columns, ..self }
    }

    pub(super) fn line(&self) -> &str {
        &self.line
    }

    pub(super) async fn run(&self, twist: Twist) -> Output {
        let mut command = self.command(self.is_of_partner);
        match twist {
            Twist::Nothing => self.ticking(command).await,
            // The clock stands still: how far the service is must not depend on when it is looked at.
            Twist::NoTime => run(&mut command).await,
            Twist::WrongSecret => run(command.env("AZURE_CLIENT_SECRET", "canary-secret")).await,
            Twist::MissingRole => {
                let account = Account::contoso()
                    .without_role(Role::DriverSubmitter)
                    .without_role(Role::ShippingLabelOwner);
                let other = Scene::with(|emulator| emulator.account(account)).await;
                run(at(&mut command, &other.emulator)).await
            }
            Twist::OtherAccount => run(&mut self.command(!self.is_of_partner)).await,
            Twist::Fault(fault) => {
                self.scene.emulator.inject(fault).unwrap();
                let output = run(&mut command).await;
                self.scene.emulator.clear_faults();
                output
            }
            Twist::Unreachable => {
                run(command.env("HWDASH_API_URL", "http://127.0.0.1:1/v2.0/my")).await
            }
            Twist::MissingConfiguration => run(command.env("HWDASH_CONFIG", "missing.toml")).await,
            Twist::FullStdout => {
                let full = File::create("/dev/full").unwrap();
                until_ended(command.stdout(full).stderr(Stdio::piped()).spawn().unwrap()).await
            }
        }
    }

    /// Runs the command until it has said where it is, and interrupts it.
    pub(super) async fn interrupted(&self) -> Output {
        let mut command = self.command(self.is_of_partner);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut told = String::new();
        while !told.contains("AUTHORITY_URL=") {
            assert!(stdout.read_line(&mut told).unwrap() > 0, "it ended early: {told}");
        }
        signal(&child, "-INT");
        let output = until_ended(child).await;
        Output { stdout: told.into_bytes(), ..output }
    }

    /// The command of the partner's account, or of the owner's.
    fn command(&self, is_of_partner: bool) -> Command {
        let emulator = &self.scene.emulator;
        let account = if is_of_partner { emulator.partner() } else { emulator.account() };
        let mut command = self.scene.workshop.hwdash(&self.args);
        at(&mut command, emulator)
            .env("AZURE_TENANT_ID", account.tenant_id())
            .env("AZURE_CLIENT_ID", account.client_id())
            .env("AZURE_CLIENT_SECRET", account.client_secret());
        self.columns.map(|columns| command.env("COLUMNS", columns.to_string()));
        command
    }

    /// Runs the command, and lets some time pass at the service with each look at it.
    async fn ticking(&self, mut command: Command) -> Output {
        let emulator: &Emulator = &self.scene.emulator;
        let looks = || LOOKS.iter().map(|call| emulator.calls(call)).sum::<usize>();
        let mut seen = looks();
        let time = async {
            loop {
                if looks() > seen {
                    seen = looks();
                    emulator.clock().advance(TICK);
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::select! {
            output = run(&mut command) => output,
            () = time => unreachable!(),
        }
    }
}
