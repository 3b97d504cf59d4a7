//! From the account that was named to a client of the service.

use std::time::Duration;

use hardware_dashboard::{Client, workflow::Polling};
use hardware_dashboard_emulator::{Clock, Emulator};

use crate::{App, account::Account, args::Connection, failure::Failure};

/// The emulator's time goes so much faster: a submission of ten minutes takes a second.
const EMULATOR_SPEED: f64 = 600.0;

/// A client, and the emulator behind it, if there is one.
pub(crate) struct Connected {
    pub(crate) client: Client,
    pub(crate) polling: Polling,
    /// Stops when it is dropped.
    pub(crate) emulator: Option<Emulator>,
}

impl Connection {
    /// A client that tells how its calls go.
    pub(crate) async fn connect(&self, app: &App) -> Result<Connected, Failure> {
        let connected = self.connected(app).await?;
        let client = connected.client.with_reporter(app.console.reporter());
        Ok(Connected { client, ..connected })
    }

    /// A client for a list, whose stdout holds items only.
    pub(crate) async fn connect_to_list(&self, app: &App) -> Result<Connected, Failure> {
        let connected = self.connected(app).await?;
        let client = connected.client.with_reporter(app.console.list_reporter());
        Ok(Connected { client, ..connected })
    }

    async fn connected(&self, app: &App) -> Result<Connected, Failure> {
        if !self.emulator {
            let account = Account::of(self, app.profile.as_deref())?;
            if let Some(warning) = &account.warning {
                app.console.warn(warning, None);
            }
            let client = to(&account).await?;
            return Ok(Connected { client, polling: Polling::default(), emulator: None });
        }
        let emulator = start_emulator(app).await?;
        let client = to(&Account::of_emulator(&emulator)).await?;
        let pause = Duration::from_millis(50);
        let polling = Polling::default().first(pause).max(pause);
        Ok(Connected { client, polling, emulator: Some(emulator) })
    }

    /// Whether the service is on this machine: plain http is taken for that only.
    pub(crate) fn is_local(&self) -> bool {
        self.emulator || self.api_url.as_deref().is_some_and(|url| url.starts_with("http://"))
    }
}

async fn to(account: &Account) -> Result<Client, Failure> {
    let credential = account.credential().await?;
    Ok(account.locate(Client::builder()).credential(credential).build()?)
}

/// An emulator inside this process, whose time goes fast.
pub(crate) async fn start_emulator(app: &App) -> Result<Emulator, Failure> {
    let started = Emulator::builder()
        .clock(Clock::speed(EMULATOR_SPEED))
        // The sample package is not signed: that takes a certificate.
        .require_signature(false)
        .start()
        .await;
    let emulator =
        started.map_err(|error| Failure::file("the emulator could not be started", error))?;
    app.console.say(&format!("{:>10}  {}", "emulator", emulator.authority_url()));
    Ok(emulator)
}
