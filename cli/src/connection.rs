//! From the account that was named to a client of the service.

use std::time::Duration;

use hardware_dashboard::{Client, workflow::Polling};
use hardware_dashboard_emulator::{Clock, Emulator};

use crate::{
    App,
    account::Account,
    args::{Connection, Waiting},
    failure::Failure,
};

/// The emulator's time goes so much faster: a submission of ten minutes takes a second.
const EMULATOR_SPEED: f64 = 600.0;

/// The pause between two looks at it.
const EMULATOR_PAUSE: Duration = Duration::from_millis(50);

/// How long a call to this machine may act after its answer was lost.
const LOCAL_SETTLE: Duration = Duration::from_secs(1);

/// More often a real account must not be looked at: the service counts calls by the minute.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

/// A client of the service.
pub(crate) struct Connected {
    pub(crate) client: Client,
    /// How often the service is looked at where nothing else is asked for.
    pub(crate) polling: Polling,
    /// Whether the service is an emulator inside this process.
    pub(crate) is_emulated: bool,
    /// Whether the service is on this machine.
    is_local: bool,
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
        let account = match self.emulator {
            true => start_emulator(app).await?,
            false => Account::of(self, app.profile.as_deref())?,
        };
        if let Some(warning) = &account.warning {
            app.console.warn(warning, None);
        }
        let polling = match self.emulator {
            true => Polling::default().first(EMULATOR_PAUSE).max(EMULATOR_PAUSE),
            false => Polling::default(),
        };
        let (client, is_local) = (to(&account).await?, account.is_local());
        Ok(Connected { client, polling, is_emulated: self.emulator, is_local })
    }
}

impl Connected {
    /// The rhythm to wait in: the usual one, as far as nothing else was asked for.
    pub(crate) fn rhythm(&self, waiting: &Waiting) -> Result<Polling, Failure> {
        let polling = self.polling.clone().max_wait(waiting.max_wait);
        match waiting.poll {
            Some(pause) if pause < SHORTEST_PAUSE && !self.is_local => Err(Failure::input(
                "--poll is too short: the service counts calls by the minute",
                "Give at least 1s; without --poll a good rhythm is chosen.",
            )),
            Some(pause) => Ok(polling.first(pause)),
            None => Ok(polling),
        }
    }

    /// The rhythm to look in for what a lost answer has done. No gateway holds a request back that goes
    /// to this machine.
    pub(crate) fn rhythm_of_changes(&self) -> Polling {
        match self.is_local {
            true => {
                Polling::default().first(EMULATOR_PAUSE).max(EMULATOR_PAUSE).settle(LOCAL_SETTLE)
            }
            false => Polling::default(),
        }
    }
}

async fn to(account: &Account) -> Result<Client, Failure> {
    let credential = account.credential().await?;
    Ok(account.locate(Client::builder()).credential(credential).build()?)
}

/// Starts an emulator inside this process, whose time goes fast; its main account.
pub(crate) async fn start_emulator(app: &App) -> Result<Account, Failure> {
    let started = Emulator::builder()
        .clock(Clock::speed(EMULATOR_SPEED))
        // The sample package is not signed: that takes a certificate.
        .require_signature(false)
        .start()
        .await;
    let emulator =
        started.map_err(|error| Failure::file("the emulator could not be started", error))?;
    app.console.say(&format!("{:>10}  {}", "emulator", emulator.authority_url()));
    let account = Account::of_emulator(&emulator);
    app.keep(emulator);
    Ok(account)
}
