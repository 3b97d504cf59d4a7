//! The account that flags, the environment and a profile name together.
//!
//! Each setting is taken from the flag, or else from its variable, or else from the profile.

mod proof;

use std::{env, fmt, sync::Arc};

use hardware_dashboard::{ClientBuilder, auth::Credential};
use hardware_dashboard_emulator::Emulator;

use self::proof::{Ids, Proof};
use crate::{
    args::Connection,
    config::{self, Chosen, Profile},
    failure::Failure,
};

/// A flag, and the variable that counts without it.
type Names = (&'static str, &'static str);

const TENANT_ID: Names = ("--tenant-id", "AZURE_TENANT_ID");
const CLIENT_ID: Names = ("--client-id", "AZURE_CLIENT_ID");
const API_URL: Names = ("--api-url", "HWDASH_API_URL");
const AUTHORITY_URL: Names = ("--authority-url", "HWDASH_AUTHORITY_URL");

/// An account of the service, and where it is. Its secret has not been fetched.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) tenant_id: Option<Setting>,
    pub(crate) client_id: Option<Setting>,
    api_url: Option<Setting>,
    authority_url: Option<Setting>,
    pub(crate) proof: Proof,
    /// What is not right with the configuration, and what to do.
    pub(crate) warning: Option<String>,
}

/// A value, and where it is from.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) value: String,
    origin: Origin,
}

#[derive(Clone, Debug)]
enum Origin {
    Flag(&'static str),
    Variable(&'static str),
    Profile(String),
    Emulator,
}

impl Account {
    /// What `connection` says, and beneath that the profile: the one of this name, or the default
    /// one if there is any.
    pub(crate) fn of(connection: &Connection, profile: Option<&str>) -> Result<Self, Failure> {
        let chosen = config::profile(profile.filter(|name| !name.trim().is_empty()))?;
        let setting =
            |names: Names, given: &Option<String>, of: fn(&Profile) -> &Option<String>| {
                Setting::given(names, given).or_else(|| Setting::in_profile(chosen.as_ref()?, of))
            };
        let tenant_id = setting(TENANT_ID, &connection.tenant_id, |it| &it.tenant_id);
        let client_id = setting(CLIENT_ID, &connection.client_id, |it| &it.client_id);
        let api_url = setting(API_URL, &connection.api_url, |it| &it.api_url);
        let authority_url =
            setting(AUTHORITY_URL, &connection.authority_url, |it| &it.authority_url);
        let warning = chosen.as_ref().and_then(|chosen| chosen.warning.clone());
        let ids = Ids { tenant: tenant_id.as_ref(), client: client_id.as_ref() };
        let proof = Proof::choose(connection.client_secret_file.as_deref(), chosen, ids);
        Ok(Self { tenant_id, client_id, api_url, authority_url, proof, warning })
    }

    /// The main account of an emulator.
    pub(crate) fn of_emulator(emulator: &Emulator) -> Self {
        let setting =
            |value: &str| Some(Setting { value: value.to_owned(), origin: Origin::Emulator });
        Self {
            tenant_id: setting(emulator.tenant_id()),
            client_id: setting(emulator.client_id()),
            api_url: setting(&emulator.api_base_url()),
            authority_url: setting(emulator.authority_url()),
            proof: Proof::Emulator(emulator.client_secret().into()),
            warning: None,
        }
    }

    /// Lets the client look for the service where the account says.
    pub(crate) fn locate(&self, mut builder: ClientBuilder) -> ClientBuilder {
        if let Some(url) = &self.api_url {
            builder = builder.api_base_url(&url.value);
        }
        if let Some(url) = &self.authority_url {
            builder = builder.authority_url(&url.value);
        }
        builder
    }

    /// Whether the service is on this machine: plain http is taken for that only.
    pub(crate) fn is_local(&self) -> bool {
        self.api_url.as_ref().is_some_and(|url| url.value.to_ascii_lowercase().starts_with("http:"))
    }

    /// Fetches the secret, or whatever else the application proves itself with.
    pub(crate) async fn credential(&self) -> Result<Arc<dyn Credential>, Failure> {
        let ids = Ids { tenant: self.tenant_id.as_ref(), client: self.client_id.as_ref() };
        self.proof.credential(ids).await
    }
}

impl Setting {
    /// The value of a flag or of its variable: clap does not tell which.
    fn given((flag, variable): Names, value: &Option<String>) -> Option<Self> {
        let value = Self::filled(value)?;
        let of_the_variable = env::var(variable).is_ok_and(|text| text.trim() == value);
        let origin = if of_the_variable { Origin::Variable(variable) } else { Origin::Flag(flag) };
        Some(Self { value, origin })
    }

    fn in_profile(chosen: &Chosen, value: fn(&Profile) -> &Option<String>) -> Option<Self> {
        let value = Self::filled(value(&chosen.profile))?;
        Some(Self { value, origin: Origin::Profile(chosen.name.clone()) })
    }

    fn filled(value: &Option<String>) -> Option<String> {
        Some(value.as_deref()?.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
    }
}

/// The value, and where it is from.
impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.value, self.origin)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::Profile(name) => write!(f, "profile {name}"),
            Self::Emulator => f.write_str("emulator"),
        }
    }
}
