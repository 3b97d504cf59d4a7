//! From the account that was named to a client of the service.

use std::{env, fs, io, path::Path, time::Duration};

use hardware_dashboard::{
    Client, ClientBuilder,
    auth::{ClientSecret, Environment},
    workflow::Polling,
};
use hardware_dashboard_emulator::{Clock, Emulator};
use secrecy::SecretString;

use crate::{App, args::Connection, failure::Failure};

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
        if self.emulator {
            return to_emulator(app).await;
        }
        let builder = self.located(Client::builder());
        let builder = match self.secret()? {
            Some(secret) => builder.credential(self.client_secret(secret)?),
            // A certificate, a federated token, or what Microsoft's own tool reads.
            None => builder.credential(Environment::new()),
        };
        Ok(Connected { client: builder.build()?, polling: Polling::default(), emulator: None })
    }

    /// Whether the service is on this machine: plain http is taken for that only.
    pub(crate) fn is_local(&self) -> bool {
        self.emulator || self.api_url.as_deref().is_some_and(|url| url.starts_with("http://"))
    }

    fn located(&self, mut builder: ClientBuilder) -> ClientBuilder {
        if let Some(url) = &self.api_url {
            builder = builder.api_base_url(url);
        }
        if let Some(url) = &self.authority_url {
            builder = builder.authority_url(url);
        }
        builder
    }

    fn client_secret(&self, secret: SecretString) -> Result<ClientSecret, Failure> {
        let tenant = needed(&self.tenant_id, "tenant id", "--tenant-id", "AZURE_TENANT_ID")?;
        let client = needed(&self.client_id, "client id", "--client-id", "AZURE_CLIENT_ID")?;
        Ok(ClientSecret::new(tenant, client, secret))
    }

    /// Never from the value of a flag: other users of the machine can read those.
    fn secret(&self) -> Result<Option<SecretString>, Failure> {
        let secret = match &self.client_secret_file {
            Some(file) => read_secret(file)?,
            None => env::var("AZURE_CLIENT_SECRET").unwrap_or_default(),
        };
        match (secret.trim(), &self.client_secret_file) {
            ("", Some(file)) => Err(Failure::credentials(
                format!("{} holds no client secret", file.display()),
                "Put the secret's value into it.",
            )),
            ("", None) => Ok(None),
            (secret, _) => Ok(Some(secret.into())),
        }
    }
}

fn needed(value: &Option<String>, what: &str, flag: &str, name: &str) -> Result<String, Failure> {
    match value.as_deref().map(str::trim) {
        None | Some("") => Err(Failure::credentials(
            format!("no {what} was given"),
            format!("Set {name} or give {flag}; or try it with --emulator."),
        )),
        Some(value) => Ok(value.to_owned()),
    }
}

fn read_secret(file: &Path) -> Result<String, Failure> {
    let read = if file == Path::new("-") {
        io::read_to_string(io::stdin())
    } else {
        fs::read_to_string(file)
    };
    read.map_err(|error| {
        Failure::file(format!("the client secret could not be read from {}", file.display()), error)
    })
}

async fn to_emulator(app: &App) -> Result<Connected, Failure> {
    let started = Emulator::builder()
        .clock(Clock::speed(EMULATOR_SPEED))
        // The sample package is not signed: that takes a certificate.
        .require_signature(false)
        .start()
        .await;
    let emulator =
        started.map_err(|error| Failure::file("the emulator could not be started", error))?;
    app.console.say(&format!("{:>10}  {}", "emulator", emulator.authority_url()));
    let credential =
        ClientSecret::new(emulator.tenant_id(), emulator.client_id(), emulator.client_secret());
    let client = Client::builder()
        .credential(credential)
        .api_base_url(emulator.api_base_url())
        .authority_url(emulator.authority_url())
        .build()?;
    let pause = Duration::from_millis(50);
    let polling = Polling::default().first(pause).max(pause);
    Ok(Connected { client, polling, emulator: Some(emulator) })
}
